import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultScript, Operation } from '../../simulator/index.ts';
import { requestsArrive, startTwilio } from './caller.ts';
import { download } from './download.ts';
import { completeDay, DAY } from './one-day.ts';

/** A slow answer that stays would keep its test for an hour. */
const LIMIT = { timeout: 20_000 };

test('stop ends slow answers of both servers, and no timer keeps the program alive', LIMIT, async () => {
  const before = timersThatKeepAlive();
  const operation: Operation[] = ['listJobs', 'getFile'];
  const faults: FaultScript[] = [{ kind: 'slow', delayMs: 3_600_000, operation }];
  const twilio = await startTwilio({ script: { faults } });
  await completeDay(twilio);
  const answers = [twilio.api('Messages/Jobs'), download(await twilio.link(DAY))];
  const ended = answers.map((answer) => assert.rejects(answer, { code: 'ECONNRESET' }));
  await Promise.all(operation.map((each) => requestsArrive(twilio, each, 1)));
  await twilio.simulator.stop();
  await Promise.all(ended);
  assert.equal(timersThatKeepAlive(), before);
});

test('after stop nothing happens any more that was still to come', LIMIT, async () => {
  const twilio = await startTwilio();
  const jobSid = await twilio.createJob(DAY, DAY);
  await twilio.simulator.stop();
  twilio.minutes(60);
  const { jobs, emails } = twilio.simulator.ledger();
  assert.deepEqual([jobs.map((job) => job.jobSid), emails], [[jobSid], []]);
});

function timersThatKeepAlive(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
