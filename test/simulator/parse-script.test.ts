import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from '../../simulator/duration.ts';
import { parseScript, SimulatorScriptInvalid, startSimulator } from '../../simulator/index.ts';
import type { SimulatorScript } from '../../simulator/index.ts';

function faultsOf(json: unknown): readonly string[] {
  try {
    parseScript(json);
  } catch (error) {
    assert.ok(error instanceof SimulatorScriptInvalid, String(error));
    assert.ok(
      error.faults.every((fault) => error.message.includes(fault)),
      error.message,
    );
    return error.faults;
  }
  return [];
}

test('a script that uses everything is taken as it is', () => {
  const script: SimulatorScript = {
    life: {
      submitted: '1 minute',
      running: 5000,
      parallelDays: 2,
      jobsAhead: 3,
      emptyRate: 0.1,
      failedRate: 0,
    },
    days: [
      {
        resourceType: 'Calls',
        days: '2026-10-03..2026-10-05',
        submissions: [1],
        statuses: [{ status: 'Submitted', for: '20 minutes' }, { status: 'Completed' }],
        sizeBytes: 5000,
        inDetails: 'counted',
      },
    ],
    details: [{ form: 'daysNull', jobs: [1], from: '1 hour', until: '2 hours' }],
    webhook: { times: 4, delay: '1 s', signature: 'none', body: 'json' },
    faults: [
      { kind: 'status429', retryAfter: 3, operation: ['createJob', 'listJobs'], nth: [1, 2], rate: 0.5 },
      { kind: 'stall', at: 0.3, days: '2026-10-03', times: 2 },
    ],
    deleteCompleteAnswers: 405,
    nullFields: ['resource_type'],
    errorBodies: 'bare',
    emails: 'never',
    concurrentRequests: 5,
    store: { etag: 'weak' },
  };
  assert.deepEqual(parseScript(JSON.parse(JSON.stringify(script))), script);
});

test('every fault of a script is named, with its place', () => {
  const faults = faultsOf({
    day: [],
    life: { submitted: 'soon', emptyRate: 2 },
    days: [{ days: '2026-02-30' }, { statuses: [{ status: 'Running' }, { status: 'Completed', for: 5 }] }, 7],
    faults: [
      { kind: 'fire' },
      { kind: 'slow' },
      { kind: 'stall', operation: 'createJob' },
      { kind: 'corrupt', delay: 1 },
    ],
  });
  for (const place of [
    'script.day is not known',
    'script.life.submitted must be a duration',
    'script.life.emptyRate must be a number from 0 to 1, got 2',
    'script.days[0].days must be a day',
    'script.days[1].statuses[0].for must be given',
    'script.days[1].statuses[1].for must not be given',
    'script.days[2] must be an object, got 7',
    'script.faults[0].kind must be one of',
    'script.faults[1].delayMs must be given',
    'script.faults[2].operation must be one that stall fits (getFile), got "createJob"',
    'script.faults[3].delay is not known',
  ]) {
    assert.ok(
      faults.some((fault) => fault.startsWith(place)),
      `${place}\n${faults.join('\n')}`,
    );
  }
  assert.equal(faults.length, 11);
});

test('what could have no effect is refused: an empty list, days of no day, a delay that no timer keeps', () => {
  const faults = faultsOf({
    days: [{ submissions: [] }, { statuses: [] }],
    details: [{ form: 'null', jobs: [] }],
    faults: [
      { kind: 'status500', nth: [] },
      { kind: 'status500', operation: [] },
      { kind: 'status500', operation: ['createJob', 'fetchDay'], days: '2026-10-01' },
      { kind: 'slow', delayMs: 2 ** 31 },
      { kind: 'stall', at: 1 },
    ],
  });
  assert.deepEqual(
    faults.map((fault) => fault.split(' must ')[0]),
    [
      'script.days[0].submissions',
      'script.days[1].statuses',
      'script.details[0].jobs',
      'script.faults[0].nth',
      'script.faults[1].operation',
      'script.faults[2].days',
      'script.faults[3].delayMs',
      'script.faults[4].at',
    ],
  );
  assert.deepEqual(faultsOf({ faults: [{ kind: 'status500', days: '2026-10-01' }] }), []);
  assert.deepEqual(faultsOf({ faults: [{ kind: 'slow', delayMs: 2 ** 31 - 1 }] }), []);
});

test('what is no object is no script', () => {
  for (const json of [null, undefined, 5, 'x', []]) {
    assert.equal(faultsOf(json).length, 1);
  }
});

test('a simulator refuses a script that can not be played', async () => {
  await assert.rejects(
    startSimulator({ script: { days: [{ records: -1 }] } }),
    /script\.days\[0\]\.records must be a whole number of at least 0, got -1/,
  );
});

test('a duration is milliseconds, or a number with its unit in short or in words', () => {
  const units: [number, string[]][] = [
    [1, ['ms', 'millisecond', 'milliseconds']],
    [1000, ['s', 'second', 'seconds']],
    [60_000, ['m', 'minute', 'minutes']],
    [3_600_000, ['h', 'hour', 'hours']],
    [86_400_000, ['d', 'day', 'days']],
  ];
  for (const [ms, words] of units) {
    for (const word of words) {
      const written = [`2 ${word}`, `2${word}`, ` 2 ${word.toUpperCase()} `, `0.5 ${word}`];
      assert.deepEqual(written.map(parseDuration), [2 * ms, 2 * ms, 2 * ms, ms / 2], word);
    }
  }
  assert.deepEqual([0, 1500].map(parseDuration), [0, 1500]);
});

test('what is no duration is refused: no unit, an unknown one, two of them, below 0, over a century', () => {
  const refused = [
    '',
    '5',
    'h',
    '5 weeks',
    '1 h 5 m',
    '-1 s',
    '101 years',
    '36526 days',
    -1,
    Number.NaN,
    null,
  ];
  assert.deepEqual(
    refused.filter((each) => parseDuration(each) !== null),
    [],
  );
  assert.equal(parseDuration('36525 days'), 36_525 * 86_400_000);
});
