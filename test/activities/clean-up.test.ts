import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Info } from '@temporalio/activity';
import type { ExportManifest, SweepExportJobsInput } from '../../activities/index.ts';
import { download } from './complete-days.ts';
import { create, days, EXPORT_ID, identity, type Rig, startRig } from './rig.ts';

test('what became of a job is a fate: deleted, already gone, or not deletable', async (t) => {
  const { simulator, run } = await startRig(t);
  const { result: job } = await run('createExportJob', create);
  const input = { ...identity, jobSid: job?.jobSid ?? '' };
  assert.deepEqual((await run('deleteExportJob', input)).result, { fate: 'deleted' });
  assert.equal(simulator.ledger().jobsAlive, 0);
  const unknown = { ...identity, jobSid: `JS${'0'.repeat(32)}` };
  assert.deepEqual((await run('deleteExportJob', unknown)).result, { fate: 'alreadyGone' });

  for (const [status, fate] of [
    [204, 'deleted'],
    [404, 'alreadyGone'],
    [405, 'notDeletable'],
  ] as const) {
    simulator.setScript({ deleteCompleteAnswers: status, days: [{ statuses: [{ status: 'Completed' }] }] });
    const { result: over } = await run('createExportJob', { ...create, submission: status });
    const { result } = await run('deleteExportJob', { ...identity, jobSid: over?.jobSid ?? '' });
    assert.deepEqual(result, { fate });
  }
});

test('a delete that meets an outage is retried', async (t) => {
  const { simulator, run } = await startRig(t);
  const { result: job } = await run('createExportJob', create);
  for (const [kind, type] of [
    ['status401', 'AuthenticationRejected'],
    ['status429', 'RateLimited'],
    ['status500', 'TwilioUnavailable'],
  ] as const) {
    simulator.faults.add({ kind, operation: 'deleteJob', times: 1 });
    const { failure } = await run('deleteExportJob', { ...identity, jobSid: job?.jobSid ?? '' });
    assert.equal(failure?.type, type);
    assert.equal(failure?.nonRetryable, false);
  }
});

test('the sweep deletes every job of the export, whatever its submission, and no other', async (t) => {
  const { simulator, run } = await startRig(t);
  const made = [];
  for (const submission of [1, 2, 3]) {
    made.push((await run('createExportJob', { ...create, submission })).result?.jobSid ?? '');
  }
  const foreign = await run('createExportJob', { ...create, exportId: 'another-run' });
  await run('deleteExportJob', { ...identity, jobSid: made[1] ?? '' });

  const input = { ...identity, ...days, keep: [made[0] ?? ''], createInDoubt: false };
  const { result } = await run('sweepExportJobs', input, await named(run, input));
  assert.deepEqual(
    result?.swept,
    made
      .slice(1)
      .toSorted()
      .map((jobSid) => ({ jobSid, startDay: '2026-10-01', endDay: '2026-10-03', fate: 'deleted' })),
    'the one that was deleted before is told, too: nobody else has a receipt for it',
  );
  const alive = simulator.ledger().jobs.filter(({ state }) => state === 'alive');
  assert.deepEqual(
    alive.map(({ jobSid }) => jobSid).toSorted((one, other) => (one < other ? -1 : 1)),
    [made[0] ?? '', foreign.result?.jobSid ?? ''].toSorted((one, other) => (one < other ? -1 : 1)),
  );
});

test('the sweep leaves a job that bears the marker and has other days, and tells of it', async (t) => {
  const { simulator, run } = await startRig(t);
  const own = (await run('createExportJob', create)).result?.jobSid ?? '';
  const copies: string[] = [];
  for (const copied of [
    { startDay: '2026-09-30', endDay: '2026-10-02' },
    { startDay: '2026-10-02', endDay: '2026-10-04' },
    { startDay: '2026-09-01', endDay: '2026-09-03' },
  ]) {
    copies.push((await run('createExportJob', { ...create, ...copied })).result?.jobSid ?? '');
  }
  const input = { ...identity, ...days, keep: [], createInDoubt: false };
  const { result } = await run('sweepExportJobs', input, await named(run, input));
  assert.deepEqual(
    result?.swept.map(({ jobSid }) => jobSid),
    [own],
  );
  assert.deepEqual(result?.spared?.map(({ jobSid }) => jobSid).toSorted(), copies.toSorted());
  const alive = simulator.ledger().jobs.filter(({ state }) => state === 'alive');
  assert.deepEqual(alive.map(({ jobSid }) => jobSid).toSorted(), copies.toSorted());
});

