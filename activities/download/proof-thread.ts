/** A thread that proves one file, for `prove-in-thread.ts`. It opens no file: the bytes are sent to it. */
import { once } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import { verifyDayFile } from './verify-day-file.ts';
import type { VerifiedFile } from './verify-day-file.ts';

/** What the thread is started with. */
export interface ProofThreadInput {
  expectedBytes: number | null;
}

/** To the thread: more bytes, or null after the last. */
export type ToProofThread = Uint8Array | null;

/** From the thread: it begins with the next bytes that were sent, or what all of them were found to be. */
export type FromProofThread = 'taken' | VerifiedFile;

if (parentPort !== null) {
  await proveWhatIsSent(parentPort);
}

async function proveWhatIsSent(port: MessagePort): Promise<void> {
  const { expectedBytes } = workerData as ProofThreadInput;
  const tell = (message: FromProofThread): void => port.postMessage(message);
  const never = new AbortController().signal;
  tell(await verifyDayFile(bytesAsTheyAreSent(port, tell), expectedBytes, never));
  // Nothing is left to wait for, and the thread ends.
  port.close();
}

async function* bytesAsTheyAreSent(
  port: MessagePort,
  tell: (message: FromProofThread) => void,
): AsyncIterable<Uint8Array> {
  const sent: ToProofThread[] = [];
  port.on('message', (message: ToProofThread) => void sent.push(message));
  for (;;) {
    const next = sent.shift();
    if (next === null) {
      return;
    }
    if (next === undefined) {
      await once(port, 'message');
    } else {
      tell('taken');
      yield next;
    }
  }
}
