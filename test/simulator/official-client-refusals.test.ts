import assert from 'node:assert/strict';
import { test } from 'node:test';
import twilio from 'twilio';
import type { Operation } from '../../simulator/index.ts';
import {
  connectLibrary,
  EXAMPLE,
  NOBODYS_JOB,
  OPERATIONS,
  startIn2019,
  stayOnThisMachine,
} from './official-client/connect.ts';

stayOnThisMachine();

test('the end day of the example is refused until it is two days ago', async () => {
  await using started = await startIn2019({ clock: { kind: 'manual', start: '2019-12-01T23:59:00.000Z' } });
  const { jobs } = started;
  await assertRefused(jobs.create(EXAMPLE), 400, 20_001);
  started.minutes(1);
  assert.equal((await jobs.create(EXAMPLE)).friendlyName, 'Export1');
});

test('what can not be done is refused with a RestException: status, code and where to read more', async () => {
  await using started = await startIn2019({ script: { deleteCompleteAnswers: 405 } });
  const { v1, jobs, days } = started;
  const { startDay, endDay, friendlyName, webhookUrl } = EXAMPLE;
  for (const create of [
    { startDay: endDay, endDay: startDay, friendlyName },
    { startDay: '2019-11-31', endDay: '2019-12-01', friendlyName },
    { startDay, endDay, friendlyName: '' },
    { startDay, endDay, friendlyName, webhookUrl },
    { startDay: '2018-11-01', endDay, friendlyName },
  ]) {
    await assertRefused(jobs.create(create), 400, 20_001);
    await assertRefused(jobs.createWithHttpInfo(create), 400, 20_001);
  }
  await assertRefused(v1.exportConfiguration('Messages').update({ webhookUrl: 'x' }), 400, 20_001);
  await assertRefused(jobs.page({ pageSize: 0 }), 400, 20_001);
  await assertRefused(days.pageWithHttpInfo({ pageToken: 'x' }), 400, 20_001);

  const nowhere = v1.exports('Faxes');
  const nobodys = v1.exports.jobs(NOBODYS_JOB);
  for (const request of [
    () => nowhere.fetch(),
    () => nowhere.exportCustomJobs.create(EXAMPLE),
    () => nowhere.exportCustomJobs.list(),
    () => nowhere.days.list(),
    () => v1.exportConfiguration('Faxes').fetch(),
    () => nobodys.fetch(),
    () => nobodys.remove(),
    () => days('2019-11-19').fetch(),
    () => days('2019-11-19').fetchWithHttpInfo(),
  ]) {
    await assertRefused(request(), 404, 20_404);
  }

  const { jobSid } = await jobs.create(EXAMPLE);
  started.minutes(60);
  await assertRefused(v1.exports.jobs(jobSid).remove(), 405, 20_004);
  await assertRefused(v1.exports.jobs(jobSid).removeWithHttpInfo(), 405, 20_004);
  await assertRefused(jobs.create({ ...EXAMPLE, friendlyName: 'x'.repeat(100_000) }), 413, 20_001);
});

test('every operation can meet 401, 429, 500 and a 503 that is no JSON, and the library tells each apart', async () => {
  await using started = await startIn2019();
  const { library } = started;
  const stranger = connectLibrary(started.simulator, { password: 'another' });
  for (const [operation, request] of Object.entries(OPERATIONS)) {
    await assertRefused(request(stranger), 401, 20_003);
    for (const [fault, status, code] of [
      [{ kind: 'status401' }, 401, 20_003],
      [{ kind: 'status429', retryAfter: 5 }, 429, 20_429],
      [{ kind: 'status500' }, 500, 20_500],
      [{ kind: 'status503' }, 503, undefined],
    ] as const) {
      const remove = started.simulator.faults.add(fault);
      await assertRefused(request(library), status, code);
      remove();
    }
    const { requests, jobsMade } = started.simulator.ledger();
    assert.equal(requests[operation as Operation], 5, `${operation} is what was asked for`);
    assert.equal(jobsMade, 0);
  }
});

async function assertRefused(request: Promise<unknown>, status: number, code?: number): Promise<void> {
  const error = await request.then(
    () => assert.fail(`expected ${status}, got an answer`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof twilio.RestException, String(error));
  const moreInfo = code && `https://www.twilio.com/docs/errors/${code}`;
  assert.deepEqual([error.status, error.code, error.moreInfo], [status, code, moreInfo]);
  assert.notEqual(error.message, '');
}

test('a 429 was never carried out: the retries that the library has make one job', async () => {
  await using started = await startIn2019({ script: { faults: [{ kind: 'status429', times: 2 }] } });
  const library = connectLibrary(started.simulator, { autoRetry: true, maxRetryDelay: 1 });
  const { jobSid } = await library.bulkexports.v1.exports('Messages').exportCustomJobs.create(EXAMPLE);
  const { jobs, requests } = started.simulator.ledger();
  assert.deepEqual(
    jobs.map((job) => job.jobSid),
    [jobSid],
  );
  assert.equal(requests.createJob, 3);
});
