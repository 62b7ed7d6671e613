import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { msToNumber } from '@temporalio/common';
import { createActivities, createFileStorage } from '../../activities/index.ts';
import { startFront } from './front.ts';
import { create, identity, runActivity, startRig } from './rig.ts';

test('the job is made once, under a marked name, after the jobs list was searched', async (t) => {
  const { simulator, run } = await startRig(t);
  const { result } = await run('createExportJob', { ...create, email: 'me@example.com' });
  assert.match(result?.jobSid ?? '', /^JS[0-9a-f]{32}$/);
  assert.match(result?.friendlyName ?? '', /^October \[[0-9a-f]{8}-[0-9a-f]{12}-1\]$/);
  assert.equal(result?.createdAt, '2026-10-10T12:00:00.000Z');
  assert.equal(result?.adopted, false);
  const { jobs, requests } = simulator.ledger();
  assert.deepEqual(
    jobs.map(({ jobSid }) => jobSid),
    [result?.jobSid],
  );
  assert.equal(requests.listJobs, 1);
});

test('a second call for the same submission adopts the job; another submission, run or range makes its own', async (t) => {
  const { simulator, run } = await startRig(t);
  const first = await run('createExportJob', create);
  const again = await run('createExportJob', create);
  assert.equal(again.result?.jobSid, first.result?.jobSid);
  assert.equal(again.result?.adopted, true);
  for (const other of [{ submission: 2 }, { exportId: 'another-run' }, { endDay: '2026-10-02' }]) {
    const { result } = await run('createExportJob', { ...create, ...other });
    assert.equal(result?.adopted, false);
  }
  const elsewhere = await run('createExportJob', create, { namespace: 'another' });
  assert.equal(elsewhere.result?.adopted, false);
  assert.equal(simulator.ledger().jobsMade, 5);
});

test('a create whose answer was lost is found again after the service has settled', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 80 } });
  simulator.faults.add({ kind: 'resetAfter', operation: 'createJob', times: 1 });
  const lost = await run('createExportJob', create);
  assert.equal(lost.failure?.type, 'TwilioUnavailable');
  assert.equal(lost.failure?.nonRetryable, false);
  assert.match(lost.failure?.message ?? '', /next attempt lets it settle and looks whether the job exists/);
  assert.ok(!lost.heartbeats.some((details) => isCleared(details)), 'nothing is cleared while in doubt');

  const startMs = performance.now();
  const found = await run('createExportJob', create, { attempt: 2 });
  assert.ok(performance.now() - startMs >= 79, 'waited as long as the server asked');
  assert.ok(found.heartbeats.length > 0, 'it beats while it waits');
  assert.equal(found.result?.adopted, true);
  assert.equal(simulator.ledger().jobsMade, 1);
});

test('a create that is carried out late makes no second job', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 80 } });
  simulator.faults.add({ kind: 'carriedOutLate', delay: '30 seconds', operation: 'createJob', times: 1 });
  await run('createExportJob', create);
  const found = await run('createExportJob', create, { attempt: 2 }, () => {
    setTimeout(() => simulator.clock.advance(30_000), 10);
  });
  assert.equal(found.result?.adopted, true);
  assert.equal(simulator.ledger().jobsMade, 1);
});

test('the next attempt does not wait where the one before has proved that it sent nothing', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 60_000 } });
  simulator.faults.add({ kind: 'status429', operation: 'createJob', times: 1, retryAfter: 7 });
  const limited = await run('createExportJob', create);
  assert.equal(limited.failure?.type, 'RateLimited');
  const delayMs = Number(limited.failure?.nextRetryDelay);
  assert.ok(delayMs >= 7_000 && delayMs <= 8_400, `${delayMs}`);
  const cleared = limited.heartbeats.at(-1);
  assert.deepEqual(cleared, { clearedAttempt: 1 });
  const { result } = await run('createExportJob', create, { attempt: 2, heartbeatDetails: cleared });
  assert.equal(result?.adopted, false);
});

