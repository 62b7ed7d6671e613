import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addDays, daysBetween } from '../../workflows/calendar.ts';
import {
  closeDay,
  closeJob,
  enterPicture,
  enterReusableDays,
  enterSubmission,
  tryAgain,
} from '../../workflows/bookkeeping.ts';
import { type Ledger, openLedger } from '../../workflows/ledger.ts';
import {
  daysToFetch,
  isHopeless,
  isOver,
  MAXIMUM_LIVE_JOBS,
  nextPatienceEnd,
  rangesToSubmit,
} from '../../workflows/plan.ts';
import { later, NOW, pictureOf, requestOf as requestOfDays, START } from './played-export.ts';

const requestOf = (count: number) => requestOfDays(count, { resubmit: { maximumAttempts: 2 } });

describe('the ranges to submit', () => {
  it('are the whole export at first', () => {
    const request = requestOf(366);
    assert.deepEqual(rangesToSubmit(openLedger(request, NOW), NOW), [
      { startDay: request.startDay, endDay: request.endDay },
    ]);
  });

  it('are none while nobody has said which days are there already, and then all the others', () => {
    const ledger = openLedger({ ...requestOf(3), reuse: 'published' }, NOW);
    assert.deepEqual(rangesToSubmit(ledger, NOW), []);
    const reused = { from: 'published', manifest: 'file:///m.json' } as const;
    const day = addDays(START, 1);
    enterReusableDays(
      ledger,
      { published: [{ day, outcome: 'empty', jobSid: null, reused }], available: [] },
      NOW,
    );
    assert.deepEqual(
      rangesToSubmit(ledger, NOW).map(({ startDay, endDay }) => [startDay, endDay]),
      [
        [START, START],
        [addDays(START, 2), addDays(START, 2)],
      ],
    );
  });

  it('begin with what jobs from before a reset were asked for, as it was, so that each is adopted', () => {
    const ledger = openLedger({ ...requestOf(6), reuse: 'published' }, NOW);
    const [one = '', two = '', three = '', four = '', five = '', six = ''] = ledger.days.map(
      ({ day }) => day,
    );
    enterReusableDays(ledger, { published: [], available: [], underWay: [`${five}..${six}`, two] }, NOW);
    assert.deepEqual(rangesToSubmit(ledger, NOW), [
      { startDay: five, endDay: six },
      { startDay: two, endDay: two },
      { startDay: one, endDay: one },
      { startDay: three, endDay: four },
    ]);
    for (const range of rangesToSubmit(ledger, NOW)) enterSubmission(ledger, range, NOW);
    for (const job of ledger.jobs) job.over = true;
    for (const record of ledger.days) tryAgain(record, { problem: 'x', request: requestOf(6), now: NOW });
    assert.deepEqual(rangesToSubmit(ledger, later(10)), [{ startDay: one, endDay: six }], 'at first alone');
  });

  it('cover, after a job, exactly the failed days that have attempts left, once their cool-down is over', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), (fails) => {
        const request = requestOf(fails.length);
        const ledger = openLedger(request, NOW);
        submitAll(ledger, fails);
        assert.deepEqual(rangesToSubmit(ledger, later(9)), []);

        const ranges = rangesToSubmit(ledger, later(10));
        const covered = ranges.flatMap(({ startDay, endDay }) => daysBetween(startDay, endDay));
        const failed = ledger.days.filter((_, at) => fails[at]).map(({ day }) => day);
        const expected =
          ranges.length < MAXIMUM_LIVE_JOBS ? failed : failed.filter((day) => covered.includes(day));
        assert.deepEqual(covered, expected);
        assert.ok(ranges.length <= MAXIMUM_LIVE_JOBS, `${ranges.length} ranges`);

        for (const range of ranges) {
          const job = enterSubmission(ledger, range, later(10));
          enterPicture(
            ledger,
            job,
            pictureOf({ Failed: daysBetween(range.startDay, range.endDay) }),
            later(11),
          );
          closeJob(ledger, job, request, later(11));
        }
        const tried = ledger.days.filter(({ attempts }) => attempts === 2);
        assert.ok(
          tried.every(({ outcome }) => outcome === 'failed'),
          'every day that was tried has failed',
        );
      }),
    );

    function submitAll(ledger: Ledger, fails: boolean[]) {
      const request = requestOf(fails.length);
      const job = enterSubmission(ledger, request, NOW);
      const byFate = { Failed: [] as string[], Completed: [] as string[] };
      for (const [at, { day }] of ledger.days.entries()) byFate[fails[at] ? 'Failed' : 'Completed'].push(day);
      enterPicture(ledger, job, pictureOf(byFate), NOW);
      for (const record of ledger.days)
        if (record.stage === 'toFetch') closeDay(record, { outcome: 'empty' }, NOW);
      closeJob(ledger, job, request, NOW);
      assert.equal(isOver(ledger), byFate.Failed.length === 0);
    }
  });

  it('wait for the other days of the same submission, so that neighbours go out together', () => {
    const request = requestOf(3);
    const ledger = openLedger(request, NOW);
    const job = enterSubmission(ledger, request, NOW);
    enterPicture(ledger, job, pictureOf({ Completed: ledger.days.map(({ day }) => day) }), NOW);
    closeJob(ledger, job, request, NOW);
    const [first, second, third] = ledger.days;
    assert.ok(first && second && third, 'three days');
    tryAgain(first, { problem: 'expired', request, now: NOW });
    assert.deepEqual(rangesToSubmit(ledger, later(10)), []);
    tryAgain(second, { problem: 'expired', request, now: later(5) });
    closeDay(third, { outcome: 'empty' }, NOW);
    assert.deepEqual(rangesToSubmit(ledger, later(10)), []);
    assert.deepEqual(rangesToSubmit(ledger, later(15)), [{ startDay: first.day, endDay: second.day }]);
  });
});

