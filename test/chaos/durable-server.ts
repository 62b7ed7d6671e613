import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { endProcess, untilServerIsReady } from '../../cli/demo/server-process.ts';
import { watchOver } from '../../cli/demo/watchdog.ts';
import { findTemporalServer } from '../../cli/temporal-server/index.ts';

/** A Temporal dev server whose database lies on the disk, so that it can be stopped and started. */
export interface DurableServer {
  address: string;
  start: () => Promise<void>;
  /** `SIGTERM` lets it end in order, `SIGKILL` does not. */
  stop: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
}

/** On a machine under load, with a database to read first. */
const START_TIMEOUT_MS = 60_000;
/** By itself it ends within two seconds; on a machine under load seven were seen. */
const STOP_TIMEOUT_MS = 20_000;

/** What a server is. */
export interface CreateServerInput {
  /** Where its database and its log lie. */
  folder: string;
  /** After so many events it suggests to a workflow to go on in a new run. */
  continueAfterEvents: number;
  say: (line: string) => void;
}

/** Nothing runs yet; its port stays the same. */
export async function createDurableServer({
  folder,
  continueAfterEvents,
  say,
}: CreateServerInput): Promise<DurableServer> {
  const path = await findTemporalServer({ say });
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const words = `server start-dev --headless --ip 127.0.0.1 --port ${port} --log-level error`;
  const setting = `limit.historyCount.suggestContinueAsNew=${continueAfterEvents}`;
  const own = ['--dynamic-config-value', setting, '--db-filename', join(folder, 'server.db')];
  let child: ChildProcess | undefined;
  let dismissWatchdog = (): void => {};

  return {
    address,
    start: async () => {
      const log = openSync(join(folder, 'server.log'), 'a');
      const started = spawn(path, [...words.split(' '), ...own], {
        stdio: ['ignore', log, log],
      });
      closeSync(log);
      child = started;
      dismissWatchdog = watchOver(started.pid);
      await untilServerIsReady({ address, child: started, withinMs: START_TIMEOUT_MS });
    },
    stop: async (signal) => {
      if (child === undefined) return;
      const { wasKilled } = await endProcess(child, { signal, withinMs: STOP_TIMEOUT_MS });
      if (wasKilled)
        say(`The Temporal server had to be killed: it ran on ${STOP_TIMEOUT_MS} ms after ${signal}.`);
      dismissWatchdog();
      child = undefined;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A free port could not be found.');
  return address.port;
}
