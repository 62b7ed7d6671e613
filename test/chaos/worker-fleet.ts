import { fork, type ChildProcess } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { watchOver } from '../../cli/demo/watchdog.ts';
import type { ChaosWorkerOptions } from './chaos-worker.ts';
import { PAUSE_MS } from './pace.ts';
import type { SeededRandom } from './seeded-random.ts';
import { nodeProgram } from '../support/node-program.ts';

/** Worker processes, each killed again and again. */
export interface WorkerFleet {
  /** How often one was killed by SIGKILL on purpose. */
  kills: () => number;
  /** How often one was held for longer than its heartbeats may be silent: its attempts go on beside their successors. */
  pauses: () => number;
  /** How often one ended by itself, as when it had lost the server for too long. It is started again. */
  ownEnds: () => number;
  /** Kills them all and starts no more. */
  stop: () => Promise<void>;
}

/** What a fleet is. */
export interface StartFleetInput {
  worker: ChaosWorkerOptions;
  count: number;
  /** How long a worker lives after it is ready, at least and at most. */
  lifeMs: { minimum: number; maximum: number };
  /** After so many kills they live on. */
  mostKills: number;
  random: SeededRandom;
  /** Where the logs go. */
  folder: string;
}

/** How many lives are interrupted by a pause, and go on, in place of an end. */
const PAUSED_SHARE = 0.25;

/** The dead are replaced at once; how long each lives follows from the seed. */
export function startFleet({
  worker,
  count,
  lifeMs,
  mostKills,
  random,
  folder,
}: StartFleetInput): WorkerFleet {
  const stopping = new AbortController();
  setMaxListeners(0, stopping.signal);
  let kills = 0;
  let pauses = 0;
  let ownEnds = 0;

  const live = async (child: ChildProcess, lives: SeededRandom, ended: Promise<unknown>): Promise<void> => {
    for (;;) {
      await Promise.race([pause(lives.between(lifeMs.minimum, lifeMs.maximum), stopping), ended]);
      if (hasEnded(child) || stopping.signal.aborted || !lives.chance(PAUSED_SHARE)) return;
      pauses += 1;
      // Held, it does not hear that its parent has ended.
      const dismissWatchdog = watchOver(child.pid);
      child.kill('SIGSTOP');
      await pause(lives.between(PAUSE_MS.minimum, PAUSE_MS.maximum), stopping);
      child.kill('SIGCONT');
      dismissWatchdog();
    }
  };
  const keepOne = async (number: number): Promise<void> => {
    const lives = random.fork(`worker ${number}`);
    while (!stopping.signal.aborted) {
      const child = startOne(worker, join(folder, `worker-${number}.log`));
      const ended = once(child, 'exit');
      // A fleet that is stopped kills at once, also a worker that is only starting.
      const isReady = await Promise.race([
        once(child, 'message').then(() => true),
        ended.then(() => false),
        aborted(stopping.signal),
      ]);
      if (isReady) await live(child, lives, ended);
      if (kills >= mostKills) await Promise.race([ended, aborted(stopping.signal)]);
      if (hasEnded(child)) {
        ownEnds += 1;
        continue;
      }
      child.kill('SIGKILL');
      await ended;
      if (!stopping.signal.aborted) kills += 1;
    }
  };
  const all = Promise.all(Array.from({ length: count }, (_, index) => keepOne(index + 1)));

  return {
    kills: () => kills,
    pauses: () => pauses,
    ownEnds: () => ownEnds,
    stop: async () => {
      stopping.abort();
      await all;
    },
  };
}

function startOne(options: ChaosWorkerOptions, logPath: string): ChildProcess {
  const log = openSync(logPath, 'a');
  const { path, execArgv } = nodeProgram(new URL('chaos-worker.ts', import.meta.url));
  const child = fork(path, {
    execArgv,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  child.send(options);
  return child;
}

async function aborted(signal: AbortSignal): Promise<false> {
  if (!signal.aborted) await once(signal, 'abort');
  return false;
}

async function pause(ms: number, { signal }: AbortController): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