describe('the days to fetch', () => {
  it('are those first whose files expire first, whichever days they are, within the window', () => {
    const request = { ...requestOf(5), maxConcurrentDownloads: 3 };
    const ledger = openLedger(request, NOW);
    const job = enterSubmission(ledger, request, NOW);
    const [first, second, third, fourth, fifth] = ledger.days.map(({ day }) => day) as [
      string,
      ...[string, string, string, string],
    ];
    const looks: [asOf: string, completed: string[]][] = [
      [later(0), []],
      [later(10), [fourth]],
      [later(20), [fourth, second, fifth]],
      [later(30), [first, second, third, fourth, fifth]],
    ];
    for (const [asOf, completed] of looks)
      enterPicture(ledger, job, pictureOf({ Completed: completed }, { asOf }), later(60));
    const fetched = () => daysToFetch(ledger, request).map(({ day }) => day);
    assert.deepEqual(fetched(), [fourth, second, fifth]);
    for (const record of daysToFetch(ledger, request)) closeDay(record, { outcome: 'empty' }, NOW);
    assert.deepEqual(fetched(), [first, third]);
  });
});

describe('patience', () => {
  const request = requestOf(2);
  const [first = '', second = ''] = daysBetween(request.startDay, request.endDay);

  function waiting(days: Record<string, string[]>, byStatus?: Record<string, number>) {
    const ledger = openLedger(request, NOW);
    const job = enterSubmission(ledger, request, NOW);
    enterPicture(ledger, job, pictureOf(days, byStatus && { byStatus }), NOW);
    return { ledger, job };
  }

  it('with ErrorDuringRun ends after errorPatience, once no other day of the job is under way', () => {
    const alone = waiting({ ErrorDuringRun: [first], Completed: [second] });
    assert.equal(nextPatienceEnd(alone.ledger, alone.job, NOW, request), later(24 * 60));
    assert.equal(isHopeless(alone.ledger, alone.job, later(24 * 60 - 1), request), false);
    assert.equal(isHopeless(alone.ledger, alone.job, later(24 * 60), request), true);

    const beside = waiting({ ErrorDuringRun: [first], Running: [second] });
    assert.equal(isHopeless(beside.ledger, beside.job, later(100 * 60), request), false);
  });

  it('is without end with a job that is in the queue, whether it names its days or not', () => {
    for (const status of ['Submitted', 'Unaccounted', 'Running', 'Pondering']) {
      const { ledger, job } = waiting({ [status]: [first, second] });
      assert.equal(isHopeless(ledger, job, later(1_000 * 60), request), false, status);
    }
  });

  it('is not lost with days that Twilio counts as under way without naming them', () => {
    const { ledger, job } = waiting(
      { Unaccounted: [first], Completed: [second] },
      { Completed: 1, Submitted: 1 },
    );
    assert.equal(isHopeless(ledger, job, later(100 * 60), request), false);
  });

  it('begins when a day is stuck, not while its job was in the queue', () => {
    const { ledger, job } = waiting({ Unaccounted: [first, second] }, {});
    enterPicture(ledger, job, pictureOf({ Unaccounted: [first], Completed: [second] }), later(25 * 60));
    assert.equal(isHopeless(ledger, job, later(26 * 60), request), false);
    assert.equal(isHopeless(ledger, job, later(49 * 60), request), true);
  });

  it('with a job that our DELETE of unknown end has set on its way out is an hour', () => {
    const { ledger, job } = waiting({ ErrorDuringRun: [first], Completed: [second] });
    job.deleteInDoubt = true;
    enterPicture(ledger, job, pictureOf({ RunningToBeDeleted: [first], Completed: [second] }), later(10));
    assert.equal(nextPatienceEnd(ledger, job, later(10), request), later(70));
    assert.equal(isHopeless(ledger, job, later(69), request), false);
    assert.equal(isHopeless(ledger, job, later(70), request), true);
  });

  it('ends with a day that stands nowhere while the others of its job do', () => {
    const { ledger, job } = waiting({ Unaccounted: [first], Completed: [second] });
    assert.equal(isHopeless(ledger, job, later(24 * 60), request), true);
  });
});
