import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobPicture } from '../../activities/api.ts';
import { closeDay, enterPicture, enterSubmission, tryAgain } from '../../workflows/bookkeeping.ts';
import { daysBetween } from '../../workflows/calendar.ts';
import { parseExportJobInput } from '../../workflows/input.ts';
import { openLedger } from '../../workflows/ledger.ts';
import { progressOf } from '../../workflows/progress.ts';
import { later, NOW, pictureOf } from './played-export.ts';

const request = parseExportJobInput(
  { resourceType: 'Calls', startDay: '2026-05-01', endDay: '2026-05-03' },
  Date.parse(NOW),
);

describe('the problems in the progress', () => {
  it('are the days that wait for more than a day in the queue, as one range, and no sooner', () => {
    assert.deepEqual(problemsOf('Submitted', 23), []);
    const [problem, ...more] = problemsOf('Submitted', 24);
    assert.match(problem?.problem ?? '', /^In the queue for more than a day.*Nothing is lost/);
    assert.deepEqual([problem?.day, problem?.since, more], ['2026-05-01..2026-05-03', NOW, []]);
  });

  it('are the days that stay in ErrorDuringRun for longer than the export is patient, and no sooner', () => {
    assert.deepEqual(problemsOf('ErrorDuringRun', 23), []);
    const [problem, ...more] = problemsOf('ErrorDuringRun', 24);
    assert.match(problem?.problem ?? '', /^ErrorDuringRun for longer than the export is patient/);
    assert.deepEqual([problem?.jobSid, more], ['JS1', []]);
  });

  it('are the days whose files may expire within a day and are still to be fetched, and no sooner', () => {
    assert.deepEqual(problemsOf('Completed', 6 * 24 - 1), []);
    const [problem, ...more] = problemsOf('Completed', 6 * 24);
    assert.match(
      problem?.problem ?? '',
      /^Less than a day is left to fetch the file: Twilio keeps it until 2026-06-08T00:00:00\.000Z/,
    );
    assert.deepEqual(
      [problem?.day, problem?.expiresAt, problem?.since, more],
      ['2026-05-01..2026-05-03', '2026-06-08T00:00:00.000Z', '2026-06-07T00:00:00.000Z', []],
    );
  });

  it('of a day are there since it has them, whatever its status is since then', () => {
    const one = { ...request, endDay: request.startDay };
    const ledger = openLedger(one, NOW);
    const record = ledger.days[0]!;
    const tell = () => progressOf(ledger, one, { phase: 'waiting', result: null, now: later(90) }).problems;
    const sinces = () => tell().map(({ since }) => since);
    tryAgain(record, { problem: 'Twilio reports Failed', request: one, now: later(10) });
    const job = enterSubmission(ledger, one, later(25));
    job.jobSid = 'JS1';
    enterPicture(ledger, job, pictureOf({ Running: [record.day] }), later(40));
    assert.deepEqual([record.since, sinces()], [later(40), [later(10)]]);
    closeDay(record, { outcome: 'failed', problem: 'Twilio reports Failed' }, later(60));
    assert.deepEqual(sinces(), [later(60)]);
  });

  it('of days of one range are there since the first of them has them', () => {
    const ledger = openLedger(request, NOW);
    for (const [at, record] of ledger.days.entries())
      closeDay(record, { outcome: 'failed', problem: 'Not to be had' }, later(30 - 10 * at));
    const { problems } = progressOf(ledger, request, { phase: 'waiting', result: null, now: later(90) });
    assert.deepEqual(
      problems.map(({ day, since }) => [day, since]),
      [['2026-05-01..2026-05-03', later(10)]],
    );
  });

  it('count the seven days of a file from the look before, or from the day on which Twilio says it was made', () => {
    const seen = allDays('Submitted', { asOf: '2026-06-03T12:00:00.000Z' });
    const expiryOf = (otherwise: Partial<JobPicture>, before: JobPicture[]) => {
      const picture = allDays('Completed', { asOf: '2026-06-10T00:00:00.000Z', ...otherwise });
      return problemsAfter([...before, picture], '2026-06-20T00:00:00.000Z').map(({ day, expiresAt }) => [
        day,
        expiresAt,
      ]);
    };
    const all = '2026-05-01..2026-05-03';
    assert.deepEqual(expiryOf({}, [seen]), [[all, '2026-06-10T12:00:00.000Z']]);
    assert.deepEqual(expiryOf({ madeOn: { '2026-06-03': [all] } }, [seen]), [
      [all, '2026-06-10T12:00:00.000Z'],
    ]);
    assert.deepEqual(expiryOf({ madeOn: { '2026-06-07': [all] } }, [seen]), [
      [all, '2026-06-14T00:00:00.000Z'],
    ]);
    // A job that was found again was made before anybody looked.
    assert.deepEqual(expiryOf({ madeOn: { '2026-05-30': ['2026-05-02'] } }, []), [
      ['2026-05-02', '2026-06-06T00:00:00.000Z'],
      ['2026-05-01', '2026-06-08T00:00:00.000Z'],
      ['2026-05-03', '2026-06-08T00:00:00.000Z'],
    ]);
  });
});

/** Of an export whose days all have this status for so many hours. */
function problemsOf(status: string, hours: number) {
  return problemsAfter([allDays(status)], later(60 * hours));
}

/** Of an export whose job has shown these pictures. */
function problemsAfter(pictures: JobPicture[], now: string) {
  const ledger = openLedger(request, NOW);
  const job = enterSubmission(ledger, request, NOW);
  job.jobSid = 'JS1';
  for (const picture of pictures) enterPicture(ledger, job, picture, NOW);
  return progressOf(ledger, request, { phase: 'waiting', result: null, now }).problems;
}

/** All days of the export have this status. */
function allDays(status: string, otherwise?: Partial<JobPicture>): JobPicture {
  return pictureOf({ [status]: daysBetween(request.startDay, request.endDay) }, otherwise);
}
