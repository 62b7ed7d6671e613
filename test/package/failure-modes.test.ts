import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultsOfPage, readFailurePage } from './failure-page.ts';

describe('docs/failure-modes.md', () => {
  it('has no row without a test, and every word that somebody may have to look up', async () => {
    assert.deepEqual(await faultsOfPage(await readFailurePage()), []);
  });

  const broken: [what: string, found: string | RegExp, changed: string, fault: RegExp][] = [
    [
      'a row without a test',
      /\[for its input.*?\.ts\)<br>.*?\.ts\)/,
      'somebody has seen it',
      /no test shows it/,
    ],
    ['a row with an empty cell', '| Correct the input and start again |', '| |', /a cell is missing/],
    [
      'a test file that is not there',
      'end-to-end/refused',
      'end-to-end/refuse',
      /there is no .*refuse\.test\.ts/,
    ],
    [
      'a test of another title',
      '[any other refusal',
      '[another refusal',
      /has no test "another refusal is final/,
    ],
    [
      'words that nothing of ours says',
      '"Twilio reports Failed',
      '"Twilio reports failure',
      /nothing of ours says/,
    ],
    ['a failure type of the workflow', /`ExportTimedOut`/g, '', /the word ExportTimedOut stands nowhere/],
    ['a failure type of an activity', /`DownloadStalled`/g, '', /the word DownloadStalled stands nowhere/],
    ['a problem of a job', /`TwilioRejected`/g, '', /the word TwilioRejected stands nowhere/],
    ['an outcome of a day', /`deleted`/g, '', /the word deleted stands nowhere/],
    ['a fate of a job', /`alreadyGone`/g, '', /the word alreadyGone stands nowhere/],
    ['an error of the client', /`ExportConflict`/g, '', /the word ExportConflict stands nowhere/],
    ['a verdict of reap', /`justClosed`/g, '', /the word justClosed stands nowhere/],
    ['an exit code', /exit code 130/gi, '', /the exit code 130 stands nowhere/],
  ];
  for (const [what, found, changed, fault] of broken)
    it(`would be found lacking: ${what}`, async () => {
      const page = await readFailurePage();
      const faults = await faultsOfPage(page.replace(found, changed));
      assert.ok(
        faults.some((text) => fault.test(text)),
        faults.join('\n'),
      );
    });
});
