import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobPicture } from '../../activities/api.ts';
import {
  closeDay,
  closeJob,
  enterPicture,
  enterReusableDays,
  enterSubmission,
  tryAgain,
} from '../../workflows/bookkeeping.ts';
import { addDays, daysBetween } from '../../workflows/calendar.ts';
import { type CarriedLedger, carryLedger, takeOverLedger } from '../../workflows/carried-ledger.ts';
import { nextExpiryNotice } from '../../workflows/expiry.ts';
import { type JobRecord, type Ledger, newDay, newJob, openLedger } from '../../workflows/ledger.ts';
import {
  daysToFetch,
  isHopeless,
  isOver,
  MAXIMUM_LIVE_JOBS,
  nextPatienceEnd,
  nextSubmissionAt,
  rangesToSubmit,
  timeoutEndsAt,
} from '../../workflows/plan.ts';
import { phaseOf, progressOf } from '../../workflows/progress.ts';
import { resultOf } from '../../workflows/result.ts';
import { daysByStatus, later, NOW, pictureOf, requestOf, START } from './played-export.ts';

const EXPORT_ID = '0190c5f6-7d5a-7c3f-9d3e-6f2a0c8b1d47';
const NEXT_RUN = '0190c5f6-8a11-7d02-b8a4-1c5e7f90a2d3';
/** As README says. The engine warns of a payload above 256 kB, and refuses one above 2 MB. */
const MAXIMUM_BYTES = 150_000;
const MAXIMUM_BYTES_REUSED = 250_000;
const MAXIMUM_BYTES_AT_WORST = 550_000;

const status = fc.constantFrom(
  'Submitted',
  'Running',
  'ErrorDuringRun',
  'Completed',
  'CompletedEmptyRecords',
  'Failed',
  'RunningToBeDeleted',
  'DeletedByUserRequest',
);

const turn = fc.record({
  statuses: fc.array(status, { minLength: 8, maxLength: 8 }),
  gone: fc.boolean(),
  ends: fc.boolean(),
  jobEvent: fc.constantFrom('none', 'none', 'quota', 'doubt', 'deletion', 'reset', 'create'),
  dayEvent: fc.constantFrom('downloaded', 'empty', 'corrupt', 'expired', 'under way', 'under way'),
});

