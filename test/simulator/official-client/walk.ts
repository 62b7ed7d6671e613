import assert from 'node:assert/strict';
import type { ResourceType } from '../../../simulator/index.ts';
import { call } from '../caller.ts';
import type { Twilio } from '../caller.ts';
import { sha256 } from '../download.ts';
import { EXAMPLE } from './connect.ts';
import type { V1 } from './connect.ts';
import { assertTwilioHeaders, fetchEachWay, walkList } from './ways.ts';

/** The days of the example. */
export const DAYS = Array.from({ length: 11 }, (_, index) => `2019-11-${20 + index}`);

/** What a walk goes over. */
export interface Walk {
  /** At the first instant at which the example is accepted, with the usual life of a day. */
  twilio: Twilio;
  v1: V1;
  type: ResourceType;
}

/** Uses every operation of every resource, by every way to it, and checks each field that the library reads. */
export async function walkLibrary(walk: Walk): Promise<void> {
  await walkExport(walk);
  await walkConfiguration(walk);
  await walkJobs(walk);
  await walkDays(walk);
}

async function walkExport({ twilio, v1, type }: Walk): Promise<void> {
  const url = `${twilio.simulator.apiUrl}/v1/Exports/${type}`;
  const shown = { resourceType: type, url, links: { days: `${url}/Days` } };
  for (const context of [v1.exports(type), v1.exports.get(type)]) {
    const fetched = await fetchEachWay(context, 200, (each) => {
      assert.deepEqual(each.toJSON(), shown);
    });
    assert.deepEqual(await fetched.days().list(), []);
    assert.deepEqual(await fetched.exportCustomJobs().list(), []);
  }
}

async function walkConfiguration({ twilio, v1, type }: Walk): Promise<void> {
  const url = `${twilio.simulator.apiUrl}/v1/Exports/${type}/Configuration`;
  const unset = { enabled: false, webhookUrl: '', webhookMethod: '', resourceType: type, url };
  const configuration = v1.exportConfiguration(type);
  const fetched = await fetchEachWay(configuration, 200, (each) => {
    assert.deepEqual(each.toJSON(), unset);
  });
  const { webhookUrl, webhookMethod } = EXAMPLE;
  const set = { ...unset, enabled: true, webhookUrl, webhookMethod };
  const updated = await configuration.update({ enabled: true, webhookUrl, webhookMethod });
  assert.deepEqual(updated.toJSON(), set);
  assert.deepEqual((await configuration.update()).toJSON(), set);
  assert.deepEqual((await fetched.update({ enabled: false })).toJSON(), { ...set, enabled: false });
  for (const each of [v1.exportConfiguration.get(type), fetched]) {
    const { statusCode, body } = await each.updateWithHttpInfo({ webhookUrl: '', webhookMethod: '' });
    assert.deepEqual([statusCode, body.toJSON()], [200, unset]);
  }
}

async function walkJobs({ twilio, v1, type }: Walk): Promise<void> {
  const { exportCustomJobs: list } = v1.exports(type);
  const names = await createJobs({ twilio, v1, type });
  await walkList(list, ({ friendlyName }) => friendlyName, names.toReversed());
  const [job, ...others] = (await list.list()).toReversed();
  const { jobSid = '' } = job ?? {};
  const url = `${twilio.simulator.apiUrl}/v1/Exports/Jobs/${jobSid}`;
  const shown = { ...EXAMPLE, resourceType: type, jobSid, url };
  const queued = {
    ...shown,
    details: [{ status: 'Submitted', count: 11, days: DAYS }],
    jobQueuePosition: '1',
    estimatedCompletionTime: '2019-12-02T00:14:00.000',
  };
  const fetched = await fetchEachWay(v1.exports.jobs(jobSid), 200, (each) => {
    assert.deepEqual(each.toJSON(), queued);
  });

  await removeEachWay(
    v1,
    others.map((other) => other.jobSid),
  );
  twilio.minutes(13);
  const details = [
    { status: 'Completed', count: 10, days: DAYS.slice(0, 10) },
    { status: 'Running', count: 1, days: DAYS.slice(10) },
  ];
  assert.deepEqual((await fetched.fetch()).toJSON(), { ...queued, details });
  twilio.minutes(1);
  const over = { details: [{ status: 'Completed', count: 11, days: DAYS }], jobQueuePosition: null };
  assert.deepEqual((await fetched.fetch()).toJSON(), { ...shown, ...over, estimatedCompletionTime: null });
}

