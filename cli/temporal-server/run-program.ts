import { spawn } from 'node:child_process';

/** What came of a program. */
export interface ProgramRun {
  outcome: 'exited' | 'notFound' | 'timedOut';
  /** Null unless it exited by itself. */
  exitCode: number | null;
  /** The end of what it printed, both streams. */
  output: string;
}

const KEPT_OUTPUT_CHARACTERS = 8_000;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a program to its end or to `limitMs`, then ends it and all that it started: nothing outlives the call.
 * Never rejects.
 */
export function runProgram(input: {
  program: string;
  args: string[];
  limitMs: number;
  env: NodeJS.ProcessEnv;
}): Promise<ProgramRun> {
  return new Promise((resolve) => {
    // A group of its own, so that the limit reaches grandchildren (pip's, or a server that the SDK starts).
    const child = spawn(input.program, input.args, {
      env: input.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT_CHARACTERS);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);

    let timedOut = false;
    const end = () => endGroup(child.pid);
    const limit = setTimeout(() => {
      timedOut = true;
      end();
    }, input.limitMs);
    // A group of its own does not hear the terminal's Ctrl-C.
    const pass = (signal: NodeJS.Signals) => {
      end();
      for (const each of SIGNALS) process.removeListener(each, pass);
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    for (const signal of SIGNALS) process.on(signal, pass);

    const settle = (run: ProgramRun) => {
      clearTimeout(limit);
      for (const signal of SIGNALS) process.removeListener(signal, pass);
      resolve(run);
    };
    child.once('error', (error) => settle({ outcome: 'notFound', exitCode: null, output: error.message }));
    child.once('close', (exitCode) =>
      settle({ outcome: timedOut ? 'timedOut' : 'exited', exitCode: timedOut ? null : exitCode, output }),
    );
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
