/** From the start of a Temporal server in a process of its own to its end. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

const RETRY_DELAY_MS = 100;

/**
 * Returns once the server answers.
 *
 * @throws Error where its process ends before, and the last refusal where its time is over.
 */
export async function untilServerIsReady({
  address,
  child,
  withinMs,
}: {
  address: string;
  child: ChildProcess;
  withinMs: number;
}): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (hasEnded(child)) throw new Error(`the process of the server has ended [${address}]`);
    try {
      const connection = await Connection.connect({ address, connectTimeout: 1_000 });
      try {
        await connection.workflowService.describeNamespace({ namespace: 'default' });
        return;
      } finally {
        await connection.close();
      }
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await setTimeout(RETRY_DELAY_MS);
    }
  }
}

/** Ends a process by a signal, and by SIGKILL where it takes too long. Says whether it had to. */
export async function endProcess(
  child: ChildProcess,
  { signal, withinMs }: { signal: NodeJS.Signals; withinMs: number },
): Promise<{ wasKilled: boolean }> {
  if (hasEnded(child)) return { wasKilled: false };
  const ended = once(child, 'exit');
  child.kill(signal);
  await Promise.race([ended, setTimeout(withinMs, undefined, { ref: false })]);
  if (hasEnded(child)) return { wasKilled: false };
  child.kill('SIGKILL');
  await ended;
  return { wasKilled: true };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}
