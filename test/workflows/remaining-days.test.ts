import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { daysBetween } from '../../workflows/calendar.ts';
import { enterPicture, enterSubmission } from '../../workflows/bookkeeping.ts';
import type { ExportProblem } from '../../workflows/api.ts';
import { type Ledger, openLedger } from '../../workflows/ledger.ts';
import { endRemainingDays } from '../../workflows/result.ts';
import { later, NOW, pictureOf, requestOf } from './played-export.ts';

const TIMEOUT = 'The timeout of the export ended first';
const FULL = { problem: 'The disk is full.', since: NOW };

describe('a day that an export leaves at its end', () => {
  it('tells what kept its download, and one that waited for others what kept these', () => {
    const [first, second] = requestedDays(2);
    const trouble = { ...FULL, day: first };
    assert.deepEqual(endedWith([trouble], 'fetching', 'toFetch'), [
      `${TIMEOUT} [Completed]; of its download: The disk is full.`,
      `${TIMEOUT} [Completed]; it waits for other downloads, of which one: The disk is full.`,
    ]);
    assert.deepEqual(endedWith([{ ...FULL, day: second }], 'fetching', 'toFetch'), [
      `${TIMEOUT} [Completed]`,
      `${TIMEOUT} [Completed]`,
    ]);
  });

  it('tells what kept its job from being made', () => {
    const request = requestOf(2);
    const ledger = openLedger(request, NOW);
    const job = enterSubmission(ledger, request, NOW);
    const day = `${request.startDay}..${request.endDay}`;
    end(ledger, [{ problem: 'Twilio does not answer.', since: NOW, day }]);
    const waiting = openLedger(request, NOW);
    enterSubmission(waiting, request, NOW).quotaWait = { problem: 'No quota', since: NOW, endsAt: NOW };
    end(waiting, []);
    assert.equal(job.jobSid, null);
    assert.deepEqual(
      [ledger, waiting].map(({ days }) => days[1]?.problem),
      [
        `${TIMEOUT} [not yet looked at]; of its job: Twilio does not answer.`,
        `${TIMEOUT} [not yet looked at]; of its job: No quota`,
      ],
    );
  });

  it('tells what kept the looks at its job: what is tried again, before what a look has told', () => {
    const request = requestOf(1);
    const tell = (troubles: ExportProblem[]) => {
      const ledger = openLedger(request, NOW);
      const job = enterSubmission(ledger, request, NOW);
      job.jobSid = 'JS1';
      const problems = [{ type: 'TwilioUnavailable' as const, problem: 'p'.repeat(301) }];
      enterPicture(ledger, job, pictureOf({ Running: [request.startDay] }, { problems }), NOW);
      end(ledger, troubles);
      return ledger.days[0]?.problem;
    };
    assert.equal(tell([]), `${TIMEOUT} [Running]; of its job: ${'p'.repeat(300)}…`);
    const ofOther = { problem: 'Of another job.', since: NOW, jobSid: 'JS2' };
    const ofIt = { problem: 'No answer.', since: NOW, jobSid: 'JS1' };
    assert.equal(tell([ofOther, ofIt]), `${TIMEOUT} [Running]; of its job: No answer.`);
  });

  it('tells what kept the export from finding out which days are there', () => {
    const ledger = openLedger(requestOf(1), NOW);
    end(ledger, [{ problem: 'The destination is away.', since: NOW }]);
    assert.deepEqual(
      ledger.days.map(({ problem, problemSince }) => [problem, problemSince]),
      [[`${TIMEOUT} [not submitted]; of the export: The destination is away.`, later(60)]],
    );
  });
});

function requestedDays(count: number): string[] {
  const { startDay, endDay } = requestOf(count);
  return daysBetween(startDay, endDay);
}

function endedWith(troubles: ExportProblem[], ...stages: ('fetching' | 'toFetch')[]) {
  const ledger = openLedger(requestOf(stages.length), NOW);
  for (const [at, record] of ledger.days.entries())
    Object.assign(record, { stage: stages[at], status: 'Completed' });
  end(ledger, troubles);
  return ledger.days.map(({ problem }) => problem);
}

function end(ledger: Ledger, troubles: ExportProblem[]): void {
  endRemainingDays(ledger, { outcome: 'failed', problem: TIMEOUT, troubles, now: later(60) });
}
