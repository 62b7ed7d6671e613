import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import type { Ledger } from '../simulator/index.ts';
import { basic } from './server-process.ts';
import type { MeasuredServer } from './server-process.ts';
import type { ServedDays } from './serve-days.ts';

/** Makes the job of all days and makes sure that each has its file. */
export async function makeFiles(server: MeasuredServer, { days, fileBytes }: ServedDays): Promise<void> {
  const url = `${server.apiUrl}/v1/Exports/Messages`;
  const form = { StartDay: days[0] ?? '', EndDay: days.at(-1) ?? '', FriendlyName: 'benchmark' };
  const created = await request(`${url}/Jobs`, {
    method: 'POST',
    headers: { authorization: basic(server), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  await created.body.dump();
  const listed = await request(`${url}/Days?PageSize=400`, { headers: { authorization: basic(server) } });
  const list = (await listed.body.json()) as { days: { size: number }[] };
  if (list.days.length !== days.length || list.days.some(({ size }) => size !== fileBytes)) {
    throw new Error(`Expected ${days.length} days of ${fileBytes} bytes, got ${list.days.length} days.`);
  }
}

/** Downloads a day with a real client, and holds it against what the simulator says of it. */
export async function verifyFile(server: MeasuredServer, day: string, fileBytes: number): Promise<void> {
  const headers = { authorization: basic(server) };
  const redirect = await request(`${server.apiUrl}/v1/Exports/Messages/Days/${day}`, { headers });
  await redirect.body.dump();
  const { body } = await request(String(redirect.headers['location']));
  const bytes = Buffer.from(await body.arrayBuffer());
  const got = {
    sizeBytes: bytes.length,
    records: gunzipSync(bytes).toString('utf8').trimEnd().split('\n').length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  const expected = await server.expectedFile({ resourceType: 'Messages', day });
  if (JSON.stringify(got) !== JSON.stringify(expected) || got.sizeBytes !== fileBytes) {
    throw new Error(`Expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)} [${day}].`);
  }
}

/** The simulator must have counted what came here: so many files and their bytes. */
export async function compareWithLedger(
  server: MeasuredServer,
  files: number,
  fileBytes: number,
): Promise<void> {
  const { body } = await request(`${server.apiUrl}/_simulator/ledger`);
  const { bytesSent, links } = (await body.json()) as Ledger;
  if (bytesSent.total !== files * fileBytes || links.used !== files) {
    throw new Error(
      `Expected ${files} files in the ledger, got ${bytesSent.total} bytes, ${links.used} links.`,
    );
  }
}