describe('the ledger that a run hands over', () => {
  it('has the next run decide and tell what this one would have, at any time', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 6 }), fc.integer({ min: 0, max: 15_000 }), (turns, minutes) => {
        const request = requestOf(8);
        const ledger = openLedger(request, NOW);
        for (const [at, one] of turns.entries()) play(ledger, one, later(20 * at));
        const next = handedOver(ledger);
        const at = later(20 * turns.length + minutes);

        // A download under way was cut short: nobody fetches the day any more.
        for (const record of ledger.days) if (record.stage === 'fetching') record.stage = 'toFetch';
        // The next run is another one, though nobody has reset anything.
        for (const job of ledger.jobs) job.inRun = NEXT_RUN;
        assert.deepEqual(picturesOf(next, at), picturesOf(ledger, at));
      }),
    );

    function picturesOf(ledger: Ledger, at: string) {
      const request = requestOf(8);
      const open = ledger.jobs.filter(({ over }) => !over);
      return {
        isOver: isOver(ledger),
        ranges: rangesToSubmit(ledger, at),
        fetches: daysToFetch(ledger, request).map(({ day }) => day),
        submissionAt: nextSubmissionAt(ledger, at),
        expiryNotice: nextExpiryNotice(ledger, at),
        timeoutAt: timeoutEndsAt(ledger, request),
        open,
        hopeless: open.map((job) => isHopeless(ledger, job, at, request)),
        patience: open.map((job) => nextPatienceEnd(ledger, job, at, request)),
        progress: progressOf(ledger, request, { phase: phaseOf(ledger), result: null, now: at }),
        result: resultOf(ledger, request, { sweptJobs: [], notCleaned: [] }),
        inDoubt: ledger.jobs.map(({ inDoubt }) => inDoubt),
        abandoned: ledger.jobs.map(({ abandonedAt, deleteInDoubt, deletedBeforeReset }) => ({
          abandonedAt,
          deleteInDoubt,
          deletedBeforeReset,
        })),
      };
    }
  });

  const cases: Record<string, (ledger: Ledger) => void> = {
    'every day downloaded': (ledger) => {
      for (const record of ledger.days)
        closeDay(record, { outcome: 'downloaded', file: fileOf(record.day) }, NOW);
    },
    'every other day downloaded, and Twilio at work on the others': (ledger) => {
      for (const [at, record] of ledger.days.entries())
        if (at % 2 === 0) closeDay(record, { outcome: 'downloaded', file: fileOf(record.day) }, NOW);
    },
    'every day failed, with a problem of 200 characters of its own': (ledger) => {
      for (const record of ledger.days)
        closeDay(record, { outcome: 'failed', problem: `${record.day} ${'x'.repeat(189)}` }, NOW);
    },
  };
  for (const [title, play] of Object.entries(cases))
    it(`stays below ${MAXIMUM_BYTES / 1_000} kB for 366 days in 20 jobs: ${title}`, (t) => {
      const ledger = longLedger();
      play(ledger);
      const bytes = sizeOf(ledger);
      t.diagnostic(`${bytes} bytes, ${Buffer.byteLength(JSON.stringify(ledger))} as the run has it`);
      assert.ok(bytes < MAXIMUM_BYTES, `${bytes} bytes`);
    });

  it('stays below what the engine warns of where all 366 days were there already', (t) => {
    const ledger = openLedger(requestOf(366), NOW);
    const manifest = `file:///var/lib/bulk-exports/_manifests/bulk-export-Calls-${START}/${EXPORT_ID}.json`;
    const published = ledger.days.map(({ day }) => {
      const reused = { from: 'published', manifest } as const;
      const jobSid = `JS${'0'.repeat(32)}`;
      return { day, jobSid, reused, outcome: 'downloaded' as const, file: fileOf(day) };
    });
    enterReusableDays(ledger, { published, available: [] }, NOW);
    const bytes = sizeOf(ledger);
    t.diagnostic(`${bytes} bytes`);
    assert.ok(bytes < MAXIMUM_BYTES_REUSED, `${bytes} bytes`);
  });

  it('stays far from what the engine refuses when each day failed on its own, with the longest problems', (t) => {
    const ledger = longLedger();
    for (const attempt of [2, 3])
      for (const record of ledger.days) {
        const job = enterSubmission(ledger, { startDay: record.day, endDay: record.day }, later(attempt));
        know(job, [record.day], 'Failed');
        job.over = true;
      }
    for (const record of ledger.days)
      closeDay(record, { outcome: 'failed', problem: `${record.day} ${'x'.repeat(650)}` }, NOW);
    const bytes = sizeOf(ledger);
    t.diagnostic(`${bytes} bytes for ${ledger.jobs.length} jobs`);
    assert.ok(bytes < MAXIMUM_BYTES_AT_WORST, `${bytes} bytes`);
  });

  it('tells of days that were there already, and whether nobody has said so yet', () => {
    const request = { ...requestOf(2), reuse: 'published' } as const;
    const ledger = openLedger(request, NOW);
    assert.equal(handedOver(ledger).seeksReuse, true);
    const reused = { from: 'published', manifest: 'file:///m.json' } as const;
    const found = { day: START, jobSid: 'JS1', outcome: 'downloaded', file: fileOf(START), reused } as const;
    enterReusableDays(ledger, { published: [found], available: [], underWay: [addDays(START, 1)] }, NOW);
    const next = handedOver(ledger);
    assert.equal(next.seeksReuse, false);
    assert.deepEqual(next.underWay, ledger.underWay);
    assert.equal(next.underWay.length, 1);
    const end = { sweptJobs: [], notCleaned: [] };
    assert.deepEqual(resultOf(next, request, end), resultOf(ledger, request, end));
    assert.deepEqual(resultOf(next, request, end).days[0]?.reused, reused);
  });

  it('has days fetched there that still lie at Twilio', () => {
    const ledger = openLedger({ ...requestOf(2), reuse: 'available' }, NOW);
    const reused = { from: 'available', friendlyName: null, createDate: '2026-05-30' } as const;
    const available = [{ day: START, status: 'Completed', reused } as const];
    enterReusableDays(ledger, { published: [], available }, NOW);
    const [record] = handedOver(ledger).days;
    assert.deepEqual(record, ledger.days[0]);
    assert.deepEqual([record?.stage, record?.reused], ['toFetch', reused]);
  });

  it('has the times of problems that a version before has told of days alone', () => {
    const problem = { problem: 'Twilio reports Failed' };
    const days = [
      { day: START, ...problem, since: later(10) },
      { day: addDays(START, 1), ...problem },
      { day: addDays(START, 2), since: later(20) },
    ];
    const ledger = takeOverLedger({ startedAt: NOW, exportId: EXPORT_ID, days, jobs: [] }, NEXT_RUN);
    assert.deepEqual(
      [ledger, handedOver(ledger)].map((one) => one.days.map(({ problemSince }) => problemSince)),
      [
        [later(10), NOW, null],
        [later(10), NOW, null],
      ],
    );
  });

  it('has what is new to a later version as it begins', () => {
    const brought = [{ startDay: START, endDay: START }];
    const carried = { startedAt: NOW, exportId: EXPORT_ID, days: [{ day: START }], jobs: brought };
    const { days, jobs } = takeOverLedger(carried, NEXT_RUN);
    assert.deepEqual(days, [newDay(START, NOW)]);
    assert.deepEqual(jobs, [{ ...newJob({ startDay: START, endDay: START }, 1, NOW), inRun: NEXT_RUN }]);
  });
});

