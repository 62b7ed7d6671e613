/** The parts of a run and how they find each other. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { TwilioAccount } from '../../activities/index.ts';
import type { createClosers } from '../../cli/demo/closers.ts';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { quickBundlePath } from '../support/quick-bundle.ts';
import { type Bystander, startBystander } from './bystander.ts';
import type { Evidence, JobEvidence } from './check/evidence.ts';
import { createDurableServer, type DurableServer } from './durable-server.ts';
import { QUOTA_DAYS, SPEED } from './pace.ts';
import { planExports, planLastExport, type PlannedExport } from './plan.ts';
import type { ChaosOptions } from './run-chaos.ts';
import { planScript } from './script.ts';
import { createSeededRandom } from './seeded-random.ts';
import { spendQuotas } from './spend-quotas.ts';
import { type ChaosStore, openStore } from './store.ts';
import { createTruth } from './truth.ts';
import { startFleet, type WorkerFleet } from './worker-fleet.ts';

/** Everything that a run plays on. */
export interface Stage {
  folder: string;
  store: ChaosStore;
  server: DurableServer;
  simulator: Simulator;
  bystander: Bystander;
  client: Client;
  planned: PlannedExport[];
  /** What begins when all others are closed. */
  last: PlannedExport;
  accounts: Record<string, TwilioAccount>;
  /** Workers that are killed again and again. */
  startFleet: () => WorkerFleet;
  /** One that is not, and to which everything that lies in the destination is old. */
  startLastWorker: () => WorkerFleet;
  sightings: JobEvidence[][];
  evidence: Pick<
    Evidence,
    'truthOf' | 'destination' | 'locations' | 'logs' | 'secrets' | 'patterns' | 'strangers'
  >;
}

/** Where every export of a run lies. */
export const TASK_QUEUE = 'chaos';

type AddCloser = ReturnType<typeof createClosers>['add'];

/** Starts all that an export needs, but no worker. */
export async function setStage(options: ChaosOptions, folder: string, close: AddCloser): Promise<Stage> {
  const { exports, mostDays, continueAfterEvents, seed, workers, lifeMs, mostKills, faultPercent, say } =
    options;
  const random = createSeededRandom(seed);
  const logs = join(folder, 'logs');
  await mkdir(logs);
  const store = await openStore(options.into, folder, close);

  const checkNow = { send: (_workflowId: string): void => {} };
  const bystander = await startBystander((workflowId) => checkNow.send(workflowId));
  close('the bystander', bystander.stop);
  const planned = planExports(random.fork('exports'), {
    count: exports,
    mostDays,
    disturbedWithinMs: options.disturbedWithinMs,
    webhookUrl: bystander.url,
  });
  const last = planLastExport(random.fork('the last export'));
  const everybody = [...planned, last];
  const { script, emptyDays } = planScript(random.fork('script'), {
    planned: everybody,
    strayUrl: bystander.url,
    faultPercent,
  });

  const server = await createDurableServer({ folder: logs, continueAfterEvents, say });
  close('the server', () => server.stop('SIGTERM'));
  const startedAtMs = performance.now();
  const [bundlePath] = await Promise.all([quickBundlePath(folder), server.start()]);
  // After all that takes its time: the day whose quota is spent ends soon, and not before workers have started.
  const workersStartMs = WORKERS_START_TIMES * (performance.now() - startedAtMs);
  const midnightMs = Math.max(options.quotaDayEndsAfterMs, workersStartMs);
  const simulator = await startSimulator({
    credentials: everybody.map(({ credentials }) => credentials),
    clock: { kind: 'faster', speed: SPEED, start: beforeMidnight(midnightMs) },
    quotaDays: QUOTA_DAYS,
    seed,
    script,
  });
  close('the simulator', simulator.stop);
  const strangers = await spendQuotas(simulator, planned);
  const connection = await Connection.connect({ address: server.address });
  close('the connection', () => connection.close());
  const client = new Client({ connection });
  // A hint that may be lost: whoever cannot be told now is not told.
  checkNow.send = (workflowId) =>
    void client.workflow
      .getHandle(workflowId)
      .signal('checkNow')
      .catch(() => {});

  const accounts = Object.fromEntries(
    everybody.map(({ account, credentials: { accountSid, authToken, apiKeys } }) => [
      account,
      {
        accountSid,
        username: apiKeys?.[0]?.sid ?? accountSid,
        password: apiKeys?.[0]?.secret ?? authToken,
      },
    ]),
  );
  const worker = {
    address: server.address,
    taskQueue: TASK_QUEUE,
    twilioUrl: simulator.apiUrl,
    destination: store.url,
    spool: store.spool,
    accounts,
    bundlePath,
    staleHalfMs: null,
  };
  return {
    folder,
    store,
    server,
    simulator,
    bystander,
    client,
    planned,
    last,
    accounts,
    sightings: [],
    startFleet: () =>
      startFleet({ worker, count: workers, lifeMs, mostKills, random: random.fork('fleet'), folder: logs }),
    startLastWorker: () =>
      startFleet({
        worker: { ...worker, staleHalfMs: 1 },
        count: 1,
        lifeMs: { minimum: LONG_LIFE_MS, maximum: LONG_LIFE_MS },
        mostKills: 0,
        random: random.fork('the last worker'),
        folder: logs,
      }),
    evidence: {
      truthOf: createTruth({ seed, script, emptyDays }),
      strangers,
      destination: store.folder,
      locations: store.locations,
      logs,
      secrets: { ...secretsOf(everybody), ...store.secrets },
      patterns: {
        'a signature of a link': /X-Amz-(Signature|Credential|Security-Token)/i,
        'a link to the store': new RegExp(`${escape(simulator.storeUrl)}[^\\s"]*(\\?|%3F)`, 'i'),
        'an Authorization header': /authorization["']?\s*[:=]\s*["']?basic/i,
      },
    },
  };
}

/** A busy machine is slow with both: so many times what the server takes are enough for a worker to make a job. */
const WORKERS_START_TIMES = 4;
const LONG_LIFE_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** An instant from which Twilio's midnight is so far away, in time of ours. */
function beforeMidnight(ms: number): number {
  return (Math.floor(Date.now() / DAY_MS) + 1) * DAY_MS - ms * SPEED;
}

function secretsOf(planned: readonly PlannedExport[]): Record<string, string> {
  return Object.fromEntries(
    planned.flatMap(({ account, credentials: { accountSid, authToken, apiKeys = [] } }) => [
      [`the Auth Token of ${account}`, authToken],
      [`Basic of ${account}`, basic(accountSid, authToken)],
      ...apiKeys.flatMap(({ sid, secret }) => [
        [`the API secret of ${account}`, secret],
        [`Basic of the API key of ${account}`, basic(sid, secret)],
      ]),
    ]),
  );
}

function basic(user: string, password: string): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
