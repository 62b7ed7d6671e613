import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  BulkExportsClient,
  ExportCancelledError,
  ExportHandle,
  InvalidInputError,
  type ListedExport,
} from '../../client/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { failureOf, tearDown, withExports, type LiteralWorker } from './client-env.ts';
import { anInput, aResult, FAULTS, LATER_SIGHTING } from './samples.ts';

let env: TestWorkflowEnvironment;
before(async () => {
  env = await createDevServerEnv();
});
after(() => tearDown(env));

/** As an example of Temporal's does it: each payload whole, its metadata too. */
const codec: PayloadCodec = {
  encode: (payloads) => Promise.resolve(payloads.map(sealed)),
  decode: (payloads) => Promise.resolve(payloads.map(opened)),
};
const encrypted = { dataConverter: { payloadCodecs: [codec] } };

test('encrypted: the same request joins, another is told field by field, and nobody reads it on the server', async () => {
  await withExports(
    env,
    async (exports, client) => {
      const workflowId = randomUUID();
      const input = anInput('wait', { email: 'somebody@example.com' });
      const handle = await exports.startExport(input, { workflowId });
      assert.equal((await exports.startExport(input, { workflowId })).joined, true);
      await assert.rejects(
        exports.startExport({ ...input, email: 'other@example.com' }, { workflowId }),
        /email is "somebody@example.com" there, "other@example.com" here/,
      );
      await handle.progress();
      const description = await handle.describe();
      assert.equal(await description.staticSummary(), 'Messages 2026-10-01..2026-10-02 → default');

      const { history } = await client.workflowService.getWorkflowExecutionHistory({
        namespace: 'default',
        execution: { workflowId },
      });
      const kept = everyText([history, description.raw]);
      assert.ok(kept.includes('binary/encrypted'), 'the payloads are there');
      assert.doesNotMatch(kept, /somebody|2026-10-0[12]/);
      await handle.cancel();
    },
    encrypted,
  );
});

test('encrypted: the progress has the later look, with a worker and without one', async () => {
  await withExports(
    env,
    async (exports, client, worker) => {
      const { workflowId } = await exports.startExport(anInput('look'), { workflowId: randomUUID() });
      const handle = new ExportHandle({ client, workflowId, queryTimeoutMs: 2_000 });
      const progress = await untilSeen(handle);
      assert.ok(progress.source === 'workflow', progress.source);
      assert.equal(progress.days.done, 1);
      const failing = await exports.startExport(anInput('create'), { workflowId: randomUUID() });
      await untilProblem(failing, /createExportJob.*Twilio answered 503/);

      await worker.stop();
      const described = await handle.progress();
      assert.equal(described.source, 'description');
      assert.deepEqual(described.jobs, [LATER_SIGHTING]);
      assert.deepEqual(
        [described.resourceType, described.startDay, described.endDay, described.phase],
        ['Messages', '2026-10-01', '2026-10-02', 'creating'],
      );
    },
    encrypted,
  );
});

test('encrypted: the result, the details of each failure and both receipts are there', async () => {
  await withExports(
    env,
    async (exports, client) => {
      const run = (name: string) => exports.startExport(anInput(name), { workflowId: randomUUID() });
      assert.deepEqual(await (await run('complete')).result(), aResult('complete'));
      assert.deepEqual((await failureOf(await run('fail:ExportIncomplete'))).result, aResult('incomplete'));
      const refused = await failureOf(await run('fail:InvalidInput'));
      assert.ok(refused instanceof InvalidInputError, String(refused));
      assert.deepEqual(refused.faults, FAULTS);

      const cancelled = await run('wait');
      const receipt = await cancelled.cancelAndWait({ reason: 'wrong month' });
      assert.deepEqual(receipt, { ...aResult('cancelled'), cancelReason: 'wrong month' });
      const byEngine = await run('wait');
      await client.workflow.getHandle(byEngine.workflowId).cancel();
      const error = await failureOf(byEngine);
      assert.ok(error instanceof ExportCancelledError, String(error));
      assert.deepEqual(error.result, aResult('cancelled'));
    },
    encrypted,
  );
});

test('encrypted: a list has what was asked for, and a finished export is joined by its input', async () => {
  await withExports(
    env,
    async (exports, _client, worker) => {
      const account = `a${randomUUID()}`;
      const input = anInput('complete', { account, destination: 'lake' });
      await exports.runExport(input);
      assert.equal((await exports.startExport(input, { ifFinished: 'join' })).joined, true);
      await assert.rejects(
        exports.startExport({ ...input, allowIncomplete: true }, { ifFinished: 'joinIfComplete' }),
        /allowIncomplete is false there, true here/,
      );
      const { resourceType, startDay, endDay, destination } = input;
      const expected = { resourceType, startDay, endDay, account, destination };
      assert.deepEqual((await firstListed(exports, account)).request, expected);
      await withoutCodec(worker, account);
    },
    encrypted,
  );
});

/** All that is anywhere in it, bytes as if they were letters. */
function everyText(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.values(value).map(everyText).join('\n');
}

/** So that what the tests above read is shown to be the codec's doing. */
async function withoutCodec({ taskQueue }: LiteralWorker, account: string): Promise<void> {
  const exports = new BulkExportsClient({ client: env.client, taskQueue });
  await assert.rejects(firstListed(exports, account), /Unknown encoding: binary\/encrypted/);
}

async function firstListed(exports: BulkExportsClient, account: string): Promise<ListedExport> {
  for (;;) {
    for await (const listed of exports.list({ account })) return listed;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function untilSeen(handle: ExportHandle) {
  for await (const progress of handle.watch({ intervalMs: 50 }))
    if (progress.jobs[0]?.asOf === LATER_SIGHTING.asOf) return progress;
  throw new assert.AssertionError({ message: 'the export ended before the look was seen' });
}

async function untilProblem(handle: ExportHandle, says: RegExp): Promise<void> {
  for await (const { problems } of handle.watch({ intervalMs: 50 }))
    if (problems.some(({ problem }) => says.test(problem))) return;
}

const KEY = randomBytes(32);
const IV_BYTES = 12;
const TAG_BYTES = 16;

function sealed(payload: Payload): Payload {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', KEY, iv);
  const plain = Buffer.from(JSON.stringify({ metadata: asText(payload.metadata), body: text(payload.data) }));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return {
    metadata: { encoding: Buffer.from('binary/encrypted') },
    data: Buffer.concat([iv, cipher.getAuthTag(), body]),
  };
}

function opened(payload: Payload): Payload {
  if (text(payload.metadata?.encoding, 'utf8') !== 'binary/encrypted') return payload;
  const sealedBytes = Buffer.from(payload.data ?? []);
  const decipher = createDecipheriv('aes-256-gcm', KEY, sealedBytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(sealedBytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const plain = Buffer.concat([
    decipher.update(sealedBytes.subarray(IV_BYTES + TAG_BYTES)),
    decipher.final(),
  ]).toString();
  const { metadata, body } = JSON.parse(plain) as { metadata: Record<string, string>; body: string };
  const pairs = Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(pairs), data: Buffer.from(body, 'base64') };
}

function asText(metadata: Payload['metadata']): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata ?? {}).map(([key, value]) => [key, text(value)]));
}

function text(bytes: Uint8Array | null | undefined, encoding: BufferEncoding = 'base64'): string {
  return Buffer.from(bytes ?? []).toString(encoding);
}
