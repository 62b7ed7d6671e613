import assert from 'node:assert/strict';
import { completeDay, DAY } from '../one-day.ts';
import { life } from './show.ts';
import type { Show, Shows } from './show.ts';

const [FIRST, LAST] = ['2026-10-01', '2026-10-05'] as const;

/** Examples about jobs, what they tell of themselves, and what their days go through. */
export const jobShows: Shows = {
  'details-null': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    for (const minutes of [0, 13]) {
      twilio.minutes(minutes);
      assert.equal(await twilio.details(jobSid), null);
    }
    twilio.minutes(2);
    assert.deepEqual(await twilio.details(jobSid), [{ status: 'Completed', count: 1, days: [DAY] }]);
  },

  'details-empty-list': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    for (const minutes of [0, 13]) {
      twilio.minutes(minutes);
      assert.deepEqual(await twilio.details(jobSid), []);
    }
    twilio.minutes(2);
    assert.deepEqual(await twilio.details(jobSid), [{ status: 'Completed', count: 1, days: [DAY] }]);
  },

  'details-without-days': async (twilio) => {
    const jobSid = await completeDay(twilio);
    assert.deepEqual(await twilio.details(jobSid), [{ status: 'Completed', count: 1, days: null }]);
  },

  'details-change-their-form': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    const forms: unknown[] = [];
    for (const minutes of [0, 2, 3, 7]) {
      twilio.minutes(minutes);
      forms.push(await twilio.details(jobSid));
    }
    assert.deepEqual(forms, [
      null,
      [],
      [{ status: 'Submitted', count: 1, days: null }],
      [{ status: 'Completed', count: 1, days: [DAY] }],
    ]);
  },

  'day-counted-not-named': async (twilio) => {
    const jobSid = await twilio.createJob(FIRST, LAST);
    const days = [FIRST, '2026-10-03', '2026-10-04', LAST];
    assert.deepEqual(await twilio.details(jobSid), [{ status: 'Submitted', count: 5, days }]);
  },

  'day-missing-in-details': async (twilio) => {
    const jobSid = await twilio.createJob(FIRST, LAST);
    twilio.minutes(60);
    const days = [FIRST, '2026-10-03', '2026-10-04', LAST];
    assert.deepEqual(await twilio.details(jobSid), [{ status: 'Completed', count: 4, days }]);
    assert.equal((await twilio.api('Messages/Days/2026-10-02')).status, 307);
  },

  'fields-null': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    const job = (await twilio.api(`Jobs/${jobSid}`)).json;
    assert.deepEqual(
      [job.resource_type, job.job_queue_position, job.estimated_completion_time],
      [null, null, null],
    );
    twilio.minutes(60);
    const [day] = (await twilio.api('Messages/Days')).json.days;
    assert.deepEqual([day?.day, day?.size, day?.create_date], [DAY, null, null]);
  },

  'long-queue': async (twilio) => {
    const jobSid = await twilio.createJob(FIRST, '2026-10-10');
    const positions: unknown[] = [];
    for (const minutes of [0, 60, 60]) {
      twilio.minutes(minutes);
      positions.push((await twilio.api(`Jobs/${jobSid}`)).json.job_queue_position);
    }
    assert.deepEqual(positions, ['41', '21', '1']);
    assert.deepEqual(
      (await twilio.details(jobSid)).map(({ status, count }) => [status, count]),
      [
        ['Running', 5],
        ['Submitted', 5],
      ],
    );
  },

  'delete-complete-answers-204': deleteComplete(204, 404),
  'delete-complete-answers-404': deleteComplete(404, 200),
  'delete-complete-answers-405': deleteComplete(405, 200),

  'deletion-takes-long': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    twilio.minutes(2);
    await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' });
    assert.deepEqual(await life(twilio, jobSid, [59, 1]), [
      'RunningToBeDeleted',
      'RunningToBeDeleted',
      'DeletedByUserRequest',
    ]);
  },

  'error-during-run': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    assert.deepEqual(await life(twilio, jobSid, [5, 2, 10, 2]), [
      'Submitted',
      'Running',
      'ErrorDuringRun',
      'Running',
      'Completed',
    ]);
  },

  'error-during-run-for-ever': async (twilio) => {
    const first = await twilio.createJob('2026-10-03', '2026-10-03');
    assert.deepEqual(await life(twilio, first, [7 * 24 * 60]), ['Submitted', 'ErrorDuringRun']);
    await twilio.api(`Jobs/${first}`, { method: 'DELETE' });
    assert.deepEqual(await life(twilio, first, []), ['DeletedByUserRequest']);
    const second = await twilio.createJob('2026-10-03', '2026-10-03');
    assert.deepEqual(await life(twilio, second, [60]), ['Submitted', 'Completed']);
  },

  'days-fail-once': async (twilio) => {
    assert.deepEqual(await life(twilio, await twilio.createJob(DAY, DAY), [60]), ['Submitted', 'Failed']);
    assert.deepEqual(await life(twilio, await twilio.createJob(DAY, DAY), [60]), ['Submitted', 'Completed']);
  },

  'day-fails-for-good': async (twilio) => {
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const jobSid = await twilio.createJob('2026-10-03', '2026-10-04');
      twilio.minutes(60);
      assert.deepEqual(await twilio.details(jobSid), [
        { status: 'Failed', count: 1, days: ['2026-10-03'] },
        { status: 'Completed', count: 1, days: ['2026-10-04'] },
      ]);
    }
  },

  'mixed-job': async (twilio) => {
    const jobSid = await twilio.createJob(FIRST, LAST);
    twilio.minutes(10);
    const groups = await twilio.details(jobSid);
    assert.deepEqual(
      groups.map(({ status }) => status),
      ['Completed', 'Failed', 'CompletedEmptyRecords', 'ErrorDuringRun', 'Submitted'],
    );
    assert.deepEqual(
      groups.flatMap(({ days }) => days),
      [FIRST, '2026-10-02', '2026-10-03', '2026-10-04', LAST],
    );
    const again = await twilio.createJob('2026-10-02', '2026-10-02');
    twilio.minutes(180);
    assert.equal((await twilio.details(again))[0]?.status, 'Completed');
    assert.equal(twilio.simulator.ledger().jobsAlive, 0);
  },

  'failures-by-rate': async (twilio) => {
    const jobSid = await twilio.createJob('2026-07-01', '2026-09-30');
    const seen = new Set<string>();
    for (let minute = 0; minute < 60; minute += 1) {
      (await twilio.details(jobSid)).forEach(({ status }) => seen.add(status));
      twilio.minutes(1);
    }
    assert.ok(seen.has('ErrorDuringRun'), [...seen].join());
    const ended = (await twilio.details(jobSid)).map(({ status }) => status);
    assert.deepEqual(ended.toSorted(), ['Completed', 'CompletedEmptyRecords', 'Failed']);
  },

  'unknown-status': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    assert.deepEqual(await life(twilio, jobSid, [7, 10]), ['Submitted', 'Archiving', 'Completed']);
  },

  'statuses-in-capitals': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    assert.deepEqual(await life(twilio, jobSid, [5, 2]), ['SUBMITTED', 'RUNNING', 'COMPLETED']);
    assert.equal((await twilio.api(`Messages/Days/${DAY}`)).status, 307);
  },

  'days-deleted-by-somebody-else': async (twilio) => {
    const jobSid = await twilio.createJob(FIRST, '2026-10-02');
    twilio.minutes(7.5);
    assert.equal((await twilio.details(jobSid))[1]?.status, 'RunningToBeDeleted');
    twilio.minutes(1);
    assert.deepEqual(await twilio.details(jobSid), [
      { status: 'Completed', count: 1, days: [FIRST] },
      { status: 'DeletedByUserRequest', count: 1, days: ['2026-10-02'] },
    ]);
    assert.equal((await twilio.api(`Messages/Days/${FIRST}`)).status, 307);
    assert.equal((await twilio.api('Messages/Days/2026-10-02')).status, 404);
  },

  'emails-never': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY, { Email: 'you@example.com' });
    assert.deepEqual(await life(twilio, jobSid, [60]), ['Submitted', 'Completed']);
    assert.deepEqual(twilio.simulator.ledger().emails, []);
  },
};

function deleteComplete(answer: number, afterwards: number): Show {
  return async (twilio) => {
    const jobSid = await completeDay(twilio);
    assert.equal((await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' })).status, answer);
    assert.equal((await twilio.api(`Jobs/${jobSid}`)).status, afterwards);
  };
}
