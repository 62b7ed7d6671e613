import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { exitCodes } from '../../cli/exit-codes.ts';
import { DEFAULT_CLOSED_FOR_MS, type ReapReport } from '../../worker/index.ts';
import { startFront } from '../activities/front.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { EAST, jobOf, startReapRig, startStill, type ReapRig } from '../worker/reap-rig.ts';
import { lastDocument, runCli, runCliHere } from './run-cli.ts';

const OCTOBER = { resourceType: 'Messages', startDay: '2026-10-01', endDay: '2026-10-03' };

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv();
});
after(() => env.teardown());

test('reap shows orphans with their exports, and with --delete deletes them, in every account', async (t) => {
  const rig = await startReapRig(t, env);
  const surroundings = await environmentOf(t, rig);
  const left = await startStill(env.client);
  const running = await startStill(env.client, { ...OCTOBER, account: 'east' });
  const calls = await startStill(env.client, { ...OCTOBER, resourceType: 'Calls', account: 'east' });
  const jobs = [
    await rig.makeJob(left),
    await rig.makeJob({ ...calls, account: EAST, resourceType: 'Calls' }),
  ];
  const kept = await rig.makeJob({ ...running, account: EAST });
  for (const { workflowId } of [left, calls]) await env.client.workflow.getHandle(workflowId).terminate();

  const shown = await runCliHere(['reap', '--closed-for', '0'], surroundings);
  assert.equal(shown.code, 0, shown.stderr);
  const [head = '', ...rows] = shown.stdout.split('\n');
  assert.match(head, /^Verdict +Account +Type +Days +Job +Status +Export$/);
  assert.match(
    rows[1] ?? '',
    new RegExp(
      `^orphan +default +Messages +2026-10-01\\.\\.2026-10-03 +${jobs[0]} +3 Submitted +` +
        `${left.workflowId} \\(terminated \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC\\)$`,
    ),
  );
  assert.match(rows[0] ?? '', new RegExp(`^orphan +east +Calls .*${jobs[1]} `));
  assert.match(rows[2] ?? '', new RegExp(`^running +east +Messages .*${kept} .*${running.workflowId}$`));
  assert.match(shown.stdout, /^2 orphan: .*bulk-exports reap --delete$/m);
  assert.match(shown.stdout, /^1 running, not touched/m);
  assert.equal(rig.alive().length, 3);

  // The process itself: its exit code, its one line on stdout.
  const words = ['reap', '--delete', '--closed-for', '0', '--json'];
  const deleted = await runCli(words, { env: surroundings });
  assert.equal(deleted.code, 0, deleted.stderr);
  assert.equal(deleted.stdout.trimEnd().split('\n').length, 1, deleted.stdout);
  const report = lastDocument(deleted) as unknown as ReapReport;
  assert.deepEqual([report.namespace, report.accounts], ['default', ['east', 'default']]);
  for (const jobSid of jobs) assert.equal(jobOf(report, jobSid).fate, 'deleted');
  assert.match(deleted.stderr, /^2 orphan, of which 2 deleted\.$/m);
  assert.deepEqual(rig.alive(), [kept]);
  for (const { stdout, stderr } of [shown, deleted]) assertNoSecret(rig, stdout + stderr);
});

