import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { exitCodes } from '../../cli/exit-codes.ts';
import { type CliEnd, type CliSurroundings, runCli, runEach, startCli } from './run-cli.ts';

test('simulate answers with its addresses, runs until Ctrl-C and ends with 0', async () => {
  const simulate = startCli(['simulate', '--json', '--speed', '60']);
  const [line] = await simulate.stdoutHas(/^\{.*\}$/m);
  const told = JSON.parse(line) as { apiUrl: string; storeUrl: string; ledger: string };
  assert.equal((await fetch(told.ledger)).status, 200);
  assert.match(told.storeUrl, /^http:\/\/127\.0\.0\.1:\d+$/);
  simulate.child.kill('SIGINT');
  const { code, stdout } = await simulate.ended;
  assert.equal(code, 0);
  assert.equal(stdout.trimEnd(), line);
});

test('simulate knows the account of the environment, and shows its token to nobody', async () => {
  const account = { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'not-for-anybody' };
  const simulate = startCli(['simulate', '--json'], { env: account });
  const [line] = await simulate.stdoutHas(/^\{.*\}$/m);
  const { apiUrl, accountSid } = JSON.parse(line) as { apiUrl: string; accountSid: string };
  assert.equal(accountSid, account.TWILIO_ACCOUNT_SID);
  const authorization = (token: string) =>
    `Basic ${Buffer.from(`${account.TWILIO_ACCOUNT_SID}:${token}`).toString('base64')}`;
  const asks = (token: string) =>
    fetch(`${apiUrl}/v1/Exports/Messages/Days`, { headers: { authorization: authorization(token) } });
  assert.equal((await asks('not-for-anybody')).status, 200);
  assert.equal((await asks('another')).status, 401);
  simulate.child.kill('SIGHUP');
  const { code, stdout, stderr } = await simulate.ended;
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stdout + stderr, /not-for-anybody/);
});

test('an interruption that npm repeats is one: what is open is ended in order', async () => {
  const simulate = startCli(['simulate']);
  await simulate.stdoutHas(/Ctrl-C ends it/);
  simulate.child.kill('SIGINT');
  simulate.child.kill('SIGTERM');
  assert.equal((await simulate.ended).code, 0);
});

test('whoever ends a command that waits for Temporal alone need not do it twice', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  for (const words of [['list'], ['cancel', 'id', '--wait']]) {
    const { child, ended } = startCli(words, { env: { TEMPORAL_ADDRESS: `127.0.0.1:${port}` } });
    const [socket] = (await once(silent, 'connection')) as [Socket];
    child.kill('SIGTERM');
    assert.equal((await ended).code, exitCodes.interrupted.code, words.join(' '));
    socket.destroy();
  }
});

test('a worker without credentials says which variables it needs, and does not start', async () => {
  const { code, stderr } = await runCli(['worker']);
  assert.equal(code, exitCodes.usage.code, stderr);
  assert.match(stderr, /TWILIO_ACCOUNT_SID/);
  assert.match(stderr, /TWILIO_AUTH_TOKEN/);
});

test('a worker that can not reach Temporal ends with the exit code for that, and names the address', async () => {
  const { code, stderr } = await runCli(['worker'], {
    env: {
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'not-for-anybody',
    },
  });
  assert.equal(code, exitCodes.unreachable.code, stderr);
  assert.match(
    stderr,
    /^Could not connect to Temporal \[127\.0\.0\.1:1\]: Connection refused\. Is the server up/,
  );
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
  assert.doesNotMatch(stderr, /not-for-anybody|tonic/);
});

for (const missing of ['@temporalio/worker', '@temporalio/activity', '@temporalio/plugin'])
  test(`worker, demo and reap without the optional package ${missing} say in one line what to install`, async () => {
    const ends = await runEach(['worker', 'demo', 'reap'], await surroundingsWithout(missing));
    const end = endWithout(missing);
    assert.deepEqual(ends, { worker: end, demo: end, reap: end });
  });

test('the program itself says so, too', async () => {
  const missing = '@temporalio/worker';
  assert.deepEqual(await runCli(['worker'], await surroundingsWithout(missing)), endWithout(missing));
});

async function surroundingsWithout(missing: string): Promise<CliSurroundings> {
  return { cwd: await mkdtemp(join(tmpdir(), 'without-')), env: { NODE_OPTIONS: without(missing) } };
}

function endWithout(missing: string): CliEnd {
  const stderr =
    `A worker needs packages that are not installed here [${missing}]. ` +
    'Install them: npm install @temporalio/worker @temporalio/activity @temporalio/plugin\n';
  return { code: exitCodes.failure.code, stdout: '', stderr };
}

/** Lets Node look for a package where there is none, so that the error is Node's own. */
function without(name: string): string {
  const hook = `export const resolve = (specifier, context, next) => next(specifier,
    specifier === '${name}' ? { ...context, parentURL: 'file:///nowhere/module.js' } : context)`;
  const registration = `import { register } from 'node:module'; register('${dataUrl(hook)}')`;
  return `--import=${dataUrl(registration)}`;
}

function dataUrl(source: string): string {
  return `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`;
}