/** Makes the example of the documents and four jobs without a webhook and an e-mail, and gives their names. */
async function createJobs({ twilio, v1, type }: Walk): Promise<string[]> {
  const jobs = v1.exports(type).exportCustomJobs;
  const created = await jobs.create(EXAMPLE);
  assert.match(created.jobSid, /^JS[0-9a-f]{32}$/);
  assert.deepEqual(created.toJSON(), {
    ...EXAMPLE,
    resourceType: type,
    jobSid: created.jobSid,
    details: null,
    jobQueuePosition: '1',
    estimatedCompletionTime: '2019-12-02T00:14:00.000',
  });
  const { startDay, endDay } = EXAMPLE;
  for (const friendlyName of ['Export2', 'Export3', 'Export4', 'Export5']) {
    const { statusCode, headers, body } = await jobs.createWithHttpInfo({ startDay, endDay, friendlyName });
    assert.equal(statusCode, 201);
    assertTwilioHeaders(headers);
    assert.equal(headers['access-control-allow-origin'], '*');
    const { webhookUrl, webhookMethod, email, details, jobQueuePosition } = body;
    assert.deepEqual([webhookUrl, webhookMethod, email, details], [null, null, null, null]);
    assert.equal(jobQueuePosition, friendlyName.slice(-1));
  }
  const { jobsMade, quotaUsed } = twilio.simulator.ledger();
  assert.deepEqual([jobsMade, Object.values(quotaUsed)], [5, [{ '2019-12-02': 55 }]]);
  return ['Export1', 'Export2', 'Export3', 'Export4', 'Export5'];
}

/** Deletes four jobs that have not run yet, by the four ways there are. */
async function removeEachWay(v1: V1, jobSids: string[]): Promise<void> {
  const [first = '', second = '', third = '', fourth = ''] = jobSids;
  const { jobs } = v1.exports;
  assert.equal(await jobs(first).remove(), true);
  assert.equal(await (await jobs(second).fetch()).remove(), true);
  for (const each of [jobs.get(third), await jobs(fourth).fetch()]) {
    const { statusCode, body, headers } = await each.removeWithHttpInfo();
    assert.deepEqual([statusCode, body], [204, true]);
    assertTwilioHeaders(headers);
  }
  const deleted = [{ status: 'DeletedByUserRequest', count: 11, days: DAYS }];
  for (const jobSid of jobSids) {
    assert.deepEqual((await jobs(jobSid).fetch()).details, deleted);
  }
}

async function walkDays({ twilio, v1, type }: Walk): Promise<void> {
  const { simulator } = twilio;
  const list = v1.exports(type).days;
  await walkList(list, ({ day }) => day, DAYS);
  for (const each of await list.list()) {
    const { day } = each;
    const file = simulator.expectedFile({ resourceType: type, day });
    assert.deepEqual(each.toJSON(), {
      day,
      size: file?.sizeBytes,
      createDate: '2019-12-02',
      friendlyName: 'Export1',
      resourceType: type,
      redirectTo: undefined,
    });
  }
  const links = new Set<string>();
  for (const context of [list('2019-11-30'), list.get('2019-11-30')]) {
    await fetchEachWay(context, 307, (each) => {
      const { redirectTo, ...others } = each.toJSON();
      assert.deepEqual(new Set(Object.values(others)), new Set([undefined]), 'the link is all there is');
      links.add(redirectTo);
    });
  }
  assert.equal(links.size, 8, 'each fetch gives a link of its own');
  const { body, headers } = await list('2019-11-30').fetchWithHttpInfo();
  assert.equal(headers['location'], body.redirectTo);
  const file = simulator.expectedFile({ resourceType: type, day: '2019-11-30' });
  for (const link of links) {
    assert.ok(link.startsWith(`${simulator.storeUrl}/`), 'a link to the store');
    const { status, bytes } = await call(link);
    assert.deepEqual([status, bytes.length], [200, file?.sizeBytes]);
    assert.equal(sha256(bytes), file?.sha256);
    assert.equal((await call(link)).status, 403, 'a link works once');
  }
  const { links: counted, authorizationAtStore } = simulator.ledger();
  assert.deepEqual([counted.issued, counted.used, authorizationAtStore], [9, 8, 0]);
}
