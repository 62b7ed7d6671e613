import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatCounts, formatDays } from '../../cli/amounts.ts';
import { readingLines } from '../../cli/demo/reading-lines.ts';
import { progressLine, progressText } from '../../cli/progress-text.ts';
import { filesOf, resultText } from '../../cli/result-text.ts';
import type { ObservedProgress } from '../../client/index.ts';
import { aProgress, aResult, LATER_SIGHTING } from '../client/samples.ts';

const plain = (_colour: string, text: string) => text;

function observed(): Extract<ObservedProgress, { source: 'workflow' }> {
  const progress = aProgress('waiting');
  return { ...progress, source: 'workflow', workflowId: 'id', days: { ...progress.days, done: 1 } };
}

test('the progress says what was asked for, how much is done, and what keeps it waiting', () => {
  const text = progressText(
    {
      ...observed(),
      problems: [{ problem: 'Twilio does not answer.', since: '2026-10-10T00:00:00Z', day: '2026-10-02' }],
    },
    plain,
  );
  assert.match(text, /^Messages 2026-10-01\.\.2026-10-02 {2}waiting\n/);
  assert.match(text, /█{15}░{15} 1 of 2 days done/);
  assert.match(text, /1 downloaded, 10 records in 1\.2 kB; open: 1 Running/);
  assert.match(text, /JS1 2026-10-01\.\.2026-10-02: 1 Running, 1 Completed · as of 2026-10-10 00:00 UTC/);
  assert.match(text, /! 2026-10-02: Twilio does not answer\./);
});

test('the line of a log does not change with the time of the last look', () => {
  const later = observed();
  later.jobs = later.jobs.map((job) => ({ ...job, asOf: '2026-10-10T01:00:00Z', jobQueuePosition: '3' }));
  assert.equal(progressLine(later), progressLine(observed()));
  assert.doesNotMatch(progressLine(later), /\n/);
});

test('before anything is known no word is said of outcomes, and a day without a status is called so', () => {
  const progress = observed();
  progress.days = { ...progress.days, downloaded: 0, done: 0, byStatus: { Unaccounted: 2 } };
  const text = progressText(progress, plain);
  assert.match(text, /\nopen: 2 without a status yet\n/);
  assert.equal(progressLine(progress), 'waiting: 0 of 2 days done; open: 2 without a status yet');
  assert.doesNotMatch(text, /nothing/);
});

test('problems in one line are parted by semicolons alone, without the full stops of their sentences', () => {
  const problems = ['Twilio does not answer (503).', 'The disk is full.'].map((problem) => ({
    problem,
    since: '2026-10-10T00:00:00Z',
  }));
  assert.match(
    progressLine({ ...observed(), problems }),
    /; ! Twilio does not answer \(503\); ! The disk is full$/,
  );
});

test('of many problems the progress shows as many as the card in the UI, and how many more there are', () => {
  const problems = Array.from({ length: 1_240 }, (_, index) => ({
    problem: `Trouble ${index + 1}.`,
    since: '2026-10-10T00:00:00Z',
  }));
  for (const text of [
    progressText({ ...observed(), problems }, plain),
    progressLine({ ...observed(), problems }),
  ]) {
    assert.equal(text.match(/Trouble/g)?.length, 12);
    assert.match(text, /! Trouble 12(\.\n|; )… and 1,228 more$/);
  }
  const twelve = progressText({ ...observed(), problems: problems.slice(0, 12) }, plain);
  assert.match(twelve, /! Trouble 12\.$/);
});

test('without a worker the text says so and claims nothing about the days', () => {
  const described: ObservedProgress = {
    source: 'description',
    workflowId: 'id',
    phase: null,
    resourceType: 'Messages',
    startDay: '2026-10-01',
    endDay: '2026-10-02',
    days: { total: 2, done: null },
    jobs: [LATER_SIGHTING],
    problems: [],
    result: null,
  };
  const text = progressText(described, plain);
  assert.match(text, /no worker answers/);
  assert.match(text, /2 days\n/);
  assert.doesNotMatch(text, /done|downloaded/);
  assert.match(text, /queue position 7 · expected 2026-10-10 02:00 UTC/);
});

test('a long result lists only the days that did not go well', () => {
  const [well, badly] = aResult('incomplete').days;
  assert.ok(well && badly, 'both endings');
  const days = [...Array.from({ length: 99 }, () => well), { ...badly, problem: 'Twilio reports Failed.' }];
  const text = resultText({ ...aResult('incomplete'), days }, plain);
  assert.match(text, /2026-10-02 +failed .*Twilio reports Failed\./);
  assert.doesNotMatch(text, /2026-10-01 +downloaded/);
  assert.match(text, /Not listed: 99 days that went well\./);
});

test('a result tells what could not be cleaned, and that there is no manifest', () => {
  const text = resultText(
    { ...aResult('cancelled'), manifest: null, notCleaned: ['JS1 may still run.'] },
    plain,
  );
  assert.match(text, /Manifest: could not be written/);
  assert.match(text, /! JS1 may still run\./);
});

test('the files of a result are one pattern; without a file there is none', () => {
  assert.equal(filesOf(aResult('complete')), '/exports/day=*/part-0.json.gz');
  assert.equal(filesOf({ days: [] }), null);
});

test('the commands that read the files survive blanks and quotes in the path', () => {
  const [zcat, duckdb] = readingLines("/home/me/it's here/day=*/part-0.json.gz", '/home/me');
  assert.match(zcat ?? '', /'it'\\''s here\/day='\*'\/part-0\.json\.gz'/);
  assert.match(duckdb ?? '', /read_json\('it''s here\/day=\*\/part-0\.json\.gz', hive_partitioning = true\)/);
});

test('amounts read well', () => {
  assert.equal(formatBytes(999), '999 B');
  assert.equal(formatBytes(1_500_000_000), '1.5 GB');
  assert.equal(formatBytes(5_000_000_000_000_000), '5000.0 TB');
  assert.equal(formatDays(1), '1 day');
  assert.equal(formatDays(1_234), '1,234 days');
  assert.equal(formatCounts({ Running: 1, Completed: 1_000, Failed: 0 }), '1,000 Completed, 1 Running');
  assert.equal(formatCounts({}), 'nothing');
});
