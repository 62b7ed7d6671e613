import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { MemoryUse, Message, Question } from './measured-worker.ts';

/** A worker in a process of its own, whose memory can be asked for. */
export interface MeasuredWorker {
  /** Looks for a new peak from now on. */
  beginPeak: () => void;
  memory: () => Promise<MemoryUse>;
  stop: () => Promise<void>;
  /** Ends it by SIGKILL, with no time for a last word. */
  kill: () => Promise<void>;
}

/**
 * Starts a worker and returns when it is ready.
 *
 * @param variables its whole configuration; of the own environment it sees `PATH` and `HOME` alone.
 * @throws Error with its last words where it ends before it is ready.
 */
export async function startMeasuredWorker(variables: Record<string, string>): Promise<MeasuredWorker> {
  const { PATH, HOME } = process.env;
  const child = fork(fileURLToPath(new URL('measured-worker.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { PATH, HOME, ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let lastWords = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      lastWords = `${lastWords}${chunk.toString()}`.slice(-LAST_WORDS_LENGTH);
    });
  }
  const ended = once(child, 'exit');
  const ask = (question: Question) => void child.send(question);
  const answer = async (): Promise<Message> => {
    const [message] = await Promise.race([
      once(child, 'message') as Promise<[Message]>,
      ended.then(() => {
        throw new Error(`The worker has ended before its time: ${lastWords.trim()}`);
      }),
    ]);
    return message;
  };
  await answer();
  return {
    beginPeak: () => ask('begin'),
    memory: async () => {
      ask('tell');
      const message = await answer();
      if (message.kind !== 'memory') throw new Error(`Expected the worker's memory, got ${message.kind}.`);
      return message.memory;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const LAST_WORDS_LENGTH = 2_000;
