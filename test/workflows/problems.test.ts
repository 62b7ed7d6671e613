import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobPicture } from '../../activities/api.ts';
import { enterPicture, enterSubmission } from '../../workflows/bookkeeping.ts';
import { daysBetween } from '../../workflows/calendar.ts';
import { parseExportJobInput } from '../../workflows/input.ts';
import { openLedger } from '../../workflows/ledger.ts';
import { progressOf } from '../../workflows/progress.ts';

const NOW = '2026-06-01T00:00:00.000Z';
const HOUR_MS = 3_600_000;
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
});

/** Of an export whose days all have this status for so many hours. */
function problemsOf(status: string, hours: number) {
  const ledger = openLedger(request, NOW);
  const job = enterSubmission(ledger, request, NOW);
  job.jobSid = 'JS1';
  enterPicture(ledger, job, pictureOf(status), NOW);
  const now = new Date(Date.parse(NOW) + hours * HOUR_MS).toISOString();
  return progressOf(ledger, request, { phase: 'waiting', result: null, now }).problems;
}

function pictureOf(status: string): JobPicture {
  const days = daysBetween(request.startDay, request.endDay);
  return {
    asOf: NOW,
    days: { [status]: [`${request.startDay}..${request.endDay}`] },
    byStatus: { [status]: days.length },
    over: false,
    gone: false,
    jobQueuePosition: null,
    estimatedCompletionTime: null,
    problems: [],
  };
}
