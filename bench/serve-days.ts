import { connectByteClient } from './byte-client.ts';
import type { ByteClient, CountedAnswer } from './byte-client.ts';
import { secondsOf } from './measure.ts';
import { basic } from './server-process.ts';
import type { MeasuredServer } from './server-process.ts';

/** Who serves, and whether the redirects to the files are measured too. */
export interface Way {
  server: MeasuredServer;
  what: 'files' | 'whole days';
}

/** The days of a server, each with a file of so many bytes. */
export interface ServedDays {
  days: readonly string[];
  fileBytes: number;
}

/** What one round took. */
export interface Measured {
  seconds: number;
  /** Of the server's process. */
  cpuSeconds: number;
}

/** Lets the server give every day once. Links that are not measured are gathered before the clock starts. */
export async function serveDays(
  { server, what }: Way,
  { days, fileBytes, connections }: ServedDays & { connections: number },
): Promise<Measured> {
  const api = connectAll(server.apiUrl, connections);
  const store = connectAll(server.storeUrl, connections);
  const linkOf = async (day: string, connection: number) => {
    const answer = await api[connection]?.get(`/v1/Exports/Messages/Days/${day}`, {
      authorization: basic(server),
    });
    return new URL(expectAnswer(answer, 307).location ?? '');
  };
  const getFile = async (link: URL, connection: number) => {
    const answer = await store[connection]?.get(`${link.pathname}${link.search}`);
    const { bodyBytes } = expectAnswer(answer, 200);
    if (bodyBytes !== fileBytes) throw new Error(`Expected ${fileBytes} bytes, got ${bodyBytes}.`);
  };
  const links: URL[] = [];
  if (what === 'files') {
    await inParallel(
      days,
      connections,
      async (day, connection) => void links.push(await linkOf(day, connection)),
    );
  }
  const before = await server.use();
  const seconds = await secondsOf(() =>
    what === 'files'
      ? inParallel(links, connections, getFile)
      : inParallel(days, connections, async (day, connection) =>
          getFile(await linkOf(day, connection), connection),
        ),
  );
  const after = await server.use();
  for (const client of [...api, ...store]) client.close();
  return { seconds, cpuSeconds: after.cpuSeconds - before.cpuSeconds };
}

function connectAll(origin: string, connections: number): ByteClient[] {
  return Array.from({ length: connections }, () => connectByteClient(origin));
}

function expectAnswer(answer: CountedAnswer | undefined, status: number): CountedAnswer {
  if (answer?.status !== status) throw new Error(`Expected ${status}, got ${answer?.status}.`);
  return answer;
}

/** Each connection takes the next item as soon as it is free. */
async function inParallel<T>(
  items: readonly T[],
  connections: number,
  run: (item: T, connection: number) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      for (const item of waiting) await run(item, connection);
    }),
  );
}
