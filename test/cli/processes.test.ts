import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodes } from '../../cli/exit-codes.ts';
import { runCli, startCli } from './run-cli.ts';

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

test('a worker without credentials says which variables it needs, and does not start', async () => {
  const { code, stderr } = await runCli(['worker']);
  assert.equal(code, exitCodes.usage.code, stderr);
  assert.match(stderr, /TWILIO_ACCOUNT_SID/);
  assert.match(stderr, /TWILIO_AUTH_TOKEN/);
});
