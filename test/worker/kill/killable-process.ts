import { fork } from 'node:child_process';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import type { KillableWorkerMessage, KillableWorkerOptions, Stop } from './killable-worker.ts';
import { nodeProgram } from '../../support/node-program.ts';

/** A worker in a process of its own. */
export interface KillableProcess {
  /** Returns once the worker stands at this place. */
  standsAt: (stop: Stop) => Promise<void>;
  /** Ends it by SIGKILL; returns when it is dead. */
  kill: () => Promise<void>;
}

/**
 * Starts a worker and returns when it is ready.
 *
 * @throws Error with its last words where it ends before.
 */
export async function startKillableWorker(options: KillableWorkerOptions): Promise<KillableProcess> {
  const { path, execArgv } = nodeProgram(new URL('killable-worker.ts', import.meta.url));
  const child = fork(path, {
    execArgv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output = `${output}${chunk.toString()}`.slice(-LAST_WORDS_LENGTH);
    });
  const ended: Promise<unknown> = once(child, 'exit');
  const messages: KillableWorkerMessage[] = [];
  child.on('message', (message: KillableWorkerMessage) => messages.push(message));
  const came = async (expected: KillableWorkerMessage): Promise<void> => {
    while (!messages.some((message) => isDeepStrictEqual(message, expected))) {
      await Promise.race([
        once(child, 'message'),
        ended.then(() => {
          throw new Error(`The worker has ended before its time: ${output.trim()}`);
        }),
      ]);
    }
  };
  child.send(options);
  await came({ kind: 'ready' });
  return {
    standsAt: (stop) => came({ kind: 'stopped', stop }),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const LAST_WORDS_LENGTH = 4_000;