test('an attempt that failed before it settled leaves the doubt to the next', async (t) => {
  const { run } = await startRig(t);
  const stale = await run(
    'createExportJob',
    { ...create },
    { attempt: 3, heartbeatDetails: { clearedAttempt: 1 } },
  );
  assert.ok(stale.result, 'it settles and goes on');
  const file = join(await mkdtemp(join(tmpdir(), 'bulk-exports-')), 'file');
  await writeFile(file, '');
  const { activities, close } = createActivities({
    accounts: { default: { accountSid: `AC${'0'.repeat(32)}`, username: 'u', password: 'p' } },
    destinations: { default: createFileStorage(pathToFileURL(join(file, 'below')).href) },
    twilioUrl: 'http://127.0.0.1:9',
  });
  t.after(close);
  t.after(() => rm(join(file, '..'), { recursive: true }));
  const failed = await runActivity(activities.createExportJob, create, { attempt: 2 });
  assert.equal(failed.failure?.type, 'StorageRejected');
  assert.ok(!failed.heartbeats.some((details) => isCleared(details)), 'nothing is cleared after a failure');
});

test('an attempt that sent nothing hands on since when the service settles', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 60_000 } });
  const scheduledMs = Date.parse('2026-10-10T12:00:00Z');
  const attempt = (number: number, afterMs: number, heartbeatDetails?: unknown) => ({
    attempt: number,
    scheduledTimestampMs: scheduledMs,
    currentAttemptScheduledTimestampMs: scheduledMs + afterMs,
    heartbeatDetails,
  });
  const unknownAccount = { ...create, account: 'unknown', isUnderWay: true };
  const second = await run('createExportJob', unknownAccount, attempt(2, 1_000));
  const third = await run('createExportJob', unknownAccount, attempt(3, 31_000, second.heartbeats.at(-1)));
  for (const [words, waits] of [
    [third.heartbeats.at(-1), false],
    // Not of the very attempt before: it may have sent a create.
    [second.heartbeats.at(-1), true],
    [undefined, true],
  ] as const) {
    const before = simulator.ledger().requests.listJobs ?? 0;
    const { error, result } = await run('createExportJob', create, attempt(4, 61_000, words), (env) => {
      setTimeout(() => env.cancel(), waits ? 100 : 5_000).unref();
    });
    assert.equal(
      (error as Error | null)?.name,
      waits ? 'CancelledFailure' : undefined,
      JSON.stringify(words),
    );
    assert.equal(result !== null, !waits, JSON.stringify(words));
    assert.equal((simulator.ledger().requests.listJobs ?? 0) - before, waits ? 0 : 1);
  }

  simulator.faults.add({ kind: 'resetAfter', operation: 'createJob', times: 1 });
  const lost = await run(
    'createExportJob',
    { ...create, submission: 2 },
    attempt(4, 61_000, third.heartbeats.at(-1)),
  );
  assert.equal(lost.failure?.type, 'TwilioUnavailable');
  assert.deepEqual(
    // A beat may say it again.
    [...new Set(lost.heartbeats.filter((words) => words !== undefined))],
    [null],
    'an attempt that sent a create says nothing, and wipes what was said before',
  );
});

test('a reset of the activity, which counts its attempts from 1 again, ends no doubt', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 80 } });
  simulator.faults.add({ kind: 'carriedOutLate', delay: '30 seconds', operation: 'createJob', times: 1 });
  const scheduledTimestampMs = Date.parse('2026-10-10T12:00:00Z');
  const lost = await run('createExportJob', create);
  const afterReset = {
    attempt: 1,
    scheduledTimestampMs,
    currentAttemptScheduledTimestampMs: scheduledTimestampMs + 31_000,
    heartbeatDetails: lost.heartbeats.at(-1),
  };
  const refused = await run('createExportJob', { ...create, account: 'unknown' }, afterReset);
  assert.deepEqual(refused.failure?.details, [{ inDoubt: true }], 'a job may have been made');
  const found = await run('createExportJob', create, afterReset, () => {
    setTimeout(() => simulator.clock.advance(30_000), 10);
  });
  assert.equal(found.result?.adopted, true);
  assert.equal(simulator.ledger().jobsMade, 1);
});

test('an attempt that settled looks for the job, and leaves a create so late to the next, which need not settle', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 80, createWithinMs: 70 } });
  const late = await run('createExportJob', create, { attempt: 2 });
  assert.equal(late.failure?.type, 'TwilioUnavailable');
  assert.match(
    late.failure?.message ?? '',
    /Messages 2026-10-01\.\.2026-10-03.*not sent.*The next attempt looks again, and makes it once that takes less/,
  );
  assert.equal(late.failure?.nonRetryable, false);
  assert.deepEqual(late.heartbeats.at(-1), { clearedAttempt: 2 });
  assert.equal(simulator.ledger().requests.listJobs, 1, 'it looks whether there is one to adopt');
  assert.equal(simulator.ledger().requests.createJob, undefined);
});

