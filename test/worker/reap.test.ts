import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DEFAULT_CLOSED_FOR_MS } from '../../worker/index.ts';
import { notFoundBody, startFront } from '../activities/front.ts';
import { listenOnLoopback } from '../activities/loopback.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import {
  answerTask,
  commands,
  credentials,
  EAST,
  forget,
  FORGETS_AT_ONCE,
  jobOf,
  reset,
  startReapRig,
  startStill,
  until,
  untilListed,
} from './reap-rig.ts';

const INPUT = { resourceType: 'Messages', startDay: '2026-10-01', endDay: '2026-10-03' };
const MEMO = { ...INPUT, account: 'west', destination: 'default' };

describe('the reaper', { timeout: 120_000 }, () => {
  let env: TestWorkflowEnvironment;
  let client: Client;
  before(async () => {
    env = await createDevServerEnv({ dynamicConfig: FORGETS_AT_ONCE });
    client = env.client;
  });
  after(() => env.teardown());
  const terminate = (workflowId: string) => client.workflow.getHandle(workflowId).terminate('a test');

  it('shows the job of a terminated export and deletes it only when told to', async (t) => {
    const { makeJob, reaper, alive } = await startReapRig(t, env);
    const left = await startStill(client);
    const jobSid = await makeJob({ exportId: left.exportId, submission: 2 });
    await terminate(left.workflowId);

    const found = await reaper().find();
    const { closedAt, ...job } = jobOf(found, jobSid);
    assert.deepEqual(job, {
      account: 'west',
      resourceType: 'Messages',
      jobSid,
      startDay: '2026-10-01',
      endDay: '2026-10-03',
      byStatus: { Submitted: 3 },
      verdict: 'orphan',
      reason: null,
      workflowId: left.workflowId,
      exportId: left.exportId,
      status: 'TERMINATED',
      fate: null,
    });
    assert.ok(Math.abs(Date.now() - Date.parse(closedAt ?? '')) < 60_000, String(closedAt));
    assert.deepEqual(alive(), [jobSid], 'a look changes nothing');

    const deleted = await reaper().delete(found);
    assert.equal(jobOf(deleted, jobSid).fate, 'deleted');
    assert.equal(jobOf(found, jobSid).fate, null, 'the report that was given stays as it was');
    assert.deepEqual(alive(), []);
    assert.equal(jobOf(await reaper().find(), jobSid).verdict, 'over');
  });

  it('counts an export that the engine timed out as closed', async (t) => {
    const { makeJob, reaper } = await startReapRig(t, env);
    const left = await startStill(client, INPUT, { workflowExecutionTimeout: '1 second' });
    const jobSid = await makeJob(left);
    const handle = client.workflow.getHandle(left.workflowId);
    await until(async () => (await handle.describe()).status.name === 'TIMED_OUT');
    const { verdict, status } = jobOf(await reaper().find(), jobSid);
    assert.deepEqual({ verdict, status }, { verdict: 'orphan', status: 'TIMED_OUT' });
  });

  it('never touches the job of an export that runs, whatever an old report says', async (t) => {
    const { makeJob, reaper, alive } = await startReapRig(t, env);
    const running = await startStill(client);
    const jobSid = await makeJob(running);
    const report = await reaper().find();
    assert.equal(jobOf(report, jobSid).verdict, 'running');

    jobOf(report, jobSid).verdict = 'orphan';
    const after = jobOf(await reaper().delete(report), jobSid);
    assert.deepEqual([after.verdict, after.fate, after.status], ['running', null, null]);
    assert.deepEqual(alive(), [jobSid]);
  });

  it('does not touch jobs of which nobody here can tell: another namespace, another cluster, history gone', async (t) => {
    const { makeJob, reaper, alive } = await startReapRig(t, env);
    const forgotten = await startStill(client);
    const elsewhere = await startStill(client);
    const verdicts = [
      [await makeJob({ ...elsewhere, namespace: 'another' }), 'otherNamespace'],
      [await makeJob({ exportId: randomUUID() }), 'notFound'],
      [await makeJob(forgotten), 'notFound'],
    ] as const;
    await terminate(elsewhere.workflowId);
    await terminate(forgotten.workflowId);
    await forget(client, { ...forgotten, runId: forgotten.exportId });

    const report = await reaper().delete(await reaper().find());
    for (const [jobSid, verdict] of verdicts) assert.equal(jobOf(report, jobSid).verdict, verdict);
    assert.equal(alive().length, 3);
  });

  it('does not touch what was forgotten between the look and the delete', async (t) => {
    const { makeJob, reaper, alive } = await startReapRig(t, env);
    const left = await startStill(client);
    const jobSid = await makeJob(left);
    await terminate(left.workflowId);
    const report = await reaper().find();
    assert.equal(jobOf(report, jobSid).verdict, 'orphan');
    await forget(client, { ...left, runId: left.exportId });
    assert.equal(jobOf(await reaper().delete(report), jobSid).verdict, 'notFound');
    assert.deepEqual(alive(), [jobSid]);
  });

  it('waits some minutes after the end of an export', async (t) => {
    const { makeJob, reaper, alive } = await startReapRig(t, env);
    const left = await startStill(client);
    const jobSid = await makeJob(left);
    await terminate(left.workflowId);
    const careful = reaper({ closedForMs: DEFAULT_CLOSED_FOR_MS });
    const report = await careful.find();
    assert.equal(jobOf(report, jobSid).verdict, 'justClosed');
    jobOf(report, jobSid).verdict = 'orphan';
    assert.equal(jobOf(await careful.delete(report), jobSid).verdict, 'justClosed');
    assert.deepEqual(alive(), [jobSid]);
  });

  describe('with an export of several runs', () => {
    it('judges an export that was reset by the run that goes on', async (t) => {
      const { makeJob, reaper, alive } = await startReapRig(t, env);
      const left = await startStill(client);
      await answerTask(client, left.taskQueue);
      const jobSid = await makeJob(left);
      await reset(client, left);
      assert.equal(jobOf(await reaper().find(), jobSid).verdict, 'running');
      await terminate(left.workflowId);
      const report = await reaper().delete(await reaper().find());
      assert.equal(jobOf(report, jobSid).fate, 'deleted');
      assert.deepEqual(alive(), []);
    });

    it('leaves alone what was reset between the look and the delete, and the rest of the same export', async (t) => {
      const { makeJob, reaper, alive } = await startReapRig(t, env);
      const left = await startStill(client);
      await answerTask(client, left.taskQueue);
      const jobs = [await makeJob(left), await makeJob({ ...left, submission: 2 })];
      await terminate(left.workflowId);
      const report = await reaper().find();
      assert.deepEqual(
        report.jobs.map(({ verdict }) => verdict),
        ['orphan', 'orphan'],
      );
      await reset(client, left);
      const after = await reaper().delete(report);
      assert.deepEqual(
        after.jobs.map(({ verdict }) => verdict),
        ['running', 'running'],
      );
      assert.deepEqual(alive(), jobs);
    });

    it('notices a reset between two deletes of one export', async (t) => {
      const { makeJob, reaper } = await startReapRig(t, env);
      const left = await startStill(client);
      await answerTask(client, left.taskQueue);
      await makeJob(left);
      await makeJob({ ...left, submission: 2 });
      await terminate(left.workflowId);
      const report = await reaper().find();
      const deletes: (string | undefined)[] = [];
      const twilioUrl = await listenOnLoopback(t, ({ url }, response) => {
        deletes.push(url);
        void reset(client, left).then(() => response.writeHead(204).end());
      });
      const after = await reaper({ twilioUrl }).delete(report);
      const [first, second] = after.jobs;
      assert.deepEqual([first?.fate, second?.verdict, second?.fate], ['deleted', 'running', null]);
      assert.deepEqual(deletes, [`/v1/Exports/Jobs/${first?.jobSid}`]);
    });

    for (const title of ['a reset', 'Continue-As-New'])
      it(`knows an export whose first run is forgotten after ${title} by a later run`, async (t) => {
        const { makeJob, reaper } = await startReapRig(t, env);
        const left = await startStill(client, INPUT, { memo: MEMO });
        const { taskQueue, exportId, workflowId } = left;
        const jobSid = await makeJob(left);
        if (title === 'a reset') {
          await answerTask(client, taskQueue);
          await reset(client, left);
        } else {
          await answerTask(client, taskQueue, [commands.continueAsNew(taskQueue, INPUT, { ledger: 1 })]);
          const { runId } = await client.workflow.getHandle(workflowId).describe();
          await untilListed(client, runId);
        }
        await forget(client, { workflowId, runId: exportId });
        // Later ones, which their memos rule out: the one description goes to the right run.
        await startStill(client, INPUT, { memo: { ...MEMO, resourceType: 'Calls' } });
        await startStill(client, INPUT, { memo: { ...MEMO, startDay: '2026-10-02' } });
        await startStill(client, INPUT, { memo: { ...MEMO, endDay: '2026-10-02' } });
        const aimed = jobOf(await reaper({ limits: { describes: 1 } }).find(), jobSid);
        assert.equal(aimed.verdict, 'running');
        assert.equal(jobOf(await reaper().find(), jobSid).verdict, 'running');
        await terminate(workflowId);
        const { verdict, exportId: known } = jobOf(await reaper().find(), jobSid);
        assert.deepEqual([verdict, known], ['orphan', exportId]);
        const spared = jobOf(await reaper({ limits: { describes: 0 } }).find(), jobSid);
        assert.equal(spared.verdict, 'notFound', 'it takes a description');
      });

    it('can not tell of an export whose last run is forgotten, though an earlier one is known', async (t) => {
      const { makeJob, reaper, alive } = await startReapRig(t, env);
      const left = await startStill(client);
      const { taskQueue, workflowId } = left;
      const jobSid = await makeJob(left);
      await answerTask(client, taskQueue, [commands.continueAsNew(taskQueue, INPUT)]);
      const { runId } = await client.workflow.getHandle(workflowId).describe();
      await terminate(workflowId);
      await untilListed(client, runId);
      await forget(client, { workflowId, runId });
      assert.equal(jobOf(await reaper().find(), jobSid).verdict, 'notFound');
      await startStill(client, INPUT, { workflowId });
      assert.equal(jobOf(await reaper().delete(await reaper().find()), jobSid).verdict, 'notFound');
      assert.deepEqual(alive(), [jobSid]);
    });

    it('reads the first run from the history where a server does not tell it in the description', async (t) => {
      const { makeJob, reaper, alive } = await startReapRig(t, env);
      const left = await startStill(client);
      await answerTask(client, left.taskQueue);
      const jobSid = await makeJob(left);
      await reset(client, left);
      const options = { client: olderServer(client) };
      assert.equal(jobOf(await reaper(options).find(), jobSid).verdict, 'running');
      await terminate(left.workflowId);
      assert.equal(jobOf(await reaper(options).delete(await reaper(options).find()), jobSid).fate, 'deleted');
      assert.deepEqual(alive(), []);
    });

    it('takes a later export of the same workflow id for another one', async (t) => {
      const { makeJob, reaper, alive } = await startReapRig(t, env);
      const workflowId = `it's "the same" \\ id ${randomUUID()}`;
      const first = await startStill(client, INPUT, { workflowId });
      await terminate(workflowId);
      const second = await startStill(client, INPUT, { workflowId });
      const [left, running] = [await makeJob(first), await makeJob(second)];
      const report = await reaper().delete(await reaper().find());
      assert.equal(jobOf(report, left).fate, 'deleted');
      assert.equal(jobOf(report, running).verdict, 'running');
      assert.deepEqual(alive(), [running]);
    });
  });

  describe('with callers who asked to keep the job', () => {
    const kept = (jobSid: string) => ({ outcome: 'complete', jobs: [{ jobSid, fate: 'kept' }] });

    it('keeps it for an input that says so', async (t) => {
      const { makeJob, reaper, alive } = await startReapRig(t, env);
      const left = await startStill(client, { ...INPUT, deleteJob: false });
      const jobSid = await makeJob(left);
      await terminate(left.workflowId);
      assert.equal(jobOf(await reaper().delete(await reaper().find()), jobSid).verdict, 'kept');
      assert.deepEqual(alive(), [jobSid]);
    });

    for (const [title, deleteJob, signals, verdict] of [
      ['a cancel that says so', true, [{ deleteJob: false }], 'kept'],
      ['one of two cancels that says so', true, [{ deleteJob: false }, { deleteJob: true }], 'kept'],
      ['an input that says so, and a cancel that says nothing of it', false, [{ reason: 'x' }], 'kept'],
      ['an input that says so, and a cancel that says otherwise', false, [{ deleteJob: true }], 'orphan'],
      ['a cancel of junk', true, ['junk', null, { deleteJob: 'no' }], 'orphan'],
    ] as const)
      it(`says ${verdict} for ${title}`, async (t) => {
        const { makeJob, reaper } = await startReapRig(t, env);
        const left = await startStill(client, { ...INPUT, deleteJob });
        const jobSid = await makeJob(left);
        const handle = client.workflow.getHandle(left.workflowId);
        for (const signal of signals) await handle.signal('cancel', signal);
        await handle.terminate();
        assert.equal(jobOf(await reaper().find(), jobSid).verdict, verdict);
      });

    it('reads the cancel of a run that was made by a reset', async (t) => {
      const { makeJob, reaper } = await startReapRig(t, env);
      const left = await startStill(client);
      await answerTask(client, left.taskQueue);
      await reset(client, left);
      const jobSid = await makeJob(left);
      await client.workflow.getHandle(left.workflowId).signal('cancel', { deleteJob: false });
      await terminate(left.workflowId);
      assert.equal(jobOf(await reaper().find(), jobSid).verdict, 'kept');
    });

    for (const command of ['complete', 'fail'] as const)
      it(`keeps the jobs of which a result says so, and no others, where the export did ${command}`, async (t) => {
        const { makeJob, reaper, alive } = await startReapRig(t, env);
        const left = await startStill(client);
        const [told, other] = [await makeJob(left), await makeJob({ ...left, submission: 2 })];
        await answerTask(client, left.taskQueue, [commands[command](kept(told))]);
        const report = await reaper().delete(await reaper().find());
        assert.equal(jobOf(report, told).verdict, 'kept');
        assert.equal(jobOf(report, other).fate, 'deleted');
        assert.deepEqual(alive(), [told]);
      });

    it('does not touch a job where it can not read what was asked for, and reads it with the codec', async (t) => {
      const { makeJob, reaper, alive } = await startReapRig(t, env);
      const dataConverter = { payloadCodecs: [hidden] };
      const encrypted = new Client({ connection: env.connection, namespace: 'default', dataConverter });
      const left = await startStill(encrypted, INPUT, { memo: MEMO });
      const jobSid = await makeJob(left);
      // One whose export is sought among all that are listed, encrypted memos included.
      await makeJob({ exportId: randomUUID() });
      await terminate(left.workflowId);
      const blind = jobOf(await reaper().delete(await reaper().find()), jobSid);
      assert.equal(blind.verdict, 'unreadable');
      assert.match(blind.reason ?? '', /encrypted/);
      assert.ok(alive().includes(jobSid), 'it lives on');
      assert.equal(jobOf(await reaper({ client: encrypted }).find(), jobSid).verdict, 'orphan');
    });
  });

  describe('with several accounts', () => {
    const both = (west: object) => ({
      accounts: { west: credentials(west as typeof EAST), east: credentials(EAST) },
    });

    it('looks at every type of every account, and deletes each job with its own credentials', async (t) => {
      const { simulator, makeJob, reaper, alive } = await startReapRig(t, env);
      const participants = await startStill(client, { ...INPUT, resourceType: 'Participants' });
      const calls = await startStill(client, { ...INPUT, resourceType: 'Calls', account: 'east' });
      await makeJob({ ...participants, resourceType: 'Participants' });
      await makeJob({ ...calls, account: EAST, resourceType: 'Calls' });
      await terminate(participants.workflowId);
      await terminate(calls.workflowId);
      const options = both(simulator);
      const report = await reaper(options).delete(await reaper(options).find());
      assert.deepEqual(
        report.jobs.map(({ account, resourceType, fate }) => [account, resourceType, fate]),
        [
          ['west', 'Participants', 'deleted'],
          ['east', 'Calls', 'deleted'],
        ],
      );
      assert.deepEqual(alive(), []);
    });

    it('lets none wait for another', async (t) => {
      const { simulator, makeJob, reaper, alive } = await startReapRig(t, env);
      const exports = await Promise.all([startStill(client), startStill(client)]);
      await makeJob(exports[0]);
      await makeJob({ ...exports[1], account: EAST });
      await Promise.all(exports.map(({ workflowId }) => terminate(workflowId)));
      const askedOfEast = new Set<string | undefined>();
      const east = `Basic ${Buffer.from(`${EAST.accountSid}:${EAST.authToken}`).toString('base64')}`;
      const twilioUrl = await startFront(t, simulator.apiUrl, async ({ method, headers }) => {
        if (headers.authorization === east) askedOfEast.add(method);
        await until(() => Promise.resolve(askedOfEast.has(method)));
        return null;
      });
      const options = { ...both(simulator), twilioUrl };
      const report = await reaper(options).delete(await reaper(options).find());
      assert.deepEqual(report.failures, []);
      assert.deepEqual(alive(), []);
    });

    it('goes on with the others where Twilio does not take the credentials of one', async (t) => {
      const { simulator, makeJob, reaper, alive } = await startReapRig(t, env);
      const left = await startStill(client);
      await makeJob({ ...left, account: EAST });
      await terminate(left.workflowId);
      const options = both({ ...simulator, authToken: 'a-wrong-token' });
      const report = await reaper(options).delete(await reaper(options).find());
      assert.deepEqual(
        report.failures.map(({ account, resourceType, type }) => [account, resourceType, type]),
        [['west', null, 'AuthenticationRejected']],
      );
      assert.match(
        report.failures[0]?.message ?? '',
        /^Could not list the jobs at Twilio \[account west\]: Twilio answered 401 .*Expected 200\. Check /,
      );
      assert.doesNotMatch(JSON.stringify(report), /a-wrong-token/);
      assert.deepEqual(alive(), []);
      assert.equal(simulator.ledger().answers['401'], 1, 'one refusal is enough');
    });

    it('goes on with the other types where one has no answer', async (t) => {
      const { simulator, makeJob, reaper, alive } = await startReapRig(t, env);
      const calls = await startStill(client, { ...INPUT, resourceType: 'Calls' });
      const conferences = await startStill(client, { ...INPUT, resourceType: 'Conferences' });
      const hiddenJob = await makeJob({ ...calls, resourceType: 'Calls' });
      await makeJob({ ...conferences, resourceType: 'Conferences' });
      await terminate(calls.workflowId);
      await terminate(conferences.workflowId);
      simulator.faults.add({ kind: 'status500', operation: 'listJobs', resourceType: 'Calls' });
      const report = await reaper().delete(await reaper().find());
      assert.deepEqual(
        report.failures.map(({ resourceType, type }) => [resourceType, type]),
        [['Calls', 'TwilioUnavailable']],
      );
      assert.deepEqual(alive(), [hiddenJob]);
    });

    it('leaves alone a job that bears the marker of an export which can not have made it', async (t) => {
      const { simulator, makeJob, reaper, alive } = await startReapRig(t, env);
      const left = await startStill(client, { ...INPUT, startDay: '2026-09-30', account: 'west' });
      const own = await makeJob(left);
      const copies = [
        [await makeJob({ ...left, resourceType: 'Calls' }), /resource type/],
        [await makeJob({ ...left, startDay: '2026-09-29' }), /days/],
        [await makeJob({ ...left, account: EAST }), /account/],
      ] as const;
      await terminate(left.workflowId);
      const options = both(simulator);
      const shown = await reaper(options).find();
      assert.equal(jobOf(shown, own).verdict, 'orphan');
      for (const [copy, reason] of copies) {
        assert.equal(jobOf(shown, copy).verdict, 'doesNotFit');
        assert.match(jobOf(shown, copy).reason ?? '', reason);
        jobOf(shown, copy).verdict = 'orphan';
      }
      const east = await reaper({ ...options, accountNames: ['east'] }).find();
      assert.deepEqual(
        east.jobs.map(({ jobSid, verdict }) => [jobSid, verdict]),
        [[copies[2][0], 'doesNotFit']],
      );
      const report = await reaper(options).delete(shown);
      for (const [copy] of copies) assert.equal(jobOf(report, copy).verdict, 'doesNotFit');
      assert.deepEqual(
        alive().toSorted(),
        copies.map(([copy]) => copy).toSorted(),
        'also where an old report says otherwise',
      );
    });

    it('takes a name that it does not know for any account, and letters of a sid for equal in either case', async (t) => {
      const { makeJob, reaper } = await startReapRig(t, env);
      const unknown = await startStill(client, { ...INPUT, account: 'of another worker' });
      const alias = await startStill(client, { ...INPUT, account: 'alias' });
      const jobs = [await makeJob({ ...unknown, account: EAST }), await makeJob({ ...alias, account: EAST })];
      for (const { workflowId } of [unknown, alias]) await terminate(workflowId);
      const upper = { ...EAST, accountSid: `AC${EAST.accountSid.slice(2).toUpperCase()}` };
      const accounts = { east: credentials(EAST), alias: credentials(upper) };
      const report = await reaper({ accounts, accountNames: ['east'] }).find();
      for (const jobSid of jobs) assert.equal(jobOf(report, jobSid).verdict, 'orphan');
    });

    it('shows the jobs of an account with two names once', async (t) => {
      const { simulator, makeJob, reaper } = await startReapRig(t, env);
      const left = await startStill(client);
      const jobSid = await makeJob(left);
      await terminate(left.workflowId);
      const accounts = { west: credentials(simulator), alias: credentials(simulator) };
      const { jobs } = await reaper({ accounts }).find();
      assert.deepEqual(
        jobs.map((job) => [job.account, job.jobSid]),
        [['west', jobSid]],
      );
    });
  });

  describe('with a Twilio in trouble', () => {
    for (const [status, isOver, expected] of [
      [404, false, { fate: 'alreadyGone', verdict: 'orphan', failures: [] }],
      [405, true, { fate: 'notDeletable', verdict: 'over', failures: [] }],
      [405, false, { fate: 'notDeletable', verdict: 'orphan', failures: ['TwilioRejected'] }],
      [401, false, { fate: 'unknown', verdict: 'orphan', failures: ['AuthenticationRejected'] }],
      [500, false, { fate: 'unknown', verdict: 'orphan', failures: ['TwilioUnavailable'] }],
    ] as const)
      it(`takes ${status} to a DELETE of a job that ${isOver ? 'is over by then' : 'lives'} as it should`, async (t) => {
        const { simulator, makeJob, reaper } = await startReapRig(t, env);
        const left = await startStill(client);
        const jobSid = await makeJob(left);
        await terminate(left.workflowId);
        const report = await reaper().find();
        if (isOver) simulator.clock.advance(24 * 3_600_000);
        const body =
          status === 404 ? notFoundBody : JSON.stringify({ code: status * 100, message: 'no', status });
        const twilioUrl = await startFront(t, simulator.apiUrl, ({ method }) =>
          method === 'DELETE' ? { status, body } : null,
        );
        const after = await reaper({ twilioUrl }).delete(report);
        const { fate, verdict } = jobOf(after, jobSid);
        assert.deepEqual({ fate, verdict, failures: after.failures.map(({ type }) => type) }, expected);
        if (after.failures[0])
          assert.ok(after.failures[0].message.includes(jobSid), after.failures[0].message);
      });

    for (const [title, details] of [
      ['leaves a day unsaid', { inDetails: 'missing', days: '2026-10-02' }],
      ['says nothing at all', { inDetails: 'missing' }],
    ] as const)
      it(`takes a refusal to delete a job that ${title} for its end`, async (t) => {
        const { simulator, makeJob, reaper } = await startReapRig(t, env, {
          script: { days: [details], deleteCompleteAnswers: 405 },
        });
        const left = await startStill(client);
        const jobSid = await makeJob(left);
        await terminate(left.workflowId);
        simulator.clock.advance(24 * 3_600_000);
        const report = await reaper().find();
        assert.equal(jobOf(report, jobSid).verdict, 'orphan', 'nobody can say that it is over');
        const after = await reaper().delete(report);
        const { fate, verdict } = jobOf(after, jobSid);
        assert.deepEqual([fate, verdict, after.failures], ['notDeletable', 'over', []]);
      });

    it('tries a list and a DELETE again after 429, and a DELETE after 500', async (t) => {
      const { simulator, makeJob, reaper, alive } = await startReapRig(t, env);
      const left = await startStill(client);
      await makeJob(left);
      await terminate(left.workflowId);
      simulator.faults.add({ kind: 'status429', operation: 'listJobs', times: 2 });
      simulator.faults.add({ kind: 'status429', operation: 'deleteJob', nth: 1 });
      simulator.faults.add({ kind: 'status500', operation: 'deleteJob', nth: 2 });
      const report = await reaper().delete(await reaper().find());
      assert.deepEqual(report.failures, []);
      assert.deepEqual(alive(), []);
    });

    it('leaves the rest of an account alone that gives no answer, and goes on with the others', async (t) => {
      const { simulator, makeJob, reaper, alive } = await startReapRig(t, env);
      const left = await startStill(client);
      const untouched = [await makeJob(left), await makeJob({ ...left, submission: 2 })];
      await makeJob({ ...left, account: EAST });
      await terminate(left.workflowId);
      const accounts = { west: credentials(simulator), east: credentials(EAST) };
      const report = await reaper({ accounts }).find();
      const broken = {
        west: { ...credentials(simulator), password: 'a-wrong-token' },
        east: credentials(EAST),
      };
      const after = await reaper({ accounts: broken }).delete(report);
      assert.equal(after.failures.length, 1);
      assert.deepEqual(alive(), untouched);
    });

    it('has nothing to do for a job that is being deleted, and nothing for one that is over', async (t) => {
      const { simulator, makeJob, reaper } = await startReapRig(t, env, {
        script: { life: { submitted: '5 minutes', running: '1 hour', runningToBeDeleted: '10 minutes' } },
      });
      const left = await startStill(client);
      const jobSid = await makeJob(left);
      const done = await makeJob({ ...left, submission: 2 });
      await terminate(left.workflowId);
      simulator.clock.advance(10 * 60_000);
      const report = await reaper().find();
      jobOf(report, done).verdict = 'kept';
      await reaper().delete(report);
      assert.equal(jobOf(await reaper().find(), jobSid).verdict, 'beingDeleted');
      simulator.clock.advance(24 * 3_600_000);
      const later = await reaper().delete(await reaper().find());
      assert.deepEqual(
        later.jobs.map(({ verdict, fate }) => [verdict, fate]),
        [
          ['over', null],
          ['over', null],
        ],
      );
      assert.equal(simulator.ledger().requests['deleteJob'], 1);
    });
  });

  it('deletes nothing while Temporal gives no answer, and says so', async (t) => {
    const { makeJob, reaper, alive } = await startReapRig(t, env);
    const left = await startStill(client);
    const jobs = [await makeJob(left), await makeJob({ ...left, submission: 2 })];
    await terminate(left.workflowId);
    const report = await reaper().find();
    const tooLate = Date.now() - 1;
    const after = await client.connection.withDeadline(tooLate, () => reaper().delete(report));
    assert.deepEqual(
      after.failures.map(({ type, jobSid }) => [type, jobSid]),
      [['TemporalUnavailable', after.jobs[0]?.jobSid]],
    );
    assert.deepEqual(alive(), jobs);
    await assert.rejects(
      client.connection.withDeadline(tooLate, () => reaper().find()),
      /DEADLINE/,
    );
  });

  it('stops where it is when it is interrupted', async (t) => {
    const { makeJob, reaper, alive } = await startReapRig(t, env);
    const left = await startStill(client);
    const jobSid = await makeJob(left);
    await terminate(left.workflowId);
    const report = await reaper().find();
    const signal = AbortSignal.abort();
    const after = await reaper({ signal }).delete(report);
    assert.equal(jobOf(after, jobSid).fate, null);
    assert.deepEqual(alive(), [jobSid]);
    await assert.rejects(reaper({ signal }).find(), { name: 'AbortError' });
  });

  it('says that its search was cut short where the namespace has more exports than it searches', async (t) => {
    const { makeJob, reaper } = await startReapRig(t, env);
    const left = await startStill(client);
    await makeJob(left);
    await startStill(client);
    const cut = await reaper({ limits: { runs: 1 } }).find();
    assert.deepEqual([cut.isSearchCut, cut.jobs[0]?.verdict], [true, 'notFound']);
    const whole = await reaper().find();
    assert.deepEqual([whole.isSearchCut, whole.jobs[0]?.verdict], [false, 'running']);
  });
});

