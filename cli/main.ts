#!/usr/bin/env node
/** The command `bulk-exports`. */
import { readEnvironment } from './config.ts';
import { runCommandLine } from './program.ts';

let interruptions = 0;
const listeners: (() => void)[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    interruptions += 1;
    if (interruptions > 1 || listeners.length === 0) process.exit(INTERRUPTED);
    for (const listener of listeners) listener();
  });

// Whoever reads may have read enough, as head has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** As a shell tells that a program ended by Ctrl-C. */
const INTERRUPTED = 130;

process.exitCode = await runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: readEnvironment(),
  onInterrupt: (listener) => listeners.push(listener),
});