test('where nobody listens nothing was sent, and the failure says so', async (t) => {
  const { run } = await startRig(t, { twilioUrl: 'http://127.0.0.1:9' });
  const { failure, heartbeats } = await run('createExportJob', create);
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.match(failure?.message ?? '', /connection was refused/);
  assert.ok(
    heartbeats.some((details) => isCleared(details)),
    'the submission is cleared',
  );
});

test('a run that was made by a reset lets a create of the run before settle, at its first attempt', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 80 } });
  simulator.faults.add({ kind: 'carriedOutLate', delay: '30 seconds', operation: 'createJob', times: 1 });
  await run('createExportJob', create);
  const workflowExecution = { workflowId: 'test', runId: 'made-by-a-reset' };
  const found = await run('createExportJob', create, { workflowExecution }, () => {
    setTimeout(() => simulator.clock.advance(30_000), 10);
  });
  assert.equal(found.result?.adopted, true);
  assert.equal(simulator.ledger().jobsMade, 1);
});

test("a proxy's refusal of a create is not Twilio's: it ends nothing and is looked into", async (t) => {
  for (const status of [400, 401, 403, 404]) {
    const front = await startFront(t, 'http://127.0.0.1:9', ({ method }) =>
      method === 'POST'
        ? { status, body: '<html>blocked: quota</html>' }
        : { status: 200, body: '{"jobs":[]}' },
    );
    const { run } = await startRig(t, { twilioUrl: front });
    const { failure, heartbeats } = await run('createExportJob', create);
    assert.equal(failure?.type, 'TwilioUnavailable', `${status}`);
    assert.equal(failure?.nonRetryable, false);
    assert.ok(!heartbeats.some((details) => isCleared(details)), 'what a proxy did with it nobody knows');
  }
});

test('who knows the form of a spent quota can say so', async (t) => {
  const front = await startFront(t, 'http://127.0.0.1:9', ({ method }) =>
    method === 'POST'
      ? { status: 422, body: JSON.stringify({ code: 31_337, message: 'Come back later', status: 422 }) }
      : { status: 200, body: '{"jobs":[]}' },
  );
  const { activities, close } = createActivities({
    accounts: { default: { accountSid: `AC${'0'.repeat(32)}`, username: 'u', password: 'p' } },
    destinations: { default: { ...createFileStorage('file:./never-made'), check: async () => {} } },
    twilioUrl: front,
    isQuotaRejection: ({ status, code }) => status === 422 && code === 31_337,
  });
  t.after(close);
  const { failure } = await runActivity(activities.createExportJob, create);
  assert.equal(failure?.type, 'QuotaExhausted');
});

test('of several jobs of one submission the lowest sid stays and the others are deleted', async (t) => {
  const { simulator, run } = await startRig(t);
  const first = await run('createExportJob', create);
  // A second one, as a request makes that was given up and carried out after all.
  await postJob(simulator, { FriendlyName: first.result?.friendlyName ?? '' });
  const { result } = await run('createExportJob', create);
  const { jobs } = simulator.ledger();
  assert.equal(jobs.length, 2);
  assert.equal(result?.jobSid, jobs.map(({ jobSid }) => jobSid).toSorted()[0]);
  assert.deepEqual(
    jobs.filter(({ state }) => state === 'alive').map(({ jobSid }) => jobSid),
    [result?.jobSid],
  );
});

test('a job that somebody has deleted is not adopted', async (t) => {
  const { simulator, run } = await startRig(t);
  const first = await run('createExportJob', create);
  await run('deleteExportJob', { ...identity, jobSid: first.result?.jobSid ?? '' });
  const second = await run('createExportJob', create);
  assert.equal(second.result?.adopted, false);
  assert.equal(simulator.ledger().jobsMade, 2);
});

