#!/usr/bin/env node
/** The command `bulk-exports`. */
import { readEnvironment } from './config.ts';
import { runCommandLine } from './program.ts';

/** As a shell tells that a program ended by Ctrl-C. */
const INTERRUPTED = 130;

/** After its last word. A Worker of the SDK that could not be made leaves threads behind, which would run for ever. */
const LEFT_RUNNING_MS = 2_000;

/** npm passes on the signal that the terminal has sent to the whole group: two so close together are one wish. */
const SAME_INTERRUPTION_MS = 300;

let interruptedAt: number | undefined;
const listeners: (() => void)[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    const now = performance.now();
    if (interruptedAt !== undefined && now - interruptedAt < SAME_INTERRUPTION_MS) return;
    if (interruptedAt !== undefined || listeners.length === 0) process.exit(INTERRUPTED);
    interruptedAt = now;
    for (const listener of listeners) listener();
  });

// The terminal is closed. Told on as SIGTERM, so that a worker's runtime, which listens to that alone, ends as well.
process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));

// Whoever reads may have read enough, as head has; and a terminal that is closed takes nothing any more.
const unreadListeners: (() => void)[] = [];
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    for (const listener of unreadListeners) listener();
  });

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: readEnvironment(),
  onInterrupt: (listener) => listeners.push(listener),
  onUnread: (listener) => unreadListeners.push(listener),
});

setTimeout(() => process.exit(), LEFT_RUNNING_MS).unref();
