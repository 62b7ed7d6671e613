import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { FromProofThread, ProofThreadInput, ToProofThread } from './proof-thread.ts';
import type { VerifiedFile } from './verify-day-file.ts';
import { verifyDayFile } from './verify-day-file.ts';

/** What a thread runs. */
export interface ProofThread {
  program: URL;
  /** What its Node is told; nothing of what this one was told. */
  execArgv?: string[];
}

/** A thread takes some 20 ms to start; a smaller file is proven before it could pay. */
const LEAST_BYTES = 4 * 1024 * 1024;

/** Of this process: each takes some 50 MB. What comes beside it is proven by the thread that fetches. */
const MOST_THREADS = 1;

/** What is sent to a thread and not yet looked at: it never waits for the next bytes, and they take little memory. */
const CHUNKS_AHEAD = 4;

/** Gunzip leaves eight times the file's size behind as garbage, which is to go before it takes memory. */
const YOUNG_GENERATION_MB = 3;

/** Null where this module runs from its source or out of a bundle: only what is built has its thread beside it. */
const builtThread = findBuiltThread();
let threads = 0;

/** `verifyDayFile`, in a thread of its own where the file is worth one and there are not too many of them. */
export async function verifyBeside(
  file: AsyncIterable<Uint8Array>,
  expectedBytes: number | null,
  signal: AbortSignal,
): Promise<VerifiedFile> {
  const isWorthIt = (expectedBytes ?? LEAST_BYTES) >= LEAST_BYTES;
  if (builtThread === null || !isWorthIt || threads >= MOST_THREADS) {
    return verifyDayFile(file, expectedBytes, signal);
  }
  threads++;
  try {
    return await verifyInThread(file, expectedBytes, signal, builtThread);
  } finally {
    threads--;
  }
}

/**
 * Proves a file as `verifyDayFile` does, in a thread that is started for it: this one goes on with what else there is,
 * and the garbage of gunzip is not looked for among all that the worker holds. The bytes are read here, and copied.
 * The thread has ended when this settles; where it fails, so does this.
 */
export async function verifyInThread(
  file: AsyncIterable<Uint8Array>,
  expectedBytes: number | null,
  signal: AbortSignal,
  { program, execArgv = [] }: ProofThread,
): Promise<VerifiedFile> {
  const input: ProofThreadInput = { expectedBytes };
  const thread = new Worker(program, {
    workerData: input,
    execArgv,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  let ahead = 0;
  let isOver = false;
  let goOn: (() => void) | null = null;
  const verified = new Promise<VerifiedFile>((resolve, reject) => {
    thread.on('message', (message: FromProofThread) => {
      if (message === 'taken') {
        ahead--;
      } else {
        isOver = true;
        resolve(message);
      }
      goOn?.();
    });
    thread.on('error', reject);
    thread.on('exit', () => {
      isOver = true;
      reject(new Error('the thread that proves it has ended too early'));
      goOn?.();
    });
  });
  const isToWait = (): boolean => ahead >= CHUNKS_AHEAD && !isOver;
  // It is awaited once all bytes are sent; until then its failure must not count as unowned.
  verified.catch(() => {});
  const send = (message: ToProofThread, moved: ArrayBuffer[] = []): void =>
    thread.postMessage(message, moved);

  try {
    for await (const chunk of file) {
      signal.throwIfAborted();
      // Whoever reads may use its memory again.
      const bytes = new Uint8Array(chunk);
      send(bytes, [bytes.buffer]);
      ahead++;
      while (isToWait()) {
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      }
      if (isOver) {
        break;
      }
    }
    send(null);
    return await verified;
  } finally {
    await thread.terminate();
  }
}

function findBuiltThread(): ProofThread | null {
  const path = './proof-thread.js';
  const program = URL.canParse(path, import.meta.url) ? new URL(path, import.meta.url) : null;
  return program !== null && existsSync(program) ? { program } : null;
}
