/** Calls `bulk-exports webhook`, a process of its own, as often a second as it is told to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { createWebhookUrl } from '../activities/webhook-url.ts';
import { BulkExportsClient } from '../client/index.ts';
import { signWebhook } from '../simulator/webhook-signature.ts';
import { dayBefore } from './measure.ts';

/** How it is called. */
export interface LoadInput {
  client: Client;
  /** Of Temporal. */
  address: string;
  perSecond: number;
  seconds: number;
}

/** How it answered. */
export interface Load {
  /** From when each call was due. */
  latenciesMs: number[];
  statuses: Record<string, number>;
  /** Of the receiver's process, for each call; NaN where the system does not tell. */
  cpuMs: number;
  /** So many it answers where calls follow each other without a pause, on a few connections. */
  atMostPerSecond: number;
  signals: { counts: number[]; shortestGapMs: number };
}

const ACCOUNT = `AC${'5'.repeat(32)}`;
const TOKEN = 'a token of the benchmark'.replaceAll(' ', '-');
const PUBLIC_URL = 'https://hooks.example.com/bulk-exports';
/** So many exports the calls are for, in turn: each is to be told once in ten seconds, whatever comes. */
export const EXPORTS = 100;
/** Of those who call without a pause. */
export const CONNECTIONS = 32;

/** Calls a receiver for exports that run: each of them really gets its signals. */
export async function loadReceiver({ client, address, perSecond, seconds }: LoadInput): Promise<Load> {
  const calls = perSecond * seconds;
  const targets = await startExports(client, EXPORTS);
  const receiver = await startReceiver(address);
  try {
    for (const { query, signature } of targets.slice(0, 50)) await call(receiver.url, query, signature);
    await pause(1_000);

    const latenciesMs: number[] = [];
    const statuses: Record<string, number> = {};
    const usedMs = await receiver.cpuMs();
    const startMs = performance.now();
    const all = [];
    for (let index = 0; index < calls; index++) {
      const dueMs = startMs + (1000 * index) / perSecond;
      if (performance.now() < dueMs) await pause(dueMs - performance.now());
      const { query, signature } = targets[index % targets.length]!;
      all.push(
        (async () => {
          const status = await call(receiver.url, query, signature);
          latenciesMs.push(performance.now() - dueMs);
          statuses[status] = (statuses[status] ?? 0) + 1;
        })(),
      );
    }
    await Promise.all(all);
    const cpuMs = ((await receiver.cpuMs()) - usedMs) / calls;
    const atMostPerSecond = await callWithoutPause(receiver.url, targets);
    agent.destroy();
    await receiver.stop();
    return { latenciesMs, statuses, cpuMs, atMostPerSecond, signals: await countSignals(client, targets) };
  } finally {
    agent.destroy();
    await receiver.stop();
  }
}

interface Target {
  workflowId: string;
  query: string;
  signature: string;
}

const FIELDS = { status: 'completed', job_sid: `JS${'1'.repeat(32)}`, friendly_name: 'October' };

/** On a task queue where nobody listens, so that they do nothing but take signals. */
async function startExports(client: Client, count: number): Promise<Target[]> {
  const exports = new BulkExportsClient({ client, taskQueue: 'nobody-listens' });
  const day = dayBefore(10);
  const targets: Target[] = [];
  const start = async (index: number): Promise<void> => {
    const workflowId = `load-${index}`;
    const input = { resourceType: 'Messages', startDay: day, endDay: day } as const;
    const handle = await exports.startExport(input, { workflowId });
    const { runId: exportId } = await handle.describe();
    const publicUrl = new URL(PUBLIC_URL);
    const url = createWebhookUrl({ publicUrl, accountSid: ACCOUNT, workflowId, exportId }) ?? '';
    const signature = signWebhook({ authToken: TOKEN, url, fields: FIELDS });
    targets.push({ workflowId, query: new URL(url).search, signature });
  };
  for (let index = 0; index < count; index += CONNECTIONS)
    await Promise.all(
      Array.from({ length: Math.min(CONNECTIONS, count - index) }, (_, more) => start(index + more)),
    );
  return targets;
}

interface LoadedReceiver {
  url: string;
  /** What its process has used so far. */
  cpuMs: () => Promise<number>;
  stop: () => Promise<void>;
}

async function startReceiver(address: string): Promise<LoadedReceiver> {
  const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
  const words = ['--import', 'tsx', main, 'webhook', '--port', '0', '--json', '--address', address];
  const child = spawn(process.execPath, words, {
    env: {
      PATH: process.env['PATH'],
      BULK_EXPORTS_PUBLIC_URL: PUBLIC_URL,
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: TOKEN,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    ended.then(() => {
      throw new Error('The receiver has ended before its time.');
    }),
  ])) as [string];
  return {
    url: `http://${(JSON.parse(line) as { address: string }).address}/bulk-exports`,
    cpuMs: () => cpuMsOf(child.pid),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Linux tells it in hundredths of a second, of what runs in the process itself and what the kernel does for it. */
async function cpuMsOf(pid: number | undefined): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

const BODY = new URLSearchParams(FIELDS).toString();

/** Connections are kept, as a proxy does that stands before the receiver. */
const agent = new Agent({ keepAlive: true });

function call(url: string, query: string, signature: string): Promise<number | string> {
  return new Promise((resolve) => {
    const request = httpRequest(`${url}${query}`, {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(BODY),
        'x-twilio-signature': signature,
      },
    });
    request.on('error', ({ code = 'no answer' }: NodeJS.ErrnoException) => resolve(code));
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.end(BODY);
  });
}

async function callWithoutPause(url: string, targets: Target[]): Promise<number> {
  const forMs = 5_000;
  const startMs = performance.now();
  let calls = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, lane) => {
      for (let index = lane; performance.now() - startMs < forMs; index += CONNECTIONS) {
        const { query, signature } = targets[index % targets.length]!;
        if ((await call(url, query, signature)) === 204) calls += 1;
      }
    }),
  );
  return (1000 * calls) / (performance.now() - startMs);
}

async function countSignals(client: Client, targets: Target[]): Promise<Load['signals']> {
  const counts: number[] = [];
  let shortestGapMs = Number.POSITIVE_INFINITY;
  for (const { workflowId } of targets) {
    const { events = [] } = await client.workflow.getHandle(workflowId).fetchHistory();
    const timesMs = (events ?? [])
      .filter((event) => event.workflowExecutionSignaledEventAttributes)
      .map(({ eventTime }) => Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6);
    counts.push(timesMs.length);
    for (const [index, timeMs] of timesMs.slice(1).entries())
      shortestGapMs = Math.min(shortestGapMs, timeMs - (timesMs[index] ?? 0));
  }
  return { counts, shortestGapMs };
}
