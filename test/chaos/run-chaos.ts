/** One chaos run: the parts, the exports, what is done to both, and what is left in the end. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { createClosers } from '../../cli/demo/closers.ts';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { workflowsPath } from '../../worker/index.ts';
import { type Bystander, startBystander } from './bystander.ts';
import { checkWorld } from './check/check-world.ts';
import type { Evidence, JobEvidence, LedgerEvidence, Violation, WorkflowEvidence } from './check/evidence.ts';
import { readWorkflow } from './check/read-workflow.ts';
import { driveExport } from './drive-export.ts';
import { createDurableServer, type DurableServer } from './durable-server.ts';
import { countFigures, type ChaosFigures } from './figures.ts';
import { SPEED } from './pace.ts';
import { askedOf, planExports, type PlannedExport } from './plan.ts';
import { planScript } from './script.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createTruth } from './truth.ts';
import { startFleet } from './worker-fleet.ts';

/** What a run is made of. */
export interface ChaosOptions {
  exports: number;
  /** Of one export. */
  mostDays: number;
  seed: string;
  /** Worker processes. */
  workers: number;
  /** How long one of them lives, at least and at most. */
  lifeMs: { minimum: number; maximum: number };
  /** After so many kills the workers live on. */
  mostKills: number;
  /** Each kind of fault meets so many of 100 requests that it fits, up to twice as many. */
  faultPercent: number;
  /** How often the server is stopped and started. */
  serverRestarts: number;
  /** After so many events the server suggests to a workflow to go on in a new run. */
  continueAfterEvents: number;
  /** Exports that run at the same time. */
  atOnce: number;
  /** After so long the run is given up: what is still open is a violation. */
  limitMs: number;
  /** Whether the folder is kept also where nothing is wrong. */
  keep: boolean;
  say: (line: string) => void;
}

/** How a run went. */
export interface ChaosReport {
  violations: Violation[];
  figures: ChaosFigures;
  /** Histories, logs and files; kept where something is wrong. */
  folder: string;
}

const TASK_QUEUE = 'chaos';

/** Runs it all, and removes its folder where nothing is wrong. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { say } = options;
  const startedAtMs = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'bulk-exports-chaos-'));
  const closers = createClosers(say);
  try {
    const stage = await setStage(options, folder, closers.add);
    const fleet = stage.startFleet();
    closers.add('the workers', fleet.stop);
    const serverRestarts = await driveAll(options, stage);
    await fleet.stop();
    // What was sent by a worker that was killed may still be carried out; what is being deleted takes a moment.
    await setTimeout(QUIET_MS);
    const evidence = await gather(stage);
    say('Everything is closed; now it is checked.');
    const violations = await checkWorld(evidence);
    const figures = countFigures({
      evidence,
      ledger: stage.simulator.ledger(),
      kills: fleet.kills(),
      pauses: fleet.pauses(),
      ownEnds: fleet.ownEnds(),
      serverRestarts,
      webhooks: stage.bystander.webhooks(),
      seconds: Math.round((Date.now() - startedAtMs) / 1000),
    });
    if (violations.length > 0 || options.keep) await keepEvidence(folder, evidence, violations);
    else await rm(folder, { recursive: true, force: true });
    return { violations, figures, folder };
  } finally {
    await closers.closeAll();
  }
}

/** Longer than any fault delays a request, and than a job that is being deleted lives on. */
const QUIET_MS = 2_500;

interface Stage {
  folder: string;
  server: DurableServer;
  simulator: Simulator;
  bystander: Bystander;
  client: Client;
  planned: PlannedExport[];
  startFleet: () => ReturnType<typeof startFleet>;
  sightings: JobEvidence[][];
  evidence: Pick<Evidence, 'truthOf' | 'destination' | 'logs' | 'secrets' | 'patterns'>;
}

type AddCloser = ReturnType<typeof createClosers>['add'];

