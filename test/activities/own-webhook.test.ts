import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, EXPORT_ID, startRig } from './rig.ts';

const PUBLIC_URL = 'https://hooks.example.com/bulk-exports';

test('the webhook of a job leads to the receiver, and names account, workflow id and first run', async (t) => {
  const { simulator, run } = await startRig(t, { publicUrl: PUBLIC_URL });
  await run('createExportJob', create);
  simulator.clock.advance(24 * 3_600_000);
  const [webhook] = simulator.ledger().webhooks;
  const url = `${PUBLIC_URL}?account=${simulator.accountSid}&export=test&run=${EXPORT_ID}`;
  assert.deepEqual([webhook?.url, webhook?.method], [url, 'POST']);
});

test('a webhook of the input wins over the own one', async (t) => {
  const { simulator, run } = await startRig(t, { publicUrl: PUBLIC_URL });
  const webhook = { url: 'https://theirs.example.com/hook', method: 'GET' } as const;
  await run('createExportJob', { ...create, webhook });
  simulator.clock.advance(24 * 3_600_000);
  const { url = '', method } = simulator.ledger().webhooks[0] ?? {};
  assert.equal(method, 'GET');
  assert.ok(url.startsWith('https://theirs.example.com/hook'), url);
});

test('without a receiver a job has no webhook', async (t) => {
  const { simulator, run } = await startRig(t);
  await run('createExportJob', create);
  simulator.clock.advance(24 * 3_600_000);
  assert.deepEqual(simulator.ledger().webhooks, []);
});

// Whoever asks for it is no export, and knows no `checkNow`.
test('a job that no export asks for has no webhook of the receiver, and may have one of its own', async (t) => {
  const { simulator, run } = await startRig(t, { publicUrl: PUBLIC_URL });
  const { resourceType, startDay, endDay } = create;
  const job = { resourceType, startDay, endDay };
  const webhook = { url: 'https://theirs.example.com/hook', method: 'GET' } as const;
  for (const asked of [job, { ...job, webhook, submission: 2 }]) {
    const { error } = await run('createExportCustomJob', asked);
    assert.equal(error, null);
  }
  simulator.clock.advance(24 * 3_600_000);
  const hosts = simulator.ledger().webhooks.map(({ url }) => new URL(url).host);
  assert.deepEqual(hosts, ['theirs.example.com']);
});

// A create must not be refused for the sake of a hint.
test('a workflow id too long for a URL costs the webhook, and not the job', async (t) => {
  const { simulator, run } = await startRig(t, { publicUrl: PUBLIC_URL });
  const workflowExecution = { workflowId: 'ü'.repeat(500), runId: EXPORT_ID };
  const { result } = await run('createExportJob', create, { workflowExecution });
  assert.match(result?.jobSid ?? '', /^JS/);
  simulator.clock.advance(24 * 3_600_000);
  assert.deepEqual(simulator.ledger().webhooks, []);
});