test('wrong credentials are final and say what to check, and not the credentials', async (t) => {
  const { run } = await startRig(t, { password: 'planted-secret' });
  const { failure } = await run('createExportJob', create);
  assert.equal(failure?.type, 'AuthenticationRejected');
  assert.equal(failure?.nonRetryable, true);
  assert.match(
    failure?.message ?? '',
    /Messages 2026-10-01\.\.2026-10-03, account default.*401.*request id RQ.*Auth Token/s,
  );
  assert.ok(!JSON.stringify(failure).includes('planted-secret'), 'no secret in the failure');
});

test('a spent quota names the time until the next UTC day', async (t) => {
  const { run } = await startRig(t, {
    simulator: { quotaDays: 2, clock: { kind: 'manual', start: '2026-10-10T22:00:00Z' } },
  });
  const { failure } = await run('createExportJob', create);
  assert.equal(failure?.type, 'QuotaExhausted');
  assert.equal(failure?.nonRetryable, true);
  const [details] = (failure?.details ?? []) as [{ retryAfterMs: number }];
  assert.ok(
    details.retryAfterMs >= 7_200_000 && details.retryAfterMs <= 7_800_000,
    `${details.retryAfterMs}`,
  );
  const until = new Date(Date.parse('2026-10-10T22:00:00Z') + details.retryAfterMs).toISOString();
  assert.ok(failure?.message.endsWith(`the export waits until ${until.slice(0, 19)}Z.`), failure?.message);
});

test('a quota day of another length ends where whole ones since 1970 do, and its jitter is a tenth of it', async (t) => {
  const at = '2026-10-10T12:00:00Z';
  for (const quotaDay of ['7 seconds', '5 hours', '7 days'] as const) {
    const { run } = await startRig(t, {
      simulator: { quotaDays: 0, clock: { kind: 'manual', start: at } },
      quotaDay,
    });
    const { failure } = await run('createExportJob', create);
    const [{ retryAfterMs = Number.NaN } = {}] = (failure?.details ?? []) as { retryAfterMs?: number }[];
    const dayMs = msToNumber(quotaDay);
    const restMs = (Math.floor(Date.parse(at) / dayMs) + 1) * dayMs - Date.parse(at);
    const jitterMs = Math.min(dayMs / 10, 600_000);
    assert.ok(
      retryAfterMs >= restMs && retryAfterMs <= restMs + jitterMs + 1,
      `${retryAfterMs} of ${quotaDay}`,
    );
  }
});

test('any other refusal is final and carries code, words and request id', async (t) => {
  const { run } = await startRig(t);
  const { failure } = await run('createExportJob', { ...create, endDay: '2026-10-09' });
  assert.equal(failure?.type, 'ExportRejected');
  assert.equal(failure?.nonRetryable, true);
  assert.match(failure?.message ?? '', /answered 400 \(code \d+, ".+", request id RQ\w+\)\. Expected 201\./);
});

test('an outage of the list is tried three times and then retried by the engine', async (t) => {
  const { simulator, run } = await startRig(t);
  simulator.faults.add({ kind: 'status503', operation: 'listJobs', times: 2 });
  const { result } = await run('createExportJob', create);
  assert.ok(result, 'a result');
  simulator.faults.add({ kind: 'status503', operation: 'listJobs' });
  const { failure } = await run('createExportJob', { ...create, submission: 2 });
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.equal(simulator.ledger().requests.listJobs, 6);
  assert.equal(simulator.ledger().requests.createJob, 1);
});

test('an unknown account or destination is refused before anything is asked', async (t) => {
  const { simulator, run } = await startRig(t);
  const account = await run('createExportJob', { ...create, account: 'emea' });
  assert.equal(account.failure?.type, 'InvalidInput');
  assert.match(
    account.failure?.message ?? '',
    /account must be a name that the worker knows \("default"\), got "emea"/,
  );
  const destination = await run('createExportJob', { ...create, destination: '__proto__' });
  assert.equal(destination.failure?.type, 'InvalidInput');
  assert.match(destination.failure?.message ?? '', /destination must be/);
  assert.deepEqual(simulator.ledger().requests, {});
});

test('a destination that takes no files is refused before a job is made', async (t) => {
  const { simulator, root, run } = await startRig(t);
  await rm(root, { recursive: true });
  await writeFile(root, 'a file lies where the folder should be');
  const { failure } = await run('createExportJob', create);
  assert.equal(failure?.type, 'StorageRejected');
  assert.equal(failure?.nonRetryable, true);
  assert.match(failure?.message ?? '', /could not write to .*EEXIST/);
  assert.equal(simulator.ledger().jobsMade, 0);
});