async function setStage(options: ChaosOptions, folder: string, close: AddCloser): Promise<Stage> {
  const { exports, mostDays, continueAfterEvents, seed, workers, lifeMs, mostKills, faultPercent, say } =
    options;
  const random = createSeededRandom(seed);
  const [destination, logs] = [join(folder, 'destination'), join(folder, 'logs')];
  await Promise.all([mkdir(destination), mkdir(logs)]);

  const checkNow = { send: (_workflowId: string): void => {} };
  const bystander = await startBystander((workflowId) => checkNow.send(workflowId));
  close('the bystander', bystander.stop);
  const planned = planExports(random.fork('exports'), {
    count: exports,
    mostDays,
    webhookUrl: bystander.url,
  });
  const { script, emptyDays } = planScript(random.fork('script'), {
    planned,
    strayUrl: bystander.url,
    faultPercent,
  });
  const [first, ...others] = planned.map(({ credentials }) => credentials);
  if (first === undefined) throw new Error('Expected at least one export, got none.');
  const simulator = await startSimulator({
    credentials: [first, ...others],
    clock: { kind: 'faster', speed: SPEED },
    seed,
    script,
  });
  close('the simulator', simulator.stop);

  const server = await createDurableServer({ folder: logs, continueAfterEvents, say });
  close('the server', () => server.stop('SIGTERM'));
  const [bundlePath] = await Promise.all([makeBundle(folder), server.start()]);
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
    planned.map(({ account, credentials: { accountSid, authToken, apiKeys } }) => [
      account,
      {
        accountSid,
        username: apiKeys?.[0]?.sid ?? accountSid,
        password: apiKeys?.[0]?.secret ?? authToken,
      },
    ]),
  );
  return {
    folder,
    server,
    simulator,
    bystander,
    client,
    planned,
    sightings: [],
    startFleet: () =>
      startFleet({
        worker: {
          address: server.address,
          taskQueue: TASK_QUEUE,
          twilioUrl: simulator.apiUrl,
          destination: pathToFileURL(destination).href,
          accounts,
          bundlePath,
        },
        count: workers,
        lifeMs,
        mostKills,
        random: random.fork('fleet'),
        folder: logs,
      }),
    evidence: {
      truthOf: createTruth({ seed, script, emptyDays }),
      destination,
      logs,
      secrets: secretsOf(planned),
      patterns: {
        'a signature of a link': /X-Amz-(Signature|Credential|Security-Token)/i,
        'a link to the store': new RegExp(`${escape(simulator.storeUrl)}[^\\s"]*(\\?|%3F)`, 'i'),
        'an Authorization header': /authorization["']?\s*[:=]\s*["']?basic/i,
      },
    },
  };
}

async function makeBundle(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [fileURLToPath(new URL('quick-timeouts.ts', import.meta.url))],
    logger: new DefaultLogger('ERROR'),
  });
  const path = join(folder, 'workflows.cjs');
  await writeFile(path, code);
  return path;
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

const SIGHTING_MS = 500;
const SERVER_AWAY_MS = 1_000;

/** Drives all exports to their end, and gives the number of times that the server was away meanwhile. */
async function driveAll(options: ChaosOptions, stage: Stage): Promise<number> {
  const { atOnce, serverRestarts, limitMs, say } = options;
  const { planned, client, server, simulator, sightings } = stage;
  const over = new AbortController();
  const restartsAt = Array.from({ length: serverRestarts }, (_, index) =>
    Math.floor((planned.length * (index + 1)) / (serverRestarts + 1)),
  );
  let closed = 0;
  let restarts = 0;
  let restarting = Promise.resolve();
  const left = [...planned];
  const driveNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined && !over.signal.aborted; next = left.shift()) {
      await driveExport(client, TASK_QUEUE, next);
      closed += 1;
      if (closed % SAY_EACH === 0 || closed === planned.length)
        say(`${closed} of ${planned.length} exports are closed.`);
      while ((restartsAt[0] ?? Number.POSITIVE_INFINITY) <= closed) {
        restartsAt.shift();
        restarts += 1;
        const signal = restarts % 2 === 0 ? 'SIGKILL' : 'SIGTERM';
        const before = restarting;
        restarting = (async () => {
          await before;
          await server.stop(signal);
          await setTimeout(SERVER_AWAY_MS);
          await server.start();
          say(`The server was stopped by ${signal} and is back.`);
        })();
      }
    }
  };
  const watching = (async () => {
    while (!over.signal.aborted) {
      sightings.push(simulator.ledger().jobs.filter(({ state }) => state === 'alive'));
      await setTimeout(SIGHTING_MS);
    }
  })();
  const limit = setTimeout(limitMs, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([Promise.all(Array.from({ length: atOnce }, driveNext)), limit]);
  over.abort();
  await Promise.all([watching, restarting]);
  return restarts;
}

const SAY_EACH = 20;

/** Asks everybody what there is: the engine, Twilio's side over HTTP. The disk is read by the check. */
async function gather({
  client,
  planned,
  simulator,
  bystander,
  sightings,
  evidence,
}: Stage): Promise<Evidence> {
  const workflows = new Map<string, WorkflowEvidence>();
  for (const { workflowId } of planned) workflows.set(workflowId, await readWorkflow(client, workflowId));
  const response = await fetch(`${simulator.apiUrl}/_simulator/ledger`);
  return {
    ...evidence,
    asked: planned.map(askedOf),
    workflows,
    sightings,
    ledger: (await response.json()) as LedgerEvidence,
    authorizationElsewhere: bystander.authorizationSeen(),
  };
}

async function keepEvidence(folder: string, evidence: Evidence, violations: Violation[]): Promise<void> {
  const { workflows, ledger, asked } = evidence;
  const write = (name: string, value: unknown) =>
    writeFile(
      join(folder, name),
      JSON.stringify(
        value,
        (_, each: unknown) => (each instanceof Uint8Array ? Buffer.from(each).toString() : each),
        1,
      ),
    );
  await write('violations.json', violations);
  await write('asked.json', asked);
  await write('ledger.json', ledger);
  await write('workflows.json', Object.fromEntries(workflows));
}
