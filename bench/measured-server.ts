/**
 * A server in a process of its own, which tells its parent what it takes: forked by `server-process.ts`. `bare SIZE` is a
 * Node HTTP server that answers every path of a file with the same bytes out of its memory, and every other path
 * with a redirect to one; `simulator SCRIPT` is the simulator, `simulator SCRIPT MBITS` the same at the end of a line of
 * so many Mbit/s.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startLimitedLine } from './limited-line.ts';
import { MB } from './measure.ts';
import { startSimulator } from '../simulator/index.ts';
import type { ExpectedFile, ExpectedFileInput, Simulator, SimulatorScript } from '../simulator/index.ts';

/** Where a server is; the bare one takes any credentials. */
export interface ServerPlace {
  apiUrl: string;
  storeUrl: string;
  accountSid: string;
  authToken: string;
}

/** From parent to server. */
export type ServerQuestion = { ask: 'use' } | { ask: 'expectedFile'; of: ExpectedFileInput };

/** From server to parent. */
export type ServerMessage =
  | { kind: 'ready'; place: ServerPlace }
  | { kind: 'use'; use: ServerUse }
  | { kind: 'expectedFile'; file: ExpectedFile | null };

/** What the process takes. */
export interface ServerUse {
  residentBytes: number;
  /** Since its start, of all its threads. */
  cpuSeconds: number;
}

const [kind, argument = '', lineMbits] = process.argv.slice(2);
const simulator =
  kind === 'simulator'
    ? await startSimulator({ script: JSON.parse(argument) as SimulatorScript })
    : undefined;

process.on('message', (question: ServerQuestion) => {
  switch (question.ask) {
    case 'use': {
      const { user, system } = process.cpuUsage();
      const use = { residentBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1e6 };
      tell({ kind: 'use', use });
      return;
    }
    case 'expectedFile':
      tell({ kind: 'expectedFile', file: simulator?.expectedFile(question.of) ?? null });
  }
});
process.once('disconnect', () => process.exit());
tell({ kind: 'ready', place: await placeOf(simulator) });

async function placeOf(started: Simulator | undefined): Promise<ServerPlace> {
  if (started === undefined) return startBareServer(Number(argument));
  const { storeUrl, accountSid, authToken } = started;
  const { apiUrl } =
    lineMbits === undefined ? started : await startLimitedLine(started, (Number(lineMbits) * MB) / 8);
  return { apiUrl, storeUrl, accountSid, authToken };
}

async function startBareServer(fileBytes: number): Promise<ServerPlace> {
  const file = Buffer.alloc(fileBytes, 'the bytes do not matter');
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/files/') === true) {
      response.writeHead(200, { 'Content-Type': 'binary/octet-stream', 'Content-Length': file.length });
      response.end(file);
    } else {
      const link = `${url}/files${request.url}`;
      const body = JSON.stringify({ redirect_to: link });
      response.writeHead(307, {
        Location: link,
        'Content-Type': 'application/json',
        'Content-Length': body.length,
      });
      response.end(body);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { apiUrl: url, storeUrl: url, accountSid: '', authToken: '' };
}

function tell(message: ServerMessage): void {
  process.send?.(message);
}
