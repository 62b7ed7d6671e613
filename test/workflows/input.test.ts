import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { InvalidExportInput, parseExportJobInput } from '../../workflows/input.ts';

const NOW_MS = Date.parse('2026-11-22T12:00:00Z');
const good = { resourceType: 'Messages', startDay: '2026-10-01', endDay: '2026-10-30' };

/** The faults of an input; none where it is good. */
function faultsOf(input: unknown, nowMs = NOW_MS): string[] {
  try {
    parseExportJobInput(input, nowMs);
    return [];
  } catch (error) {
    assert.ok(error instanceof InvalidExportInput, String(error));
    return error.faults;
  }
}

describe('the check of the input', () => {
  it('fills in the documented defaults', () => {
    assert.deepEqual(parseExportJobInput(good, NOW_MS), {
      ...good,
      friendlyName: 'Messages 2026-10-01..2026-10-30',
      account: 'default',
      destination: 'default',
      reuse: 'published',
      maxConcurrentDownloads: 4,
      deleteJob: true,
      resubmit: { maximumAttempts: 3, cooldownMs: 600_000 },
      poll: { minimumIntervalMs: 10_000, maximumIntervalMs: 900_000 },
      errorPatienceMs: 86_400_000,
      timeoutMs: 14 * 86_400_000,
      allowIncomplete: false,
      foreignFiles: 'accept',
    });
  });

  const refusals: [string, Record<string, unknown>, RegExp][] = [
    ['an unknown field', { speed: 3 }, /^speed is not a field of the input$/],
    [
      'an unknown field inside another',
      { poll: { often: true } },
      /^poll\.often is not a field of the input$/,
    ],
    [
      'another policy for the files of others',
      { foreignFiles: 'ignore' },
      /^foreignFiles must be one of "accept", "refuse", got "ignore"$/,
    ],
    [
      'another resource type',
      { resourceType: 'messages' },
      /^resourceType must be one of .* got "messages"$/,
    ],
    ['another way to reuse', { reuse: 'always' }, /^reuse must be one of "never", .* got "always"$/],
    [
      'a day that is not in the calendar',
      { startDay: '2026-02-29' },
      /^startDay must be a day .* got "2026-02-29"$/,
    ],
    [
      'a start after the end',
      { startDay: '2026-10-31' },
      /^startDay must be on or before endDay .* got 2026-10-31$/,
    ],
    [
      'more than 366 days',
      { startDay: '2025-10-29' },
      /^endDay must be at most 366 days .* got 367 days: split it/,
    ],
    [
      'an end day of yesterday',
      { endDay: '2026-11-21' },
      /^endDay must be at least two days .* 2026-11-20 or earlier/,
    ],
    [
      'a webhook without its method',
      { webhook: { url: 'https://example.com' } },
      /^webhook\.method must be .* nothing$/,
    ],
    [
      'a webhook that is no URL',
      { webhook: { url: 'example', method: 'GET' } },
      /^webhook\.url must be an http/,
    ],
    ['a duration that is none', { timeout: 'banana' }, /^timeout must be a duration .* got "banana"$/],
    ['a negative duration', { errorPatience: '-1 day' }, /^errorPatience must be a duration/],
    [
      'a poll without pause',
      { poll: { minimumInterval: 1 } },
      /^poll\.minimumInterval must be a duration of 1 second/,
    ],
    [
      'intervals the wrong way round',
      { poll: { minimumInterval: '1 hour', maximumInterval: '1 minute' } },
      /^poll\.maximumInterval must be at least/,
    ],
    ['an account that is a path', { account: '../other' }, /^account must be a name/],
    [
      'a number as text',
      { maxConcurrentDownloads: '4' },
      /^maxConcurrentDownloads must be a whole number from 1 to 50/,
    ],
  ];
  for (const [what, more, fault] of refusals) {
    it(`refuses ${what}, naming field, expected and got`, () => {
      const faults = faultsOf({ ...good, ...more });
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', fault);
    });
  }

  it('shows the URL of no webhook, wherever in the input it stands', () => {
    const url = 'https://example.com/?token=SECRET';
    const misplaced: [input: unknown, fault: RegExp][] = [
      [{ ...good, webhook: url }, /^webhook must be an object with url and method, got .* not shown$/],
      [{ ...good, webhook: { url: 'POST', method: url } }, /^webhook\.method must be .* not shown$/],
      [{ ...good, webhook: { url: [url], method: 'POST' } }, /^webhook\.url must be .* not shown$/],
      [JSON.stringify({ webhook: { url } }), /^the input must be a JSON object, got .* not shown$/],
    ];
    for (const [input, expected] of misplaced) {
      const faults = faultsOf(input);
      assert.match(faults.at(-1) ?? '', expected);
      assert.doesNotMatch(faults.join(), /SECRET/);
    }
  });

  it('names every fault at once', () => {
    assert.equal(faultsOf({ startDay: 1, email: 'x', speed: 1, fast: 2 }).length, 6);
  });

  it('says how to split what is too long', () => {
    const [fault] = faultsOf({ ...good, startDay: '2025-01-01' });
    assert.match(fault ?? '', /first 2025-01-01\.\.2026-01-01, on another UTC day 2026-01-02\.\./);
  });

  it('lets Twilio decide in the minutes before midnight', () => {
    assert.deepEqual(faultsOf({ ...good, endDay: '2026-11-21' }, Date.parse('2026-11-22T23:57:00Z')), []);
  });

  it('never throws anything but a refusal, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ ...anythings() }, { requiredKeys: [] })), (input) => {
        for (const fault of faultsOf(input)) assert.ok(fault.length < 500, fault);
      }),
    );
  });
});

function anythings() {
  const names = [
    'resourceType',
    'startDay',
    'endDay',
    'webhook',
    'poll',
    'resubmit',
    'timeout',
    'email',
    'deleteJob',
  ];
  return Object.fromEntries(names.map((name) => [name, fc.anything()]));
}
