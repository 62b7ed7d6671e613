import assert from 'node:assert/strict';
import { test } from 'node:test';
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
