import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTwilio } from './caller.ts';
import type { GroupJson, Twilio } from './caller.ts';

/** Each day of the job with its status, from the first to the last. */
async function statuses(twilio: Twilio, jobSid: string): Promise<string[]> {
  const groups = await twilio.details(jobSid);
  return groups
    .flatMap(({ status, days }) => (days ?? []).map((day) => `${day} ${status}`))
    .toSorted()
    .map((each) => each.slice('2026-10-01 '.length));
}

function daysIn(groups: readonly GroupJson[], wanted: string): string[] {
  return groups.find(({ status }) => status === wanted)?.days ?? [];
}

test('each time of `life` is kept to the minute, and so is the number of days that run at once', async () => {
  const life = {
    submitted: '3 minutes',
    running: '5 minutes',
    parallelDays: 2,
    errorRate: 1,
    errorDuringRun: '7 minutes',
    runningToBeDeleted: '4 minutes',
  };
  await using twilio = await startTwilio({ script: { life } });
  const jobSid = await twilio.createJob('2026-10-01', '2026-10-03');
  const seen: Record<number, string[]> = {};
  let minute = 0;
  const lookAt = async (next: number) => {
    twilio.minutes(next - minute);
    minute = next;
    seen[next] = await statuses(twilio, jobSid);
  };
  for (const next of [2, 3, 7, 8, 12, 13, 14, 15]) {
    await lookAt(next);
  }
  await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' });
  await lookAt(18);
  await lookAt(19);
  const [submitted, running, error] = ['Submitted', 'Running', 'ErrorDuringRun'];
  assert.deepEqual(seen, {
    2: [submitted, submitted, submitted],
    3: [running, running, submitted],
    7: [running, running, submitted],
    8: [error, error, running],
    12: [error, error, running],
    13: [error, error, error],
    14: [error, error, error],
    15: [running, running, error],
    18: ['RunningToBeDeleted', 'RunningToBeDeleted', 'DeletedByUserRequest'],
    19: ['DeletedByUserRequest', 'DeletedByUserRequest', 'DeletedByUserRequest'],
  });
});

test('which days meet an error and which fail is drawn anew in each submission', async () => {
  await using twilio = await startTwilio({
    script: { life: { errorRate: 0.5, failedRate: 0.5, parallelDays: 100 }, days: [{ records: 1 }] },
  });
  const withError: string[][] = [];
  const failed: string[][] = [];
  for (let submission = 1; submission <= 2; submission += 1) {
    const jobSid = await twilio.createJob('2026-10-01', '2026-10-30');
    twilio.minutes(12);
    withError.push(daysIn(await twilio.details(jobSid), 'ErrorDuringRun'));
    twilio.minutes(60);
    failed.push(daysIn(await twilio.details(jobSid), 'Failed'));
  }
  for (const [first = [], second = []] of [withError, failed]) {
    assert.ok(first.length > 0 && second.length > 0, 'some days of each submission');
    assert.notDeepEqual(first, second);
  }
});
