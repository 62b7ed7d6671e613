import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JobPicture } from '../../activities/api.ts';
import type { ExportPhase } from '../../workflows/api.ts';
import { addDays } from '../../workflows/calendar.ts';
import { showSections } from '../../workflows/card-sections.ts';
import { asMarkdown, bytesOf, cutMarkdown } from '../../workflows/card-words.ts';
import { cardOf } from '../../workflows/card.ts';
import { parseExportJobInput } from '../../workflows/input.ts';
import { closeDay, enterPicture, enterSubmission, tryAgain } from '../../workflows/bookkeeping.ts';
import { openLedger } from '../../workflows/ledger.ts';
import { nextSubmissionAt } from '../../workflows/plan.ts';
import { progressOf } from '../../workflows/progress.ts';
import { pictureOf } from './played-export.ts';
import { endRemainingDays, resultOf } from '../../workflows/result.ts';

const NOW = '2026-11-22T12:00:00.000Z';
const WITHOUT_FILES = { files: [], nextSubmissionAt: null, now: NOW };
const startDay = '2025-10-01';
const request = parseExportJobInput(
  { resourceType: 'Participants', startDay, endDay: addDays(startDay, 365) },
  Date.parse(NOW),
);

const phases: ExportPhase[] = [
  ...(['creating', 'waiting', 'downloading', 'waitingForQuota', 'cleaning'] as const),
  ...(['complete', 'incomplete', 'cancelled', 'failed'] as const),
];

