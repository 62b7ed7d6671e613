import { spawn } from 'node:child_process';

/**
 * Ends the process `pid` should this one be killed without a chance to do so itself (SIGKILL, out of memory). It
 * learns of that by the end of its standard input. Not on Windows, which has no such shell.
 *
 * @returns dismisses the watchdog; to be called once the process has ended.
 */
export function watchOver(pid: number | undefined): () => void {
  if (pid === undefined || process.platform === 'win32') return () => {};
  const watchdog = spawn('/bin/sh', ['-c', `cat; kill -KILL ${pid}`], {
    // In a process group of its own, so that Ctrl-C does not end it first.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no watchdog, and everything else still works.
  watchdog.on('error', () => {});
  watchdog.stdin.on('error', () => {});
  watchdog.unref();
  return () => {
    if (watchdog.pid === undefined || watchdog.exitCode !== null || watchdog.signalCode !== null) return;
    // The whole group: cat, too.
    process.kill(-watchdog.pid, 'SIGKILL');
  };
}
