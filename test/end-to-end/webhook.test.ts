import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createWebhookReceiver, type ExportHandle, type WebhookEvent } from '../../client/index.ts';
import type { WebhookScript } from '../../simulator/index.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { quickExport, type RealParts, withRealParts } from './real-parts.ts';

/** The first look that is due after the one at the begin comes in half an hour. */
const SLOW_POLL = { poll: { minimumInterval: '10 minutes', maximumInterval: '1 hour' } } as const;
const HOUR_MS = 3_600_000;

describe('the webhook of an export', { timeout: 180_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  for (const [kind, webhook] of [
    ['a form', {}],
    ['JSON', { body: 'json' }],
  ] as const)
    it(`brings a look when its job is over, long before one is due: ${kind}`, async () => {
      await withReceiver(env, webhook, async ({ exports, simulator, events, signals }) => {
        const handle = await exports.startExport(quickExport(2, SLOW_POLL));
        await until(() => hasWaitingJob(handle));
        simulator.clock.advance(24 * HOUR_MS);
        assert.equal((await handle.result()).outcome, 'complete');
        assert.deepEqual(events, [{ kind: 'told', workflowId: handle.workflowId }]);
        assert.equal(await signals(handle), 1);
        assert.deepEqual(
          simulator.ledger().webhooks.map(({ status }) => status),
          [204],
        );
      });
    });

  it('that comes four times is one look, and at most one more when ten seconds have passed', async () => {
    await withReceiver(env, { times: 4 }, async ({ exports, simulator, events, signals, receiver }) => {
      const handle = await exports.startExport(quickExport(2, SLOW_POLL));
      await until(() => hasWaitingJob(handle));
      simulator.clock.advance(24 * HOUR_MS);
      assert.equal((await handle.result()).outcome, 'complete');
      await until(() => events.length >= 4);
      await receiver.settled();
      const kinds = events.map(({ kind }) => kind);
      assert.deepEqual(kinds.slice(0, 4).toSorted(), ['repeated', 'repeated', 'repeated', 'told']);
      assert.ok((await signals(handle)) <= 2, `${await signals(handle)} signals`);
    });
  });

  for (const [what, webhook, refused] of [
    ['never comes', { times: 0 }, []],
    ['is forged', { signature: 'forged' }, [{ kind: 'refused', reason: 'signature' }]],
    ['is not signed', { signature: 'none' }, [{ kind: 'refused', reason: 'signature' }]],
  ] as const)
    it(`that ${what} changes nothing: the export finds by itself that its job is over`, async () => {
      await withReceiver(env, webhook, async ({ exports, simulator, events, signals }) => {
        const handle = await exports.startExport(quickExport(1));
        await until(() => hasWaitingJob(handle));
        simulator.clock.advance(24 * HOUR_MS);
        assert.equal((await handle.result()).outcome, 'complete');
        await until(() => simulator.ledger().webhooks.every(({ outcome }) => outcome === 'answered'));
        assert.deepEqual(events, refused);
        assert.equal(await signals(handle), 0);
      });
    });

  it('that comes when its export is over does not concern the next one of the same id', async () => {
    await withReceiver(env, { delay: '30 days' }, async ({ exports, simulator, events, signals }) => {
      const input = quickExport(1, { reuse: 'never' });
      const first = await exports.startExport(input);
      await until(() => hasWaitingJob(first));
      simulator.clock.advance(24 * HOUR_MS);
      await first.result();

      const second = await exports.startExport({ ...input, ...SLOW_POLL });
      await until(() => hasWaitingJob(second));
      simulator.clock.advance(30 * 24 * HOUR_MS - 1);
      await until(() => events.length === 1);
      assert.deepEqual(events, [{ kind: 'over', workflowId: first.workflowId, why: 'ExportEnded' }]);
      assert.equal(await signals(second), 0);
      await second.cancel();
      await second.result().catch(() => {});
    });
  });

  it('finds an export that goes on after a reset', async () => {
    await withReceiver(env, {}, async ({ exports, simulator, events, client }) => {
      const handle = await exports.startExport(quickExport(1, SLOW_POLL));
      await until(() => hasWaitingJob(handle));
      const { runId } = await handle.describe();
      await client.workflowService.resetWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId: handle.workflowId, runId },
        workflowTaskFinishEventId: 4 as never,
        requestId: runId,
      });
      const again = exports.getHandle(handle.workflowId);
      await until(async () => (await again.describe()).runId !== runId && (await hasWaitingJob(again)));
      simulator.clock.advance(24 * HOUR_MS);
      assert.equal((await again.result()).outcome, 'complete');
      assert.deepEqual(events, [{ kind: 'told', workflowId: handle.workflowId }]);
      assert.equal(simulator.ledger().jobsMade, 1);
    });
  });
});

/** Real parts with a receiver in front of them, and a Twilio whose clock is moved by hand. */
async function withReceiver(
  env: TestWorkflowEnvironment,
  webhook: WebhookScript,
  work: (
    parts: RealParts & {
      receiver: ReturnType<typeof createWebhookReceiver>;
      events: WebhookEvent[];
      signals: (handle: ExportHandle) => Promise<number>;
    },
  ) => Promise<void>,
): Promise<void> {
  let listener: RequestListener = (_, response) => response.destroy();
  const server = createServer((request, response) => listener(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  try {
    const simulator = { clock: { kind: 'manual' }, script: { webhook } } as const;
    await withRealParts(env, { simulator, publicUrl }, async (parts) => {
      const { client } = parts;
      const events: WebhookEvent[] = [];
      const receiver = createWebhookReceiver({
        client,
        publicUrl,
        authTokens: { [parts.simulator.accountSid]: parts.simulator.authToken },
        onEvent: (event) => events.push(event),
        settings: { lookIntervalMs: 300 },
      });
      listener = receiver.requestListener;
      const signals = async ({ workflowId }: ExportHandle) => {
        const { events: history } = await client.workflow.getHandle(workflowId).fetchHistory();
        return (history ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
      };
      await work({ ...parts, receiver, events, signals });
      await receiver.close();
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Whether the export has looked at its job, and waits until the next look is due. */
async function hasWaitingJob(handle: ExportHandle): Promise<boolean> {
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).some(
    ({ activityType, lastFailure }) => activityType?.name === 'watchExportJob' && lastFailure,
  );
}