describe('the card of an export', () => {
  it('is under 20 kB for 366 days in the worst of moods, in every phase', () => {
    const ledger = openLedger(request, NOW);
    for (const record of ledger.days) {
      const job = enterSubmission(ledger, { startDay: record.day, endDay: record.day }, NOW);
      job.jobSid = `JS${'f'.repeat(32)}`;
      enterPicture(ledger, job, troubled(record.day), NOW);
      if (Number(record.day.slice(-1)) % 2 === 0)
        closeDay(record, { outcome: 'failed', problem: 'x'.repeat(300) }, NOW);
      else tryAgain(record, { problem: 'y'.repeat(300), request, now: NOW });
    }
    const files = ledger.days.map(({ day }) => `s3://bucket/${'p'.repeat(200)}/${day}`);
    for (const phase of phases) {
      const card = cardOf(progressOf(ledger, request, { phase, result: null, now: NOW }), request, {
        ...WITHOUT_FILES,
        files,
      });
      assert.ok(Buffer.byteLength(card) < 20_000, `${phase}: ${Buffer.byteLength(card)} bytes`);
      assert.match(card, /and \d+ more/);
    }
  });

  it('is under 20 kB whatever the words of others are, and how many, and keeps the first of each list', () => {
    const words = fc
      .tuple(
        fc.constantFrom('x', '[', '\\', '_', 'é', '漢', '😀', '\ud800'),
        fc.integer({ min: 1, max: 5_000 }),
      )
      .map(([character, count]) => character.repeat(count));
    const problem = fc.record({
      problem: words,
      since: fc.constant(NOW),
      day: fc.constant('2025-10-01..2026-10-01'),
      jobSid: fc.constant(`JS${'f'.repeat(32)}`),
    });
    const waits = problem.map((fault) => ({ ...fault, resumesAt: NOW }));
    const many = <T>(one: fc.Arbitrary<T>, maxLength: number) =>
      fc.array(one, { minLength: 1, maxLength, size: 'max' });
    const counts = many(words, 12).map((all) => Object.fromEntries(all.map((word) => [word, 1])));
    const progress = progressOf(openLedger(request, NOW), request, {
      phase: 'waiting',
      result: null,
      now: NOW,
    });
    fc.assert(
      fc.property(
        fc.record({
          faults: many(problem, 20),
          plans: many(waits, 20),
          counts,
          files: many(words, 5),
          word: words,
        }),
        ({ faults, plans, counts: byStatus, files, word }) => {
          const job = { jobSid: `JS${'f'.repeat(32)}`, startDay, endDay: startDay, byStatus, asOf: NOW };
          const hints = { jobQueuePosition: word, estimatedCompletionTime: NOW };
          const ended = resultOf(openLedger(request, NOW), request, {
            sweptJobs: [],
            notCleaned: faults.map((fault) => fault.problem),
            cancelReason: word,
          });
          const all = {
            ...progress,
            days: { ...progress.days, byStatus },
            jobs: Array.from({ length: 21 }, () => ({ ...job, ...hints })),
            problems: [...faults, ...plans],
            result: { ...ended, manifest: word },
          };
          const context = { files, nextSubmissionAt: NOW, now: NOW };
          const card = cardOf(all, { ...request, account: word, destination: word }, context);
          assert.ok(Buffer.byteLength(card) < 20_000, `${Buffer.byteLength(card)} bytes`);
          const longest = Math.max(
            ...(card.match(/^- 2025.*$/gm) ?? []).map((line) => Buffer.byteLength(line)),
          );
          assert.ok(longest < 640, `${longest} bytes for one problem`);
          const lists = card.split(/^\*\*(?=[A-Z][^*\n]+\*\*$)/m).slice(1);
          assert.deepEqual(
            lists.map((list) => /^[^\n]+\*\*\n\n- (?!…)/.test(list)),
            [true, true, true, true, true],
            card,
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('gives each list a turn by the line, within the room they have in all', () => {
    const section = fc.record({
      title: fc.string({ minLength: 1, maxLength: 20 }),
      lines: fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { maxLength: 12 }),
      maximumLines: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(
        fc.array(section, { maxLength: 5 }),
        fc.integer({ min: 300, max: 600 }),
        (sections, room) => {
          assert.ok(Buffer.byteLength(showSections(sections, room).join('')) <= room, 'within the room');
        },
      ),
    );
    const long = { title: 'Long', lines: Array.from({ length: 9 }, () => 'x'.repeat(50)), maximumLines: 8 };
    const short = { title: 'Short', lines: ['one', 'two', 'three', 'four'], maximumLines: 3 };
    assert.deepEqual(showSections([long, { ...long, lines: [] }, short], 220), [
      `**Long**\n\n- ${'x'.repeat(50)}\n- ${'x'.repeat(50)}\n- … and 7 more`,
      '**Short**\n\n- one\n- two\n- three\n- … and 1 more',
    ]);
  });

  it('uses the room that short texts leave for more of the others', () => {
    const progress = progressOf(openLedger(request, NOW), request, {
      phase: 'waiting',
      result: null,
      now: NOW,
    });
    const problems = Array.from({ length: 14 }, (_, at) => ({ problem: `No ${at}.`, since: NOW }));
    const card = cardOf({ ...progress, problems }, request, WITHOUT_FILES);
    assert.equal(card.match(/^- No \d+\./gm)?.length, 12);
    assert.match(card, /^- … and 2 more$/m);
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
    closeDay(
      first,
      {
        outcome: 'downloaded',
        file: { location: 'file:///x', sizeBytes: 2_500_000, records: 12_345, sha256: '' },
      },
      NOW,
    );
    const files = ['file:///exports/day=*/part-0.json.gz'];
    const card = cardOf(progressOf(ledger, small, { phase: 'waiting', result: null, now: NOW }), small, {
      ...WITHOUT_FILES,
      files,
    });
    for (const part of [
      'Waiting for Twilio',
      '1 of 2 days, 2.5 MB, 12,345 records',
      '1 downloaded, 1 Running',
      'queue position 3',
      'Twilio does not answer',
      '`checkNow`',
      '`cancel`',
      '- `file:///exports/day=*/part-0.json.gz`',
    ])
      assert.ok(card.includes(part), `${part} is missing in:\n${card}`);
  });

  it('says of one that runs, and of no other, whether it is well, since when not, and which signals it takes', () => {
    const ledger = openLedger(request, NOW);
    const progress = (phase: ExportPhase) => progressOf(ledger, request, { phase, result: null, now: NOW });
    const problems = ['2026-11-22T11:00:00.000Z', '2026-11-22T10:00:00.000Z'].map((since) => ({
      problem: 'Twilio does not answer.',
      since,
    }));
    for (const phase of phases) {
      const isRunning = phases.indexOf(phase) < phases.indexOf('complete');
      const well = cardOf(progress(phase), request, WITHOUT_FILES);
      const unwell = cardOf({ ...progress(phase), problems }, request, WITHOUT_FILES);
      assert.equal(
        /Nothing is wrong as of 2026-11-22 12:00 UTC, and there is nothing to do/.test(well),
        isRunning,
        phase,
      );
      assert.equal(/there is nothing to do/.test(unwell), false, phase);
      assert.equal(/Not all is well since 2026-11-22 10:00 UTC/.test(unwell), isRunning, phase);
      assert.equal(/`checkNow`/.test(well), isRunning, phase);
    }
  });

  it('fills its bar with the days that are there, and with no others', () => {
    const four = { ...request, endDay: addDays(startDay, 3) };
    const ledger = openLedger(four, NOW);
    const outcomes = ['downloaded', 'empty', 'failed', 'deleted'] as const;
    for (const [at, record] of ledger.days.entries()) closeDay(record, { outcome: outcomes[at]! }, NOW);
    const progress = progressOf(ledger, four, { phase: 'incomplete', result: null, now: NOW });
    const card = cardOf(progress, four, WITHOUT_FILES);
    assert.match(card, /`█{15}░{15}` 2 of 4 days/);
    assert.match(card, /^Days: 1 downloaded, 1 empty, 1 failed, 1 deleted$/m);
  });

  it('says of days that cool down when they go out again', () => {
    const ledger = openLedger(request, NOW);
    for (const record of ledger.days)
      tryAgain(record, { problem: 'Twilio reports Failed', request, now: NOW });
    const progress = progressOf(ledger, request, { phase: 'waiting', result: null, now: NOW });
    const context = { ...WITHOUT_FILES, nextSubmissionAt: nextSubmissionAt(ledger, NOW) };
    const again = /Not all is well since .* Days go out again by themselves at 2026-11-22 12:10 UTC\./;
    assert.match(cardOf(progress, request, context), again);
    assert.doesNotMatch(cardOf(progress, request, WITHOUT_FILES), /go out again/);
  });

  it('names the job of a problem, and only once', () => {
    const ledger = openLedger(request, NOW);
    const progress = progressOf(ledger, request, { phase: 'waiting', result: null, now: NOW });
    const problems = ['Could not look at the job [JS1].', 'Running for long.'].map((problem) => ({
      problem,
      since: NOW,
      jobSid: 'JS1',
    }));
    const card = cardOf({ ...progress, problems }, request, WITHOUT_FILES);
    assert.match(card, /^- Could not look at the job \\\[JS1]\. \(since/m);
    assert.match(card, /^- `JS1`: Running for long\./m);
    assert.match(card, /^- No day is in the destination so far$/m);
  });

  it('says of a wait for the quota that nothing is wrong, until when it lasts, and how it is cut short', () => {
    const ledger = openLedger(request, NOW);
    const job = enterSubmission(ledger, request, NOW);
    const endsAt = '2026-11-23T00:03:00.000Z';
    job.quotaWait = { problem: 'The quota is spent: the export waits.', since: NOW, endsAt };
    const progress = progressOf(ledger, request, { phase: 'waitingForQuota', result: null, now: NOW });
    assert.deepEqual(
      progress.problems.map(({ resumesAt }) => resumesAt),
      [endsAt],
    );
    const card = cardOf(progress, request, WITHOUT_FILES);
    assert.match(card, /there is nothing to do\.\*\* What waits goes on by itself at 2026-11-23 00:03 UTC\./);
    assert.match(card, /\*\*What it waits for \(`checkNow` tries at once\)\*\*\n\n- \S+: The quota is spent/);
    assert.ok(!/What is wrong|Not all is well/.test(card), card);

    const trouble = { problem: 'Twilio does not answer.', since: '2026-11-22T11:00:00.000Z' };
    const both = cardOf({ ...progress, problems: [...progress.problems, trouble] }, request, WITHOUT_FILES);
    assert.match(both, /Not all is well since 2026-11-22 11:00 UTC/);
    assert.match(
      both,
      /\*\*What is wrong, and what to do\*\*\n\n- Twilio does not answer\. [^\n]+\n\n\*\*What it/,
    );
  });

  it('says at the end how many days were cancelled, why, and what became of each job', () => {
    const two = { ...request, endDay: addDays(startDay, 1) };
    const ledger = openLedger(two, NOW);
    const job = enterSubmission(ledger, two, NOW);
    Object.assign(job, { jobSid: 'JS1', fate: 'unknown' });
    endRemainingDays(ledger, {
      outcome: 'cancelled',
      problem: 'The export was cancelled first',
      troubles: [],
      now: NOW,
    });
    const end = { sweptJobs: [], notCleaned: ['Half files, named _half…'], cancelReason: 'wrong\n_month_' };
    const result = resultOf(ledger, two, end);
    const card = cardOf(
      progressOf(ledger, two, { phase: 'cancelled', result, now: NOW }),
      two,
      WITHOUT_FILES,
    );
    assert.match(card, /^Days: 2 cancelled$/m);
    assert.match(card, /^Reason: wrong \\_month\\_$/m);
    assert.match(card, /^- `JS1` .*; \*\*it may still run\*\*$/m);
    assert.match(card, /^- Half files, named \\_half…$/m);
  });

  it('cuts a text by its bytes, between characters and never after the backslash of an escape', () => {
    assert.equal(cutMarkdown('\\[\\[\\[', 6), '\\[\\[\\[');
    assert.equal(cutMarkdown('\\[\\[\\[\\[', 6), '\\[…');
    assert.equal(cutMarkdown('a\\\\\\\\', 8), 'a\\\\\\\\'.slice(0, 9));
    assert.equal(cutMarkdown('漢漢漢', 8), '漢…');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 3, max: 40 }), (text, maximum) => {
        assert.equal(bytesOf(text), Buffer.byteLength(text));
        const cut = cutMarkdown(asMarkdown(text), maximum);
        assert.ok(Buffer.byteLength(cut) <= maximum, cut);
        assert.ok(cut === asMarkdown(text) || /^(?:[^\\]|\\.)*…$/su.test(cut), cut);
      }),
    );
  });

  it('shows texts of others as they are, whatever they are in Markdown', () => {
    assert.equal(
      asMarkdown('Failed [job JS1] (the last)\n# *no* `code` <b> a_b ~~x~~ \\'),
      'Failed \\[job JS1] (the last) # \\*no\\* \\`code\\` \\<b> a\\_b \\~\\~x\\~\\~ \\\\',
    );
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
