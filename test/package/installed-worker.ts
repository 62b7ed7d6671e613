import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The worker of an installed package, in a process of its own. */
export interface InstalledWorker {
  /** What it has printed so far, both streams. */
  output: () => string;
  /** Resolves once it has said so much. */
  says: (words: string) => Promise<void>;
  /** Ends it by SIGTERM, as whoever deploys does. Gives its exit code. */
  stop: () => Promise<number | null>;
  kill: () => void;
}

/** Starts the worker of a project and returns when it is ready. Of the own environment it sees `PATH` and `HOME` alone. */
export async function startInstalledWorker(
  project: string,
  variables: Record<string, string>,
): Promise<InstalledWorker> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: project,
    env: { PATH, HOME, ...variables },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const ended = once(child, 'close') as Promise<[exitCode: number | null]>;
  const says = async (words: string): Promise<void> => {
    while (!output.includes(words)) {
      await Promise.race([
        once(child.stdout, 'data'),
        once(child.stderr, 'data'),
        ended.then(() => {
          throw new Error(`The worker has ended before it said "${words}": ${output}`);
        }),
      ]);
    }
  };
  await says('The worker is ready');
  return {
    output: () => output,
    says,
    stop: async () => {
      child.kill('SIGTERM');
      const [exitCode] = await ended;
      return exitCode;
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/** As `bulk-exports worker`, with a grace time that a test can wait for. */
const PROGRAM = `
  import { runWorker } from 'temporal-bulk-exports/worker';
  await runWorker({ say: (line) => process.stderr.write(line + '\\n'), shutdownGraceTime: '1 second' });
`;