test('a job that can not be deleted keeps no other from it, and the next attempt tells of all', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { sweepAtOnce: 1 } });
  const sids: string[] = [];
  for (const submission of [1, 2, 3]) {
    sids.push((await run('createExportJob', { ...create, submission })).result?.jobSid ?? '');
  }
  const input = { ...identity, ...days, keep: [], createInDoubt: false };
  simulator.faults.add({ kind: 'status500', operation: 'deleteJob', times: 1 });
  const first = await run('sweepExportJobs', input, await named(run, input));
  assert.equal(first.failure?.type, 'TwilioUnavailable');
  assert.equal(simulator.ledger().jobsAlive, 1);
  const told = first.heartbeats.at(-1) as { swept: unknown[] };
  assert.equal(told.swept.length, 2);

  // With the heartbeats, and without them from Twilio's list.
  for (const info of [{ attempt: 3, heartbeatDetails: told }, await named(run, input)]) {
    const { result } = await run('sweepExportJobs', input, info);
    assert.deepEqual(
      result?.swept.map(({ jobSid, fate }) => [jobSid, fate]),
      sids.toSorted().map((jobSid) => [jobSid, 'deleted']),
    );
  }
  const gone = {
    jobSid: `JS${'0'.repeat(32)}`,
    startDay: '2026-10-01',
    endDay: '2026-10-03',
    fate: 'deleted',
  };
  const info = await named(run, input, { swept: [gone] });
  const { result } = await run('sweepExportJobs', input, info);
  assert.deepEqual(result?.swept[0], gone, 'what Twilio lists no more is told by the heartbeat alone');
});

test('a job whose DELETE was carried out without an answer is told by the next attempt, though Twilio lists it no more', async (t) => {
  const { simulator, run } = await startRig(t);
  const { jobSid = '' } = (await run('createExportJob', create)).result ?? {};
  simulator.clock.advance(24 * 3_600_000);
  const input = { ...identity, ...days, keep: [], createInDoubt: false };
  simulator.faults.add({ kind: 'resetAfter', operation: 'deleteJob', times: 1 });
  const beforeDelete = await named(run, input);
  assert.equal(simulator.ledger().jobsDeleted, 0, 'nothing is deleted before the engine holds its name');
  const first = await run('sweepExportJobs', input, beforeDelete);
  assert.equal(first.failure?.type, 'TwilioUnavailable');

  // The worker may have been killed before a heartbeat of this attempt came through: the last one's are enough.
  for (const heartbeatDetails of [first.heartbeats.at(-1), beforeDelete.heartbeatDetails]) {
    const { result } = await run('sweepExportJobs', input, { attempt: 3, heartbeatDetails });
    assert.deepEqual(result?.swept, [
      { jobSid, startDay: '2026-10-01', endDay: '2026-10-03', fate: 'alreadyGone' },
    ]);
  }
});

test('a job that was named and is missing on the list is asked for by its sid: the list may be behind', async (t) => {
  const { simulator, run } = await startRig(t);
  // As the list does not show it, it bears another marker.
  const { result: job } = await run('createExportJob', { ...create, exportId: 'not-listed' });
  const { jobSid = '' } = job ?? {};
  const range = { startDay: '2026-10-01', endDay: '2026-10-03' };
  const tried = [{ jobSid, ...range, fate: 'alreadyGone' }];
  const input = { ...identity, ...days, keep: [], createInDoubt: false };
  simulator.faults.add({ kind: 'status500', operation: 'deleteJob', times: 1 });
  const info = { attempt: 2, heartbeatDetails: { swept: [], tried } };
  const refused = await run('sweepExportJobs', input, info);
  assert.equal(refused.failure?.type, 'TwilioUnavailable');
  const heartbeatDetails = refused.heartbeats.at(-1);
  const { result } = await run('sweepExportJobs', input, { attempt: 3, heartbeatDetails });
  assert.deepEqual(result?.swept, [{ jobSid, ...range, fate: 'deleted' }]);
  assert.equal(simulator.ledger().jobsAlive, 0);
});

test('a create in doubt gets its time to settle before the sweep looks', async (t) => {
  const { simulator, run } = await startRig(t, { settings: { settleMs: 80 } });
  simulator.faults.add({ kind: 'carriedOutLate', delay: '30 seconds', operation: 'createJob', times: 1 });
  await run('createExportJob', create);
  const input = { ...identity, ...days, keep: [], createInDoubt: true };
  const first = await run('sweepExportJobs', input, {}, () => {
    setTimeout(() => simulator.clock.advance(30_000), 10);
  });
  assert.equal(first.failure?.type, 'JobsNamed');
  const heartbeatDetails = first.heartbeats.at(-1);
  const { result, heartbeats } = await run('sweepExportJobs', input, { attempt: 2, heartbeatDetails });
  assert.equal(result?.swept.length, 1);
  assert.equal(simulator.ledger().jobsAlive, 0);
  assert.ok(heartbeats.length > 0, 'the activity beats');
});

