/**
 * `npm run bench:webhook`: how soon is the end of a job noticed, with the webhook and without, and how many callbacks
 * does the receiver take? A real Temporal server, workers with their default intervals, and jobs of one to five minutes:
 * without the webhook that takes a quarter of an hour. `npm run bench:webhook -- load` measures the receiver alone, in a
 * minute, and `-- noticing` the rest. Ends with exit code 1 where a figure is missed.
 */
import { Client, Connection } from '@temporalio/client';
import Table from 'cli-table3';
import { createClosers } from '../cli/demo/closers.ts';
import { startDevServer } from '../cli/demo/dev-server.ts';
import { findTemporalServer } from '../cli/temporal-server/index.ts';
import { medianOf } from './measure.ts';
import { CONNECTIONS, EXPORTS, loadReceiver } from './webhook-load.ts';
import { computeNoticing, measureNoticing } from './webhook-noticing.ts';

/** What may be asked of the receiver. */
const LOAD = { perSecond: 200, seconds: 30 };
const HIGHEST_P99_MS = 100;
/** And of an export that it tells. */
const HIGHEST_MEDIAN_NOTICED_MS = 1_000;

const [wanted = 'all'] = process.argv.slice(2);
if (!['all', 'load', 'noticing'].includes(wanted))
  throw new Error(`Expected load, noticing or nothing, got ${wanted}.`);
const say = (line: string) => process.stderr.write(`${line}\n`);
const closers = createClosers(say);
try {
  const server = await startDevServer(await findTemporalServer({ say }));
  closers.add('the Temporal server', server.stop);
  const connection = await Connection.connect({ address: server.address });
  closers.add('the connection', () => connection.close());
  const client = new Client({ connection });

  const isQuick = wanted === 'noticing' || (await reportLoad(client, server.address));
  const isNoticed = wanted === 'load' || (await reportNoticing(client, server.address));
  process.exitCode = isQuick && isNoticed ? 0 : 1;
} finally {
  await closers.closeAll();
}

async function reportLoad(client: Client, address: string): Promise<boolean> {
  say(`Calling a receiver ${LOAD.perSecond} times a second …`);
  const { latenciesMs, statuses, cpuMs, atMostPerSecond, signals } = await loadReceiver({
    client,
    address,
    ...LOAD,
  });
  const p99Ms = quantileOf(latenciesMs, 0.99);
  const isGood = Object.keys(statuses).join() === '204';
  console.log(
    `${LOAD.perSecond} callbacks a second for ${LOAD.seconds} s, for ${EXPORTS} exports: median ` +
      `${medianOf(latenciesMs).toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms (at most ${HIGHEST_P99_MS} ms), longest ` +
      `${Math.max(...latenciesMs).toFixed(1)} ms: ${p99Ms <= HIGHEST_P99_MS && isGood ? 'reached' : 'MISSED'}`,
  );
  console.log(
    `Answers by status: ${JSON.stringify(statuses)}; ${cpuMs.toFixed(2)} ms of CPU for each; at most ` +
      `${Math.floor(atMostPerSecond)} a second on ${CONNECTIONS} connections`,
  );
  console.log(
    `Of ${signals.counts.length} exports each was told ${Math.min(...signals.counts)} to ${Math.max(...signals.counts)} ` +
      `times, at least ${(signals.shortestGapMs / 1000).toFixed(1)} s apart`,
  );
  return p99Ms <= HIGHEST_P99_MS && isGood;
}

async function reportNoticing(client: Client, address: string): Promise<boolean> {
  const measured = await measureNoticing({ client, address, say });
  const table = new Table({
    head: ['', 'exports', 'median', 'mean', 'longest'],
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'right', 'right'],
  });
  for (const { name, noticedMs } of [...measured, ...computeNoticing()])
    table.push([
      name,
      noticedMs.length,
      ...[medianOf(noticedMs), meanOf(noticedMs), Math.max(...noticedMs)].map(
        (ms) => `${(ms / 1000).toFixed(2)} s`,
      ),
    ]);
  console.log('From the end of a job at Twilio until its export downloads:');
  console.log(table.toString());
  const withWebhook = measured.filter(({ hasWebhook }) => hasWebhook).flatMap(({ noticedMs }) => noticedMs);
  const isNoticed = medianOf(withWebhook) <= HIGHEST_MEDIAN_NOTICED_MS;
  console.log(
    `With the webhook: median ${(medianOf(withWebhook) / 1000).toFixed(2)} s (at most ` +
      `${HIGHEST_MEDIAN_NOTICED_MS / 1000} s): ${isNoticed ? 'reached' : 'MISSED'}`,
  );
  return isNoticed;
}

function quantileOf(values: readonly number[], share: number): number {
  return values.toSorted((left, right) => left - right)[Math.ceil(values.length * share) - 1] ?? Number.NaN;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