test('a cancel ends the wait at once, and a request in flight gives its answer', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 60_000 } });
  const waiting = await run('createExportJob', create, { attempt: 2 }, (env) =>
    setTimeout(() => env.cancel(), 20),
  );
  assert.equal((waiting.error as Error).name, 'CancelledFailure');
  assert.deepEqual(simulator.ledger().requests, {});

  simulator.faults.add({ kind: 'slow', delayMs: 150, operation: 'createJob' });
  const sent = await run('createExportJob', create, {}, (env) => {
    const poll = setInterval(() => {
      if ((simulator.ledger().requests.createJob ?? 0) > 0) {
        clearInterval(poll);
        env.cancel();
      }
    }, 5);
  });
  assert.equal(sent.result?.adopted, false);
});

function isCleared(details: unknown): boolean {
  return typeof details === 'object' && details !== null && 'clearedAttempt' in details;
}

async function postJob(
  { apiUrl, accountSid, authToken }: { apiUrl: string; accountSid: string; authToken: string },
  fields: { FriendlyName: string },
): Promise<void> {
  const answer = await fetch(`${apiUrl}/v1/Exports/Messages/Jobs`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    body: new URLSearchParams({ StartDay: create.startDay, EndDay: create.endDay, ...fields }),
  });
  assert.equal(answer.status, 201);
}

test('a refusal says whether an earlier attempt may have made the job, until a search has shown otherwise', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 5 } });
  const first = await run('createExportJob', { ...create, account: 'unknown' });
  assert.deepEqual(first.failure?.details, [{ inDoubt: false }]);
  const second = await run('createExportJob', { ...create, account: 'unknown' }, { attempt: 2 });
  assert.deepEqual(second.failure?.details, [{ inDoubt: true }]);

  simulator.faults.add({ kind: 'status401', operation: 'listJobs', times: 1 });
  const settled = await run('createExportJob', create, {
    attempt: 2,
    heartbeatDetails: { clearedAttempt: 1 },
  });
  assert.equal(settled.failure?.type, 'AuthenticationRejected');
  assert.deepEqual(settled.failure?.details, [{ inDoubt: true }]);

  simulator.faults.add({ kind: 'status401', operation: 'createJob', times: 1 });
  const searched = await run('createExportJob', create, {
    attempt: 2,
    heartbeatDetails: { clearedAttempt: 1 },
  });
  assert.deepEqual(searched.failure?.details, [{ inDoubt: false }]);
});

test('a search that is refused is no end of an export that is under way, while a job may have been made', async (t) => {
  const body = JSON.stringify({ code: 20_001, message: 'no', status: 400 });
  const front = await startFront(t, 'http://127.0.0.1:9', () => ({ status: 400, body }));
  const { run } = await startRig(t, { twilioUrl: front });
  for (const { attempt, isUnderWay, final } of [
    { attempt: 2, isUnderWay: true, final: false },
    { attempt: 2, isUnderWay: false, final: true },
    { attempt: 1, isUnderWay: true, final: true },
  ]) {
    const { failure } = await run('createExportJob', { ...create, isUnderWay }, { attempt });
    assert.equal(failure?.type, final ? 'ExportRejected' : 'TwilioUnavailable');
    assert.equal(failure?.nonRetryable, final);
    assert.equal(failure?.nextRetryDelay, final ? undefined : 300_000);
    assert.deepEqual(failure?.details, [{ inDoubt: attempt === 2 }]);
  }
});

test('what a person can mend is final where an export begins, and retried slowly where it is under way', async (t) => {
  const { simulator, run } = await startRig(t);
  for (const isUnderWay of [false, true]) {
    simulator.faults.add({ kind: 'status401', operation: 'listJobs', times: 1 });
    const refused = await run('createExportJob', { ...create, isUnderWay });
    assert.equal(refused.failure?.type, 'AuthenticationRejected');
    assert.equal(refused.failure?.nonRetryable, !isUnderWay);
    const unknown = await run('createExportJob', { ...create, destination: 'lake', isUnderWay });
    assert.equal(unknown.failure?.type, isUnderWay ? 'StorageRejected' : 'InvalidInput');
    assert.equal(unknown.failure?.nonRetryable, !isUnderWay);
  }
});
