import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMarker } from '../../activities/marker.ts';
import type { SimulatorScript } from '../../simulator/index.ts';
import { create, EXPORT_ID, identity, startRig } from './rig.ts';

const resourceType = 'Messages';
const days = { startDay: '2026-10-01', endDay: '2026-10-03' };
const job = { resourceType, ...days } as const;
const AT_ONCE: SimulatorScript = { days: [{ statuses: [{ status: 'Completed' }] }] };

test('a job is made once for the same days, request and submission, and again for others', async (t) => {
  const { simulator, run } = await startRig(t);
  const first = await run('createExportCustomJob', job);
  assert.equal(first.result?.adopted, false, String(first.error));
  assert.match(first.result?.friendlyName ?? '', /^Messages 2026-10-01\.\.2026-10-03 \[/);
  const again = await run('createExportCustomJob', job, { attempt: 2 });
  assert.deepEqual([again.result?.jobSid, again.result?.adopted], [first.result?.jobSid, true]);
  for (const other of [{ submission: 2 }, { requestId: 'other' }, { endDay: '2026-10-02' }]) {
    const { result } = await run('createExportCustomJob', { ...job, ...other });
    assert.equal(result?.adopted, false, JSON.stringify(other));
  }
  assert.equal(simulator.ledger().jobsMade, 4);
});

test('a job that another run has asked for by the same request id is found, and its name and webhook are as asked', async (t) => {
  const { simulator, run } = await startRig(t);
  const asked = {
    ...job,
    requestId: EXPORT_ID,
    friendlyName: 'October',
    webhook: { url: 'https://example.com/hook', method: 'GET' },
    email: 'me@example.com',
  } as const;
  const { result: made } = await run('createExportCustomJob', asked);
  const workflowExecution = { workflowId: 'test', runId: 'the run after a reset' };
  const { result: found } = await run('createExportCustomJob', asked, { workflowExecution });
  assert.deepEqual([found?.jobSid, found?.adopted], [made?.jobSid, true]);
  assert.equal(simulator.ledger().jobsMade, 1);

  const { result } = await run('fetchExportJob', { jobSid: made?.jobSid ?? '' });
  const { webhookUrl, webhookMethod, email, friendlyName } = result!;
  assert.deepEqual([webhookUrl, webhookMethod, email], ['https://example.com/hook', 'GET', 'me@example.com']);
  assert.equal(friendlyName, made?.friendlyName);
  assert.equal(parseMarker(friendlyName ?? '')?.submission, 1);
});

test('a job whose create lost its answer is found again, and no second one is made', async (t) => {
  const { simulator, run } = await startRig(t);
  simulator.faults.add({ kind: 'resetAfter', operation: 'createJob', times: 1 });
  const lost = await run('createExportCustomJob', job);
  assert.deepEqual([lost.failure?.type, lost.failure?.nonRetryable], ['TwilioUnavailable', false]);
  const found = await run('createExportCustomJob', job, { attempt: 2 });
  assert.equal(found.result?.adopted, true);
  assert.equal(simulator.ledger().jobsMade, 1);
});

test('a job is told with its days as ranges, is deleted, and is null once Twilio knows it no more', async (t) => {
  const script: SimulatorScript = {
    days: [
      { statuses: [{ status: 'Submitted' }] },
      { days: '2026-10-02', statuses: [{ status: 'Running' }] },
    ],
  };
  const { simulator, run } = await startRig(t, { simulator: { script } });
  const four = { startDay: '2026-10-01', endDay: '2026-10-04' };
  const { result: made } = await run('createExportCustomJob', { resourceType, ...four });
  const { jobSid } = made!;
  const { result } = await run('fetchExportJob', { jobSid });
  assert.deepEqual(
    { ...result, details: result?.details.toSorted((a, b) => (a.status < b.status ? -1 : 1)) },
    {
      jobSid,
      resourceType,
      friendlyName: made?.friendlyName,
      ...four,
      details: [
        { status: 'Running', count: 1, days: ['2026-10-02'] },
        { status: 'Submitted', count: 3, days: ['2026-10-01', '2026-10-03..2026-10-04'] },
      ],
      jobQueuePosition: result?.jobQueuePosition,
      estimatedCompletionTime: result?.estimatedCompletionTime,
      webhookUrl: null,
      webhookMethod: null,
      email: null,
    },
  );
  assert.deepEqual((await run('deleteExportJob', { jobSid })).result, { fate: 'deleted' });
  assert.equal(simulator.ledger().jobsDeleted, 1);
  const unknown = await run('fetchExportJob', { jobSid: `JS${'0'.repeat(32)}` });
  assert.deepEqual([unknown.result, unknown.error], [null, null]);
});

test('the jobs of a type are listed up to a limit, and whether there are more is told', async (t) => {
  const { run } = await startRig(t);
  const sids: (string | undefined)[] = [];
  for (const submission of [1, 2, 3])
    sids.unshift((await run('createExportCustomJob', { ...job, submission })).result?.jobSid);
  await run('createExportCustomJob', { ...job, resourceType: 'Calls' });
  const all = await run('listExportCustomJobs', { resourceType });
  assert.deepEqual([all.result?.jobs.map(({ jobSid }) => jobSid), all.result?.truncated], [sids, false]);
  const some = await run('listExportCustomJobs', { resourceType, limit: 2 });
  assert.deepEqual([some.result?.jobs.length, some.result?.truncated], [2, true]);
  for (const limit of [0, 501, 1.5]) {
    const { failure } = await run('listExportCustomJobs', { resourceType, limit });
    assert.deepEqual([failure?.type, failure?.nonRetryable], ['InvalidInput', true]);
    assert.match(failure?.message ?? '', /\[Messages\]: limit must be a whole number from 1 to 500, got/);
  }
});

test('the files are listed within the days that are asked for, and none of them with a link', async (t) => {
  const { simulator, run } = await startRig(t, { simulator: { script: AT_ONCE } });
  const { result: made } = await run('createExportCustomJob', job);
  simulator.clock.advance(60_000);
  const { result } = await run('listExportDays', { resourceType, startDay: '2026-10-02' });
  assert.deepEqual(
    result?.days.map(({ day, createDate, friendlyName }) => [day, createDate, friendlyName]),
    ['2026-10-02', '2026-10-03'].map((day) => [day, '2026-10-10', made?.friendlyName]),
  );
  for (const { day, sizeBytes } of result?.days ?? [])
    assert.equal(sizeBytes, simulator.expectedFile({ resourceType, day })?.sizeBytes);
  const until = await run('listExportDays', { resourceType, endDay: '2026-10-01' });
  assert.deepEqual(
    until.result?.days.map(({ day }) => day),
    ['2026-10-01'],
  );
  for (const days of [{ startDay: '2026-10-1' }, { endDay: 'today' }]) {
    const { failure } = await run('listExportDays', { resourceType, ...days });
    assert.deepEqual([failure?.type, failure?.nonRetryable], ['InvalidInput', true]);
    assert.match(
      failure?.message ?? '',
      /\[Messages\]: (start|end)Day must be a day .*, got "(2026-10-1|today)"\./,
    );
  }
  const one = await run('listExportDays', { resourceType, limit: 1 });
  assert.deepEqual([one.result?.days.length, one.result?.truncated], [1, true]);
  assert.equal(simulator.ledger().links.issued, 0);

  const { result: fetched, error } = await run('downloadExportDay', {
    ...identity,
    destination: 'default',
    day: '2026-10-01',
    status: 'Completed',
  });
  assert.ok(fetched?.outcome === 'downloaded', String(error));
  assert.equal(fetched.madeBy, undefined, 'it is a file of the same run');
});

test('a configuration is told and changed: what is given changes, the rest stays, and null takes the webhook away', async (t) => {
  const { run } = await startRig(t);
  const off = { enabled: false, webhookUrl: null, webhookMethod: null };
  assert.deepEqual((await run('fetchExportConfiguration', { resourceType })).result, off);
  const url = 'https://example.com/hook';
  const changes = [
    [{ webhookUrl: url }, { ...off, webhookUrl: url, webhookMethod: 'POST' }],
    [{ enabled: true }, { enabled: true, webhookUrl: url, webhookMethod: 'POST' }],
    [{ webhookMethod: 'GET' }, { enabled: true, webhookUrl: url, webhookMethod: 'GET' }],
    [{ webhookUrl: null }, { ...off, enabled: true }],
    [{ enabled: false }, off],
  ] as const;
  for (const [change, expected] of changes) {
    const { result, error } = await run('updateExportConfiguration', { resourceType, ...change });
    assert.deepEqual(result, expected, String(error));
    assert.deepEqual((await run('fetchExportConfiguration', { resourceType })).result, expected);
  }
  assert.deepEqual((await run('fetchExportConfiguration', { resourceType: 'Calls' })).result, off);
  const { failure } = await run('updateExportConfiguration', { resourceType });
  assert.deepEqual([failure?.type, failure?.nonRetryable], ['InvalidInput', true]);
});

test("Twilio's refusal is final, with its words, code and request id, in each operation", async (t) => {
  const { run } = await startRig(t);
  const refused = [
    await run('updateExportConfiguration', { resourceType, webhookUrl: 'here' }),
    await run('listExportDays', { resourceType: 'Faxes' as never }),
    await run('createExportCustomJob', { ...job, endDay: '2026-10-09' }),
  ];
  for (const { failure } of refused) {
    assert.deepEqual([failure?.type, failure?.nonRetryable], ['ExportRejected', true]);
    assert.match(
      failure?.message ?? '',
      /Could not .*\[.*account default\].*(400|404) \(code \d+, ".+", request id RQ/,
    );
  }
});

test('wrong credentials and unknown accounts are final, and an outage is not', async (t) => {
  const wrong = await startRig(t, { password: 'wrong' });
  const { failure } = await wrong.run('listExportDays', { resourceType });
  assert.deepEqual([failure?.type, failure?.nonRetryable], ['AuthenticationRejected', true]);
  const { simulator, run } = await startRig(t);
  const unknown = await run('fetchExportConfiguration', { resourceType, account: 'west' });
  assert.deepEqual([unknown.failure?.type, unknown.failure?.nonRetryable], ['InvalidInput', true]);
  assert.match(
    unknown.failure?.message ?? '',
    /must be a name that the worker knows \("default"\), got "west"/,
  );
  simulator.faults.add({ kind: 'status429', operation: 'fetchConfiguration', times: 1 });
  const limited = await run('fetchExportConfiguration', { resourceType });
  assert.deepEqual([limited.failure?.type, limited.failure?.nonRetryable], ['RateLimited', false]);
  simulator.faults.add({ kind: 'status503', operation: 'updateConfiguration', times: 1 });
  const away = await run('updateExportConfiguration', { resourceType, enabled: true });
  assert.deepEqual([away.failure?.type, away.failure?.nonRetryable], ['TwilioUnavailable', false]);
});

test('a spent quota says when to ask again, and that of an export when it goes on', async (t) => {
  const { run } = await startRig(t);
  const year = { resourceType, startDay: '2025-10-01', endDay: '2026-10-01' } as const;
  await run('createExportCustomJob', year);
  const { failure } = await run('createExportCustomJob', job);
  assert.deepEqual([failure?.type, failure?.nonRetryable], ['QuotaExhausted', true]);
  assert.match(failure?.message ?? '', /over all subaccounts: ask again after 2026-10-11T/);
  const [details] = (failure?.details ?? []) as { retryAfterMs: number }[];
  assert.ok(details!.retryAfterMs > 0, 'it says how long');
  const ours = await run('createExportJob', create);
  assert.match(ours.failure?.message ?? '', /the export waits until 2026-10-11T/);
});
