import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { exitCodes } from '../../cli/exit-codes.ts';
import { createWebhookNews } from '../../cli/webhook-news.ts';
import type { WebhookEvent } from '../../client/index.ts';
import {
  ACCOUNT,
  formOf,
  OTHER_TOKEN,
  PUBLIC_URL,
  TOKEN,
  WORKFLOW,
} from '../client/webhook/signed-callback.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { lastDocument, runCliHere, startCli } from './run-cli.ts';

const config = { BULK_EXPORTS_PUBLIC_URL: PUBLIC_URL, TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: TOKEN };

describe('bulk-exports webhook', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('listens on this machine alone, takes what Twilio has signed, and ends in order', async () => {
    const running = startCli(['webhook', '--port', '0', '--json', '--address', env.address], { env: config });
    const [line] = await running.stdoutHas(/^\{.*\}$/m);
    const told = JSON.parse(line) as { address: string; publicUrl: string; accounts: string[] };
    assert.deepEqual([told.publicUrl, told.accounts], [PUBLIC_URL, [ACCOUNT]]);
    assert.match(told.address, /^127\.0\.0\.1:\d+$/);
    assert.deepEqual(await send(told.address, TOKEN), [204, '']);
    for (let time = 0; time < 3; time++) assert.deepEqual(await send(told.address, OTHER_TOKEN), [403, '']);
    running.child.kill('SIGTERM');
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 0, stderr);
    assert.equal(stdout.trimEnd(), line);
    const [over, refused, ended, ready, ...others] = stderr.trimEnd().split('\n').toSorted();
    assert.match(
      over ?? '',
      /^A callback came for an export that this namespace does not have \[bulk-export-/,
    );
    assert.match(refused ?? '', /^Refused a request: no Auth Token of its account has signed it/);
    assert.equal(ended, 'The webhook receiver has ended.');
    assert.match(ready ?? '', /^The webhook receiver is ready \[127\.0\.0\.1:\d+, called at https:/);
    assert.deepEqual(others, [], 'the second and third forgery within a minute are not told');
    assert.ok(!stderr.includes(TOKEN) && !stdout.includes(TOKEN), 'no token is shown');
  });

  it('says for which accounts it can check nothing', async () => {
    const file = new URL('webhook-accounts.json', import.meta.url).pathname;
    const { stderr } = await runCliHere(
      ['webhook', '--port', '0', '--address', env.address],
      { ...config, BULK_EXPORTS_ACCOUNTS: file },
      /The account "west" has no Auth Token here/,
    );
    assert.match(stderr, /its callbacks are refused, and its exports look by themselves\./);
  });

  it('names a port that is taken, and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const words = ['webhook', '--port', String(port), '--address', env.address, '--json'];
    const end = await runCliHere(words, config);
    other.close();
    assert.equal(end.code, exitCodes.usage.code, end.stderr);
    const { error } = lastDocument(end) as { error: { message: string } };
    assert.equal(
      error.message,
      `The webhook receiver can not listen on 127.0.0.1:${port}: another program listens there; give another --port.`,
    );
  });
});

it('webhook without its configuration names every variable, and no token', async () => {
  const { code, stderr } = await runCliHere(['webhook'], { TWILIO_AUTH_TOKEN: TOKEN });
  assert.equal(code, exitCodes.usage.code);
  assert.match(
    stderr,
    /BULK_EXPORTS_PUBLIC_URL must be[^]*TWILIO_ACCOUNT_SID must be the letters AC and 32 hexadecimal digits, got nothing/,
  );
  assert.ok(!stderr.includes(TOKEN), stderr);
});

describe('the log of the receiver', () => {
  it('has a line for each export that looks, and none for a repeated call', () => {
    const { news, lines } = rig();
    news({ kind: 'told', workflowId: WORKFLOW });
    news({ kind: 'repeated', workflowId: WORKFLOW });
    news({ kind: 'told', workflowId: WORKFLOW });
    assert.deepEqual(lines, [`Told to look now [${WORKFLOW}].`, `Told to look now [${WORKFLOW}].`]);
  });

  it('has at most one line a minute for a stranger who calls all the time, with how often he did', () => {
    const { news, lines, pass } = rig();
    for (let second = 0; second < 120; second++) {
      news({ kind: 'refused', reason: 'notOurs' });
      pass(1_000);
    }
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? '', /Nothing was changed\. \(59 more since the last line about it\)$/);
  });

  it('says of each other kind of trouble what it is, though one of them fills the minute', () => {
    const { news, lines } = rig();
    const events: WebhookEvent[] = [
      { kind: 'refused', reason: 'notOurs' },
      { kind: 'refused', reason: 'signature' },
      { kind: 'over', workflowId: 'a', why: 'ExportEnded' },
      { kind: 'over', workflowId: 'b', why: 'ExportNotFound' },
      { kind: 'notTold', workflowId: 'c', error: new Error('no\nconnection.'), isTriedAgain: true },
    ];
    for (const event of [...events, ...events]) news(event);
    assert.equal(lines.length, events.length);
    assert.equal(lines.at(-1), 'An export could not be told to look [c]: no connection. It is tried again.');
  });
});

function rig(): { news: (event: WebhookEvent) => void; lines: string[]; pass: (ms: number) => void } {
  const lines: string[] = [];
  let nowMs = 0;
  const news = createWebhookNews({ say: (line) => lines.push(line), nowMs: () => nowMs });
  return { news, lines, pass: (ms) => (nowMs += ms) };
}

async function send(address: string, token: string): Promise<[status: number, body: string]> {
  const { method, query, contentType, signature, body } = formOf(undefined, { token });
  const headers = { 'content-type': contentType, 'x-twilio-signature': signature };
  const response = await fetch(`http://${address}/?${query}`, { method, headers, body });
  return [response.status, await response.text()];
}
