import assert from 'node:assert/strict';
import { download, sha256 } from '../download.ts';
import { EXAMPLE } from './connect.ts';
import { DAYS } from './walk.ts';
import type { Walk } from './walk.ts';

/** The way that every user of the library goes: the export, its configuration, a job, its days, a file. */
export async function walkToFile({ twilio, v1, type }: Walk): Promise<void> {
  const { simulator } = twilio;
  const { exportCustomJobs: jobs, days } = v1.exports(type);
  assert.equal((await v1.exports(type).fetch()).resourceType, type);
  const { webhookUrl, webhookMethod } = EXAMPLE;
  const set = { enabled: false, webhookUrl, webhookMethod };
  const configuration = v1.exportConfiguration(type);
  await configuration.update(set);
  const url = `${simulator.apiUrl}/v1/Exports/${type}/Configuration`;
  assert.deepEqual((await configuration.fetch()).toJSON(), { ...set, resourceType: type, url });

  const { jobSid } = await jobs.create(EXAMPLE);
  const [listed, ...others] = await jobs.list();
  assert.deepEqual([listed?.jobSid, listed?.resourceType, others], [jobSid, type, []]);
  twilio.minutes(60);
  const got = await days.list();
  assert.deepEqual(
    got.map(({ day, resourceType }) => [day, resourceType]),
    DAYS.map((day) => [day, type]),
  );
  const [day = ''] = DAYS;
  const { redirectTo } = await days(day).fetch();
  const { status, bytes } = await download(redirectTo);
  const file = simulator.expectedFile({ resourceType: type, day });
  assert.deepEqual([status, sha256(bytes)], [200, file?.sha256]);
}