function play(
  ledger: Ledger,
  { statuses, gone, ends, jobEvent, dayEvent }: typeof turn extends fc.Arbitrary<infer T> ? T : never,
  now: string,
): void {
  const request = requestOf(8);
  for (const range of rangesToSubmit(ledger, now)) enterSubmission(ledger, range, now);
  for (const job of ledger.jobs.filter(({ over }) => !over)) {
    if (jobEvent === 'quota') job.quotaWait = { problem: 'no more days', since: now, endsAt: later(600) };
    if (jobEvent === 'create') job.inDoubt = true;
    if (jobEvent === 'quota' || jobEvent === 'create') continue;
    if (job.jobSid === null) Object.assign(job, createdAs(`JS${job.submission}`, now));
    if (jobEvent === 'doubt') job.deleteInDoubt = true;
    if (jobEvent === 'deletion') job.abandonedAt = now;
    if (jobEvent === 'reset') job.deletedBeforeReset = true;
    const days = daysBetween(job.startDay, job.endDay);
    const words = daysByStatus(days.map((day, at) => [day, statuses[at]!]));
    enterPicture(ledger, job, pictureOf(words, { asOf: now, over: gone, gone }), now);
    if (ends) closeJob(ledger, job, request, now);
  }
  const madeBy = gone ? { friendlyName: 'of others', createDate: '2026-05-30' } : null;
  for (const record of daysToFetch(ledger, request)) {
    record.stage = 'fetching';
    if (dayEvent === 'downloaded')
      closeDay(record, { outcome: 'downloaded', file: fileOf(record.day), madeBy }, NOW);
    if (dayEvent === 'empty') closeDay(record, { outcome: 'empty' }, NOW);
    if (dayEvent === 'expired') tryAgain(record, { problem: 'expired', request, now });
    if (dayEvent === 'corrupt') {
      record.corruptFiles += 1;
      record.stage = 'toFetch';
    }
  }
}

/** 366 days in 20 jobs that live, each with statuses that alternate: so many ranges, and problems. */
function longLedger(): Ledger {
  const request = requestOf(366);
  const ledger = openLedger(request, NOW);
  const days = daysBetween(request.startDay, request.endDay);
  const size = Math.ceil(days.length / MAXIMUM_LIVE_JOBS);
  for (let at = 0; at < days.length; at += size) {
    const own = days.slice(at, at + size);
    const job = enterSubmission(ledger, { startDay: own[0]!, endDay: own.at(-1)! }, later(1));
    Object.assign(job, createdAs(`JS${String(at).padStart(32, '0')}`, later(2)));
    const words = daysByStatus(own.map((day, at) => [day, at % 2 === 0 ? 'Running' : 'ErrorDuringRun']));
    const problems: JobPicture['problems'] = [{ type: 'TwilioUnavailable', problem: 'x'.repeat(400) }];
    enterPicture(ledger, job, pictureOf(words, { asOf: later(3), problems }), later(3));
  }
  assert.equal(ledger.jobs.length, MAXIMUM_LIVE_JOBS);
  return ledger;
}

function know(job: JobRecord, days: string[], word: string): void {
  Object.assign(job, createdAs(`JS${String(job.submission).padStart(32, '0')}`, later(4)));
  job.picture = pictureOf({ [word]: days }, { asOf: later(5) });
}

function createdAs(jobSid: string, createdAt: string): Partial<JobRecord> {
  const friendlyName = `Calls 2025-01-01..2025-12-31 [0123abcd-0123456789ab-1]`;
  return { jobSid, friendlyName, createdAt, workedAt: createdAt, inDoubt: false, quotaWait: null };
}

function fileOf(day: string) {
  return {
    location: `file:///var/lib/bulk-exports/account=AC${'0'.repeat(32)}/type=Calls/day=${day}/part-0.json.gz`,
    sizeBytes: 1_234_567_890,
    records: 12_345_678,
    sha256: 'a'.repeat(64),
  };
}

function handedOver(ledger: Ledger): Ledger {
  return takeOverLedger(
    JSON.parse(JSON.stringify(carryLedger(ledger, EXPORT_ID))) as CarriedLedger,
    NEXT_RUN,
  );
}

function sizeOf(ledger: Ledger): number {
  return Buffer.byteLength(JSON.stringify(carryLedger(ledger, EXPORT_ID)));
}
