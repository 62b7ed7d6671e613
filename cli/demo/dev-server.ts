import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { exportSearchAttributes } from '../../client/index.ts';
import { endProcess, untilServerIsReady } from './server-process.ts';
import { watchOver } from './watchdog.ts';

/** A Temporal server with its Web UI, in memory, on loopback. */
export interface DevServer {
  address: string;
  uiUrl: string;
  stop: () => Promise<void>;
}

/**
 * Starts a dev server with the search attributes of exports. It is a process group of its own: Ctrl-C in a terminal
 * goes to the whole group, and the worker needs the server a little longer to end well.
 *
 * @param path of the `temporal` command line.
 * @throws Error with the server's own last words where it does not come up.
 */
export async function startDevServer(path: string): Promise<DevServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnFreePorts(path);
    } catch (error) {
      // Between the moment when a port was free and the server's own start another program may take it.
      if (!(error instanceof PortTaken) || attempt === START_ATTEMPTS) throw error;
    }
  }
}

const START_ATTEMPTS = 3;

/** The server did not come up, since another program has one of its ports. */
class PortTaken extends Error {}

async function startOnFreePorts(path: string): Promise<DevServer> {
  const [port, uiPort] = await freePorts();
  const address = `127.0.0.1:${port}`;
  const searchAttributes = Object.entries(exportSearchAttributes).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${TYPE_WORDS[type]}`,
  ]);
  const words = `server start-dev --ip 127.0.0.1 --port ${port} --ui-port ${uiPort} --log-level error`;
  const child = spawn(path, [...words.split(' '), ...searchAttributes], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const dismissWatchdog = watchOver(child.pid);
  const kill = () => {
    child.kill('SIGKILL');
    dismissWatchdog();
  };
  process.once('exit', kill);
  const lastWords = collectLastWords(child);
  try {
    await untilServerIsReady({ address, child, withinMs: START_TIMEOUT_MS });
  } catch (error) {
    kill();
    process.off('exit', kill);
    const Failure = /address already in use/i.test(lastWords()) ? PortTaken : Error;
    throw new Failure(`The Temporal server did not come up [${path}, ${address}]: ${lastWords()}`, {
      cause: error,
    });
  }
  return {
    address,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    stop: async () => {
      process.off('exit', kill);
      await endProcess(child, { signal: 'SIGTERM', withinMs: STOP_TIMEOUT_MS });
      dismissWatchdog();
    },
  };
}

const TYPE_WORDS = { KEYWORD: 'Keyword', INT: 'Int', KEYWORD_LIST: 'KeywordList' } as const;

/** It is up within a second or two; a machine under load takes longer. */
const START_TIMEOUT_MS = 30_000;
/** It keeps nothing, so there is nothing to wait for. */
const STOP_TIMEOUT_MS = 3_000;
const LAST_WORDS_LENGTH = 500;

function collectLastWords(child: ChildProcess): () => string {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = `${words}${chunk.toString()}`.slice(-LAST_WORDS_LENGTH);
  });
  child.on('error', (error) => {
    words = error.message;
  });
  return () => words.trim().replaceAll(/\s+/g, ' ') || 'it said nothing';
}

/** Two ports that nobody uses now. Both are held until both are known, so that they differ. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()] as const;
  const [port, uiPort] = await Promise.all([listenOnAny(servers[0]), listenOnAny(servers[1])]);
  await Promise.all(
    servers.map(async (server) => {
      server.close();
      await once(server, 'close');
    }),
  );
  return [port, uiPort];
}

async function listenOnAny(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A free port could not be found.');
  return address.port;
}