test('reap says that there is nothing, and hides what is over unless asked for', async (t) => {
  const rig = await startReapRig(t, env);
  const surroundings = await environmentOf(t, rig);
  const nothing = await runCliHere(['reap', '--delete'], surroundings);
  assert.equal(nothing.code, 0, nothing.stderr);
  assert.match(
    nothing.stdout,
    /^No jobs of exports at Twilio \[namespace default, accounts east, default, Mess/,
  );

  const jobSid = await rig.makeJob(await startStill(env.client));
  rig.simulator.clock.advance(48 * 3_600_000);
  const over = await runCliHere(['reap'], surroundings);
  assert.match(over.stdout, /^No orphans \[.*\]\.\n1 over: nothing runs any more/);
  const all = await runCliHere(['reap', '--all'], surroundings);
  assert.match(
    all.stdout,
    new RegExp(`^over +default +Messages +2026-10-01\\.\\.2026-10-03 +${jobSid} `, 'm'),
  );
});

test('reap looks at one account and one type alone where it is told to', async (t) => {
  const rig = await startReapRig(t, env);
  const surroundings = await environmentOf(t, rig);
  const left = await startStill(env.client);
  const wanted = await rig.makeJob({ ...left, account: EAST, resourceType: 'Calls' });
  await rig.makeJob({ ...left, account: EAST });
  await rig.makeJob({ ...left, resourceType: 'Calls' });
  const words = ['reap', '--account', 'east', '--resource-type', 'Calls', '--json'];
  const { jobs } = lastDocument(await runCliHere(words, surroundings)) as unknown as ReapReport;
  assert.deepEqual(
    jobs.map(({ jobSid }) => jobSid),
    [wanted],
  );
  assert.deepEqual(rig.simulator.ledger().requests['listJobs'], 1);

  const unknown = await runCliHere(['reap', '--account', 'south'], surroundings);
  assert.equal(unknown.code, exitCodes.usage.code);
  assert.match(unknown.stderr, /^--account must be one of "east", "default", got "south"\.$/m);
});

test('the exit code of reap tells credentials that are not taken from any other failure', async (t) => {
  const rig = await startReapRig(t, env);
  const surroundings = await environmentOf(t, rig);
  await rig.makeJob({ ...(await startStill(env.client)), account: EAST });
  const refused = { ...surroundings, TWILIO_AUTH_TOKEN: 'not-for-anybody' };
  const rejected = await runCliHere(['reap', '--json'], refused);
  assert.equal(rejected.code, exitCodes.rejected.code, rejected.stderr);
  assert.match(
    rejected.stderr,
    /^Could not list the jobs at Twilio \[account default\]: Twilio answered 401/m,
  );
  assert.match(rejected.stderr, /^1 running, not touched/m);
  assert.equal((lastDocument(rejected) as unknown as ReapReport).failures[0]?.type, 'AuthenticationRejected');
  assertNoSecret(rig, rejected.stderr + rejected.stdout, 'not-for-anybody');

  const TWILIO_BULKEXPORTS_URL = await startFront(t, rig.simulator.apiUrl, ({ url }) =>
    url?.includes('/Conferences/') ? { status: 400, body: '{"code": 20001, "message": "no"}' } : null,
  );
  const failed = await runCliHere(['reap'], { ...surroundings, TWILIO_BULKEXPORTS_URL });
  assert.equal(failed.code, exitCodes.failure.code, failed.stderr);
});

test('reap needs the credentials that a worker needs', async () => {
  const bare = await runCliHere(['reap'], { TEMPORAL_ADDRESS: env.address });
  assert.equal(bare.code, exitCodes.usage.code);
  assert.match(bare.stderr, /TWILIO_ACCOUNT_SID must be set/);
});

test('reap in a namespace that is not there says so in one line', async (t) => {
  const rig = await startReapRig(t, env);
  await rig.makeJob({ exportId: 'somebody', namespace: 'nowhere' });
  const { code, stdout, stderr } = await runCliHere(
    ['reap', '--delete', '--namespace', 'nowhere'],
    await environmentOf(t, rig),
  );
  assert.equal(code, exitCodes.usage.code);
  assert.equal(stdout, '');
  assert.match(stderr, /^Temporal has no such namespace \[nowhere, Temporal \S+\]\. /m);
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  assert.equal(rig.alive().length, 1);
});

test('Ctrl-C ends reap before anything is deleted, and says so', async (t) => {
  const rig = await startReapRig(t, env);
  rig.simulator.faults.add({ kind: 'slow', operation: 'listJobs', delayMs: 60_000 });
  const { code, stderr } = await runCliHere(['reap', '--delete'], await environmentOf(t, rig), /Looking at/);
  assert.equal(code, exitCodes.interrupted.code, stderr);
  assert.match(stderr, /^Interrupted before all jobs were looked at: nothing was deleted\.$/m);
});

test('the help of reap tells the default that the worker has', async () => {
  const { stdout } = await runCliHere(['reap', '--help']);
  assert.match(
    stdout.replaceAll(/\s+/g, ' '),
    new RegExp(`orphans \\(default: ${DEFAULT_CLOSED_FOR_MS / 60_000}\\)`),
  );
});

/** The account `default` in the variables, `east` in a file, as an operator has them. */
async function environmentOf(t: TestContext, { simulator }: ReapRig): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'reap-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'accounts.json');
  await writeFile(path, JSON.stringify({ east: EAST }));
  return {
    TEMPORAL_ADDRESS: env.address,
    TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
    TWILIO_ACCOUNT_SID: simulator.accountSid,
    TWILIO_AUTH_TOKEN: simulator.authToken,
    BULK_EXPORTS_ACCOUNTS: path,
  };
}

function assertNoSecret({ simulator }: ReapRig, text: string, ...more: string[]): void {
  for (const secret of [simulator.authToken, EAST.authToken, ...more])
    assert.ok(!text.includes(secret), 'a credential is shown');
}
