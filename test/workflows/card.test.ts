import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JobPicture } from '../../activities/api.ts';
import type { ExportPhase } from '../../workflows/api.ts';
import { addDays } from '../../workflows/calendar.ts';
import { cardOf } from '../../workflows/card.ts';
import { parseExportJobInput } from '../../workflows/input.ts';
import { closeDay, enterPicture, enterSubmission, tryAgain } from '../../workflows/bookkeeping.ts';
import { openLedger } from '../../workflows/ledger.ts';
import { progressOf } from '../../workflows/progress.ts';
import { pictureOf } from './played-export.ts';

const NOW = '2026-11-22T12:00:00.000Z';
const startDay = '2025-10-01';
const request = parseExportJobInput(
  { resourceType: 'Participants', startDay, endDay: addDays(startDay, 365) },
  Date.parse(NOW),
);

describe('the card of an export', () => {
  it('is under 20 kB for 366 days in the worst of moods, in every phase', () => {
    const ledger = openLedger(request, NOW);
    for (const record of ledger.days) {
      const job = enterSubmission(ledger, { startDay: record.day, endDay: record.day }, NOW);
      job.jobSid = `JS${'f'.repeat(32)}`;
      enterPicture(ledger, job, troubled(record.day), NOW);
      if (Number(record.day.slice(-1)) % 2 === 0)
        closeDay(record, { outcome: 'failed', problem: 'x'.repeat(300) });
      else tryAgain(record, { problem: 'y'.repeat(300), request, now: NOW });
    }
    const phases: ExportPhase[] = [
      'creating',
      'waiting',
      'downloading',
      'waitingForQuota',
      'cleaning',
      'failed',
    ];
    for (const phase of phases) {
      const card = cardOf(progressOf(ledger, request, { phase, result: null, now: NOW }), request);
      assert.ok(Buffer.byteLength(card) < 20_000, `${phase}: ${Buffer.byteLength(card)} bytes`);
      assert.match(card, /and \d+ more/);
    }
  });

  it('says phase, days by status, job, queue, and what to do', () => {
    const small = { ...request, endDay: addDays(startDay, 1) };
    const ledger = openLedger(small, NOW);
    const job = enterSubmission(ledger, small, NOW);
    job.jobSid = `JS${'a'.repeat(32)}`;
    enterPicture(
      ledger,
      job,
      {
        ...troubled(startDay),
        days: { Completed: [startDay], Running: [small.endDay] },
        byStatus: { Completed: 1, Running: 1 },
      },
      NOW,
    );
    const [first] = ledger.days;
    assert.ok(first, 'a first day');
    closeDay(first, {
      outcome: 'downloaded',
      file: { location: 'file:///x', sizeBytes: 2_500_000, records: 12_345, sha256: '' },
    });
    const card = cardOf(progressOf(ledger, small, { phase: 'waiting', result: null, now: NOW }), small);
    for (const part of [
      'Waiting for Twilio',
      '1 of 2 days, 2.5 MB, 12,345 records',
      '1 downloaded, 1 Running',
      'queue position 3',
      'Twilio does not answer',
      '`checkNow`',
      '`cancel`',
    ])
      assert.ok(card.includes(part), `${part} is missing in:\n${card}`);
  });
});

function troubled(day: string): JobPicture {
  return pictureOf(
    { ErrorDuringRun: [day] },
    {
      asOf: NOW,
      jobQueuePosition: '3',
      estimatedCompletionTime: NOW,
      problems: [{ type: 'TwilioUnavailable', problem: `Twilio does not answer. ${'z'.repeat(800)}` }],
    },
  );
}
