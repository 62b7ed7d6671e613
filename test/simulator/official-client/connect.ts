import assert from 'node:assert/strict';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { after } from 'node:test';
import twilio from 'twilio';
import type { Simulator, SimulatorOptions } from '../../../simulator/index.ts';
import { startTwilio } from '../caller.ts';
import type { Twilio } from '../caller.ts';

/** The official library's client. */
export type Library = ReturnType<typeof twilio>;

/** The only version of the API that the library knows. */
export type V1 = Library['bulkexports']['v1'];

/** The library as its users have it, but for the address of the API. */
export function connectLibrary(simulator: Simulator, login: LibraryLogin = {}): Library {
  const { username = simulator.accountSid, password = simulator.authToken, ...options } = login;
  const library = twilio(username, password, options);
  library.bulkexports.baseUrl = simulator.apiUrl;
  return library;
}

/** The library's options, and another login than that of the simulator's first account. */
type LibraryLogin = NonNullable<Parameters<typeof twilio>[2]> & { username?: string; password?: string };

/** The example of the documents: a create of eleven days. */
export const EXAMPLE = {
  startDay: '2019-11-20',
  endDay: '2019-11-30',
  friendlyName: 'Export1',
  webhookUrl: 'https://www.example.com/bulkexporthook',
  webhookMethod: 'POST',
  email: 'you@example.com',
};

/** The first instant at which the end day of {@link EXAMPLE} is two days ago. */
const EXAMPLE_START = '2019-12-02T00:00:00.000Z';

/** A simulator at that instant, and the library connected to it. */
export async function startIn2019(options: SimulatorOptions = {}): Promise<TwilioWithLibrary> {
  const twilio = await startTwilio({ clock: { kind: 'manual', start: EXAMPLE_START }, ...options });
  const library = connectLibrary(twilio.simulator);
  const { v1 } = library.bulkexports;
  const { exportCustomJobs: jobs, days } = v1.exports('Messages');
  return { ...twilio, library, v1, jobs, days };
}

/** What the tests of the library use: jobs and days are those of Messages. */
export interface TwilioWithLibrary extends Twilio {
  library: Library;
  v1: V1;
  jobs: ReturnType<V1['exports']>['exportCustomJobs'];
  days: ReturnType<V1['exports']>['days'];
}

/** The sid of a job that nobody made. */
export const NOBODYS_JOB = `JS${'0'.repeat(32)}`;

/** One call of the library for each operation of the API. */
export const OPERATIONS: Record<string, (library: Library) => Promise<unknown>> = {
  fetchExport: (library) => library.bulkexports.v1.exports('Messages').fetch(),
  fetchConfiguration: (library) => library.bulkexports.v1.exportConfiguration('Messages').fetch(),
  updateConfiguration: (library) =>
    library.bulkexports.v1.exportConfiguration('Messages').update({ enabled: true }),
  createJob: (library) => library.bulkexports.v1.exports('Messages').exportCustomJobs.create(EXAMPLE),
  listJobs: (library) => library.bulkexports.v1.exports('Messages').exportCustomJobs.list(),
  fetchJob: (library) => library.bulkexports.v1.exports.jobs(NOBODYS_JOB).fetch(),
  deleteJob: (library) => library.bulkexports.v1.exports.jobs(NOBODYS_JOB).remove(),
  listDays: (library) => library.bulkexports.v1.exports('Messages').days.list(),
  fetchDay: (library) => library.bulkexports.v1.exports('Messages').days('2019-11-20').fetch(),
};

/** Ends the file with an error if anything in it asked another host than this machine. */
export function stayOnThisMachine(): void {
  const hosts = new Set<string>();
  subscribe('http.client.request.start', (message) => {
    hosts.add((message as { request: ClientRequest }).request.host);
  });
  after(() => {
    assert.deepEqual([...hosts], ['127.0.0.1']);
  });
}