test('a later attempt of the sweep waits only for what is left of the time to settle', async (t) => {
  const { run } = await startRig(t, { settings: { settleMs: 60_000 } });
  const input = { ...identity, ...days, keep: [], createInDoubt: true };
  const scheduledTimestampMs = Date.parse('2026-10-10T12:00:00Z');
  const attempt = (number: number, afterMs: number) => ({
    attempt: number,
    scheduledTimestampMs,
    currentAttemptScheduledTimestampMs: scheduledTimestampMs + afterMs,
  });
  for (const afterMs of [59_990, 600_000]) {
    const { result } = await run('sweepExportJobs', input, attempt(2, afterMs), (env) => {
      setTimeout(() => env.cancel(), 5_000).unref();
    });
    assert.deepEqual(result, { swept: [] }, `${afterMs} ms later`);
  }
  const early = await run('sweepExportJobs', input, attempt(2, 1_000), (env) => {
    setTimeout(() => env.cancel(), 100);
  });
  assert.equal((early.error as Error).name, 'CancelledFailure', 'it still waits');
});

test('the sweep of files removes what this export left, and nothing else', async (t) => {
  const { simulator, root, run } = await startRig(t);
  const folder = (day: string): string =>
    join(root, `account=${simulator.accountSid}`, 'type=Messages', `day=${day}`);
  simulator.setScript({ days: [{ statuses: [{ status: 'Completed' }], sizeBytes: 400_000 }] });
  await run('createExportJob', create);
  await run('downloadExportDay', download);
  simulator.faults.add({ kind: 'resetMidBody', operation: 'getFile' });
  await run('downloadExportDay', { ...download, exportId: 'another-run' });
  await run('downloadExportDay', { ...download, day: '2026-10-02' });
  assert.equal((await readdir(folder('2026-10-01'))).length, 3);
  assert.equal((await readdir(folder('2026-10-02'))).length, 1);

  const { error } = await run('sweepExportFiles', {
    ...identity,
    destination: 'default',
    days: ['2026-10-01..2026-10-03'],
  });
  assert.equal(error, null);
  const left = await readdir(folder('2026-10-01'));
  assert.equal(left.filter((name) => name === 'part-0.json.gz').length, 1);
  assert.equal(left.length, 2, 'the half file of the other export stays');
  await assert.rejects(readdir(folder('2026-10-02')), 'a folder that is empty is gone');
  await run('sweepExportFiles', { ...identity, destination: 'default', days: ['2026-10-01..2026-10-03'] });
});

test('the manifest is written whole under a safe name, and again in its place', async (t) => {
  const { root, run, simulator } = await startRig(t);
  const workflowId = '../../bulk export/é';
  const input = {
    ...identity,
    destination: 'default',
    workflowId,
    manifest: manifestOf(workflowId, 'incomplete'),
  };
  await run('writeExportManifest', input);
  const { result } = await run('writeExportManifest', {
    ...input,
    manifest: manifestOf(workflowId, 'complete'),
  });
  const path = fileURLToPath(result?.location ?? '');
  assert.equal(path, join(root, '_manifests', '%2E.%2F..%2Fbulk%20export%2F%C3%A9', `${EXPORT_ID}.json`));
  assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), {
    ...manifestOf(workflowId, 'complete'),
    accountSid: simulator.accountSid,
  });
  assert.deepEqual(await readdir(join(path, '..')), [`${EXPORT_ID}.json`], 'no draft is left');
});

test('a manifest that can not be written is retried', async (t) => {
  const { root, run } = await startRig(t);
  await mkdir(root, { recursive: true });
  await writeFile(join(root, '_manifests'), 'in the way');
  const input = {
    ...identity,
    destination: 'default',
    workflowId: 'w',
    manifest: manifestOf('w', 'complete'),
  };
  const { failure } = await run('writeExportManifest', input);
  assert.equal(failure?.type, 'StorageRejected');
  assert.equal(failure?.nonRetryable, false);
});

function manifestOf(workflowId: string, outcome: ExportManifest['outcome']): ExportManifest {
  return {
    schemaVersion: 1,
    workflowId,
    exportId: EXPORT_ID,
    account: 'default',
    destination: 'default',
    resourceType: 'Messages',
    startDay: '2026-10-01',
    endDay: '2026-10-01',
    outcome,
    startedAt: '2026-10-10T12:00:00.000Z',
    endedAt: '2026-10-10T13:00:00.000Z',
    days: [{ day: '2026-10-01', outcome: 'empty', sizeBytes: 0, records: 0, attempts: 1 }],
    jobs: [],
    notCleaned: [],
    totals: {
      days: 1,
      downloaded: 0,
      empty: 1,
      failed: 0,
      deleted: 0,
      cancelled: 0,
      sizeBytes: 0,
      records: 0,
    },
  };
}

/** The attempt that only finds jobs and names them; gives the circumstances of the next one. */
async function named(
  run: Rig['run'],
  input: SweepExportJobsInput,
  heartbeatDetails?: unknown,
): Promise<Pick<Info, 'attempt' | 'heartbeatDetails'>> {
  const { failure, heartbeats } = await run('sweepExportJobs', input, { heartbeatDetails });
  assert.equal(failure?.type, 'JobsNamed');
  assert.match(
    failure?.message ?? '',
    /^Found jobs that are left of the export \[Messages, account default\]: JS.*\. The next attempt deletes them\.$/,
  );
  return { attempt: 2, heartbeatDetails: heartbeats.at(-1) };
}
