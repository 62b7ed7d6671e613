import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { driveExport, type DriveInput } from './drive-export.ts';
import type { PlannedExport } from './plan.ts';
import type { ChaosOptions } from './run-chaos.ts';
import { type Stage, TASK_QUEUE } from './stage.ts';

const SIGHTING_MS = 500;
const SERVER_AWAY_MS = 1_000;
const STORE_AWAY_MS = 10_000;

/** What was done to the exports and to the server. */
export interface Driven {
  serverRestarts: number;
  /** How often the destination was away. */
  storeOutages: number;
  /** When a workflow was reset, by Twilio's clock: by workflow id. */
  resets: Map<string, string[]>;
  activityPauses: number;
  /** Where the run was given up: the exports that were not closed by then. */
  open: PlannedExport[];
  /** Ends once nobody waits for an export any more; where the run was given up, some still do. */
  drivers: Promise<unknown>;
}

/** Drives all exports to their end. */
export async function driveAll(options: ChaosOptions, stage: Stage): Promise<Driven> {
  const { atOnce, serverRestarts, limitMs, say } = options;
  const { planned, client, server, simulator, sightings, store } = stage;
  const over = new AbortController();
  const limit = setTimeout(limitMs, undefined, { signal: over.signal }).catch(() => {});
  const restartsAt = Array.from({ length: serverRestarts }, (_, index) =>
    Math.floor((planned.length * (index + 1)) / (serverRestarts + 1)),
  );
  const input: DriveInput = {
    client,
    taskQueue: TASK_QUEUE,
    hasLiveJob: (accountSid) =>
      simulator.ledger().jobs.some((job) => job.accountSid === accountSid && job.state === 'alive'),
    hasFiles: (accountSid) => existsSync(join(stage.evidence.destination, `account=${accountSid}`)),
    now: () => new Date(simulator.clock.now()).toISOString(),
  };
  const driven: Driven = {
    serverRestarts: 0,
    storeOutages: 0,
    resets: new Map(),
    activityPauses: 0,
    open: [],
    drivers: limit,
  };
  const open = new Set(planned);
  let closed = 0;
  let restarting = Promise.resolve();
  let storeAway: Promise<void> | undefined;
  const left = [...planned];
  const driveNext = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined && !over.signal.aborted; next = left.shift()) {
      const { resets, pauses } = await driveExport(input, next);
      if (resets.length > 0) driven.resets.set(next.workflowId, resets);
      driven.activityPauses += pauses;
      open.delete(next);
      closed += 1;
      if (closed % SAY_EACH === 0 || closed === planned.length)
        say(`${closed} of ${planned.length} exports are closed.`);
      if (store.takeAway !== null && storeAway === undefined && closed >= planned.length / 3) {
        driven.storeOutages += 1;
        say('The store goes away.');
        storeAway = store.takeAway(STORE_AWAY_MS).then(() => say('The store is back.'));
      }
      while ((restartsAt[0] ?? Number.POSITIVE_INFINITY) <= closed) {
        restartsAt.shift();
        driven.serverRestarts += 1;
        const signal = driven.serverRestarts % 2 === 1 ? 'SIGKILL' : 'SIGTERM';
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
  driven.drivers = Promise.all(Array.from({ length: atOnce }, driveNext));
  await Promise.race([driven.drivers, limit]);
  over.abort();
  driven.open = [...open];
  await Promise.all([watching, restarting, storeAway]);
  return driven;
}

const SAY_EACH = 20;
