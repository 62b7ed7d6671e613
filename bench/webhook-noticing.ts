/** How long after the end of its job at Twilio an export begins to download. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@temporalio/client';
import { pollDelay } from '../activities/poll-delay.ts';
import { createClosers } from '../cli/demo/closers.ts';
import { BulkExportsClient, createWebhookReceiver, type ExportHandle } from '../client/index.ts';
import { type Simulator, startSimulator } from '../simulator/index.ts';
import { dayBefore } from './measure.ts';
import { startMeasuredWorker } from './worker-process.ts';

/** Exports of one kind. */
export interface Noticing {
  name: string;
  hasWebhook: boolean;
  noticedMs: number[];
}

/** What is measured on. */
export interface NoticingInput {
  client: Client;
  address: string;
  say: (line: string) => void;
}

const EXPORTS = 10;
const SUBMITTED_SECONDS = 20;
/** So long the shortest job takes, and so much longer each further one. */
const SHORTEST_SECONDS = 60;
const STEP_SECONDS = 25;
const KINDS = [
  { hasWebhook: true, hasEstimate: true, resourceType: 'Messages' },
  { hasWebhook: true, hasEstimate: false, resourceType: 'Messages' },
  { hasWebhook: false, hasEstimate: true, resourceType: 'Calls' },
  { hasWebhook: false, hasEstimate: false, resourceType: 'Calls' },
] as const;

/** Exports of all kinds side by side, in real time. */
export async function measureNoticing({ client, address, say }: NoticingInput): Promise<Noticing[]> {
  const parts = createClosers(say);
  try {
    const folder = await mkdtemp(join(tmpdir(), 'bench-webhook-'));
    parts.add('the folder', () => rm(folder, { recursive: true, force: true }));
    const days = Array.from({ length: EXPORTS }, (_, index) => dayBefore(10 + index));
    const simulators = { with: await simulate(days, true), without: await simulate(days, false) };
    for (const simulator of Object.values(simulators)) parts.add('a simulator', simulator.stop);

    let listener: RequestListener = (_, response) => response.destroy();
    const server = createServer((request, response) => listener(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    parts.add('the server of the receiver', async () => {
      server.close();
      server.closeAllConnections();
    });
    const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { accountSid, authToken } = simulators.with;
    const receiver = createWebhookReceiver({ client, publicUrl, authTokens: { [accountSid]: authToken } });
    parts.add('the receiver', receiver.close);
    listener = receiver.requestListener;

    const running = [];
    for (const [index, kind] of KINDS.entries()) {
      const simulator = simulators[kind.hasEstimate ? 'with' : 'without'];
      const taskQueue = `noticing-${index}`;
      const worker = await startMeasuredWorker({
        TEMPORAL_ADDRESS: address,
        TWILIO_ACCOUNT_SID: simulator.accountSid,
        TWILIO_AUTH_TOKEN: simulator.authToken,
        TWILIO_BULKEXPORTS_URL: simulator.apiUrl,
        ...(kind.hasWebhook && { BULK_EXPORTS_PUBLIC_URL: publicUrl }),
        BULK_EXPORTS_TASK_QUEUE: taskQueue,
        BULK_EXPORTS_DESTINATIONS: JSON.stringify({ default: pathToFileURL(join(folder, taskQueue)).href }),
      });
      parts.add('a worker', worker.stop);
      running.push({ kind, simulator, exports: new BulkExportsClient({ client, taskQueue }), taskQueue });
    }
    say(`${KINDS.length} × ${EXPORTS} exports, until all have noticed that their jobs are over …`);
    return await Promise.all(
      running.map(async ({ kind, simulator, exports, taskQueue }) => {
        const noticedMs = await Promise.all(
          days.map(async (day, index) => {
            const { resourceType } = kind;
            const workflowId = `${taskQueue}-${day}`;
            const input = { resourceType, startDay: day, endDay: day, deleteJob: false } as const;
            const handle = await exports.startExport(input, { workflowId });
            const { jobs } = await handle.result();
            const made = simulator.ledger().jobs.find(({ jobSid }) => jobSid === jobs[0]?.jobSid);
            if (!made) throw new Error(`Expected a job of ${workflowId}, got none.`);
            const overMs = Date.parse(made.createdAt) + 1000 * (SHORTEST_SECONDS + index * STEP_SECONDS);
            return (await downloadBegan(client, handle)) - overMs;
          }),
        );
        const name = `${kind.hasWebhook ? 'webhook' : 'poll alone'}, ${kind.hasEstimate ? 'with exact estimates' : 'without estimates'}`;
        say(`${name}: done`);
        return { name, hasWebhook: kind.hasWebhook, noticedMs };
      }),
    );
  } finally {
    await parts.closeAll();
  }
}

const LONG_JOBS = 10_000;
const HOUR_MS = 3_600_000;

/** Jobs that take hours, by the rule of the worker itself: how long it waits before the next look. */
export function computeNoticing(): Noticing[] {
  const noticedMs = Array.from({ length: LONG_JOBS }, (_, index) => {
    const lengthMs = HOUR_MS * (1 + (23 * index) / LONG_JOBS);
    return noticeOf(lengthMs, lengthMs * Math.random());
  });
  const name = 'poll alone, without estimates, jobs of 1 to 24 hours, computed';
  return [{ name, hasWebhook: false, noticedMs }];
}

function noticeOf(overMs: number, runningMs: number): number {
  let lastChangeAtMs = 0;
  for (let nowMs = 0; ;) {
    const delayMs = pollDelay({
      nowMs,
      createdAtMs: 0,
      lastChangeAtMs,
      estimatedCompletionAtMs: null,
      hasUnknownStatus: false,
      minimumMs: 10_000,
      maximumMs: 900_000,
      random: Math.random(),
    });
    if (nowMs < runningMs && nowMs + delayMs >= runningMs) lastChangeAtMs = nowMs + delayMs;
    nowMs += delayMs;
    if (nowMs >= overMs) return nowMs - overMs;
  }
}

function simulate(days: string[], hasEstimate: boolean): Promise<Simulator> {
  return startSimulator({
    script: {
      ...(!hasEstimate && { nullFields: ['estimated_completion_time', 'job_queue_position'] }),
      days: days.map((day, index) => ({
        days: day,
        statuses: [
          { status: 'Submitted', for: `${SUBMITTED_SECONDS} seconds` },
          {
            status: 'Running',
            for: `${SHORTEST_SECONDS - SUBMITTED_SECONDS + index * STEP_SECONDS} seconds`,
          },
          { status: 'Completed' },
        ],
      })),
    },
  });
}

async function downloadBegan(client: Client, { workflowId }: ExportHandle): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const begun = events?.find(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'downloadExportDay',
  );
  const { seconds = 0, nanos = 0 } = begun?.eventTime ?? {};
  return Number(seconds) * 1000 + Number(nanos) / 1e6;
}