/** The same server, as it was before descriptions had a first run. */
function olderServer(client: Client): Client {
  const { workflowService } = client;
  const describe = async (request: Parameters<typeof workflowService.describeWorkflowExecution>[0]) => {
    const answer = await workflowService.describeWorkflowExecution(request);
    assert.ok(answer.workflowExecutionInfo?.firstRunId, 'it is there to be left out');
    answer.workflowExecutionInfo.firstRunId = '';
    return answer;
  };
  const older: object = Object.create(workflowService, { describeWorkflowExecution: { value: describe } });
  return Object.create(client, { workflowService: { value: older } }) as Client;
}

/** Stands in for encryption: a payload that only its codec can read. */
const hidden: PayloadCodec = {
  encode: (payloads) =>
    Promise.resolve(
      payloads.map((payload): Payload => {
        const data = Buffer.from(
          JSON.stringify({ encoding: text(payload.metadata?.['encoding']), data: text(payload.data) }),
        );
        return { metadata: { encoding: Buffer.from('binary/hidden') }, data };
      }),
    ),
  decode: (payloads) =>
    Promise.resolve(
      payloads.map((payload): Payload => {
        if (text(payload.metadata?.['encoding']) !== 'binary/hidden') return payload;
        const { encoding, data } = JSON.parse(text(payload.data)) as { encoding: string; data: string };
        return { metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) };
      }),
    ),
};

function text(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}
