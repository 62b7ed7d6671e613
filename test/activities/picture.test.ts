import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { daysBetween, decodeDayRanges } from '../../activities/day-range.ts';
import { drawPicture, isChanged, readPicture } from '../../activities/picture/job-picture.ts';
import { describePicture } from '../../activities/picture/picture-words.ts';
import { readDetails } from '../../activities/picture/read-details.ts';
import { settleDays } from '../../activities/picture/settle-days.ts';
import { parseStatus } from '../../activities/twilio/day-status.ts';
import { parseDetails, parseJob } from '../../activities/twilio/twilio-shapes.ts';

const startDay = '2026-10-01';
const endDay = '2026-10-06';
const days = daysBetween(startDay, endDay);

const aStatus = fc.oneof(
  fc.constantFrom('Submitted', 'RUNNING', 'ErrorDuringRun', 'Completed', 'completedemptyrecords', 'Failed'),
  fc.constantFrom(
    'RunningToBeDeleted',
    'DeletedByUserRequest',
    'Paused',
    '__proto__',
    'constructor',
    'Unaccounted',
    '',
  ),
  fc.string(),
);
const anEntry = fc.record(
  {
    status: fc.oneof(aStatus, fc.constant(null)),
    count: fc.oneof(fc.integer({ min: -2, max: 9 }), fc.constant(null), fc.constant('3'), fc.double()),
    days: fc.oneof(
      fc.constant(null),
      fc.array(fc.oneof(fc.constantFrom(...days), fc.constant('2030-01-01'), fc.string(), fc.constant(7)), {
        maxLength: 8,
      }),
    ),
  },
  { requiredKeys: [] },
);
const anyDetails = fc.oneof(
  fc.constantFrom(null, [], {}, 'Completed', 3),
  anEntry,
  fc.array(fc.oneof(anEntry, fc.constant(null), fc.jsonValue()), { maxLength: 6 }),
);

test('for any details, every day of the job is in the picture exactly once', () => {
  fc.assert(
    fc.property(anyDetails, (details) => {
      const account = readDetails(parseDetails(details), startDay, endDay);
      const picture = draw(account);
      const drawn = Object.values(picture.days).flatMap((ranges) => decodeDayRanges(ranges));
      assert.deepEqual(drawn.toSorted(), days);
      assert.equal(readPicture(picture).size, days.length);
      assert.ok(Object.keys(picture.byStatus).length <= 17, 'few statuses');
      assert.ok(JSON.stringify(picture).length < 4_000, 'a small picture');
      assert.deepEqual(structuredClone(picture), JSON.parse(JSON.stringify(picture)));
      assert.ok(!isChanged(picture, structuredClone(picture)), 'a copy is no change');
      assert.ok(describePicture(picture).length < 1_500, 'a short description');
    }),
    { numRuns: 1_000 },
  );
});

test('a job whose picture is over names no day that is still under way', () => {
  fc.assert(
    fc.property(anyDetails, (details) => {
      const account = readDetails(parseDetails(details), startDay, endDay);
      if (account.countsAddUp) {
        const final = new Set(['Completed', 'CompletedEmptyRecords', 'Failed', 'DeletedByUserRequest']);
        assert.ok(
          [...account.statusOf.values()].every((status) => final.has(status)),
          'every status is final',
        );
      }
    }),
  );
});

test('statuses are read without regard to case, and unknown ones are kept as plain text', () => {
  assert.equal(parseStatus('COMPLETEDEMPTYRECORDS'), 'CompletedEmptyRecords');
  assert.equal(parseStatus('Completed_Empty_Records'), 'CompletedEmptyRecords');
  assert.equal(parseStatus('Paused'), 'Paused');
  assert.equal(parseStatus('x'.repeat(99)).length, 40);
  assert.equal(parseStatus('Unaccounted'), 'Unknown Unaccounted');
});

test('a mixed job names each day under its status', () => {
  const account = readDetails(
    parseDetails([
      { status: 'Completed', count: 2, days: ['2026-10-01', '2026-10-02'] },
      { status: 'Failed', count: 1, days: ['2026-10-03'] },
      { status: 'Running', count: 3, days: ['2026-10-04', '2026-10-05', '2026-10-06'] },
    ]),
    startDay,
    endDay,
  );
  assert.deepEqual(draw(account).days, {
    Completed: ['2026-10-01..2026-10-02'],
    Failed: ['2026-10-03'],
    Running: ['2026-10-04..2026-10-06'],
  });
  assert.equal(account.countsAddUp, false);
});

test('one status that counts all days that are not named has them all', () => {
  const account = readDetails(parseDetails({ status: 'Submitted', count: 6, days: null }), startDay, endDay);
  assert.deepEqual(draw(account).days, { Submitted: ['2026-10-01..2026-10-06'] });
  const partly = readDetails(
    parseDetails([
      { status: 'Completed', count: 2, days: ['2026-10-01', '2026-10-02'] },
      { status: 'CompletedEmptyRecords', count: 4, days: null },
    ]),
    startDay,
    endDay,
  );
  assert.deepEqual(draw(partly).days, {
    Completed: ['2026-10-01..2026-10-02'],
    CompletedEmptyRecords: ['2026-10-03..2026-10-06'],
  });
  assert.ok(partly.countsAddUp, 'the counts add up');
});

test('two statuses that name no days leave them unaccounted for, and are counted', () => {
  const account = readDetails(
    parseDetails([
      { status: 'Completed', count: 4, days: null },
      { status: 'Failed', count: 2, days: null },
    ]),
    startDay,
    endDay,
  );
  assert.deepEqual(draw(account).days, { Unaccounted: ['2026-10-01..2026-10-06'] });
  assert.deepEqual(draw(account).byStatus, { Completed: 4, Failed: 2 });
  assert.ok(account.countsAddUp, 'the counts add up');
});

test('a day that is named twice counts as final', () => {
  const account = readDetails(
    parseDetails([
      { status: 'Completed', days: ['2026-10-01'] },
      { status: 'Running', days: ['2026-10-01'] },
    ]),
    '2026-10-01',
    '2026-10-01',
  );
  assert.equal(account.statusOf.get('2026-10-01'), 'Completed');
});

test('counts that change are a change where no days are named; position and estimate are none', () => {
  const read = (completed: number): ReturnType<typeof draw> =>
    draw(
      readDetails(
        parseDetails([
          { status: 'Running', count: 6 - completed, days: null },
          { status: 'Completed', count: completed, days: null },
        ]),
        startDay,
        endDay,
      ),
    );
  assert.ok(isChanged(read(2), read(3)), 'a change');
  const hinted = {
    ...read(2),
    asOf: 'later',
    jobQueuePosition: '4',
    estimatedCompletionTime: '2026-10-09T00:00:00.000Z',
  };
  assert.ok(!isChanged(read(2), hinted), 'no change');
  assert.ok(
    isChanged(read(2), { ...read(2), problems: [{ type: 'TwilioUnavailable', problem: '' }] }),
    'a problem is a change',
  );
});

test('an unknown status is a problem that is shown', () => {
  const account = readDetails(parseDetails([{ status: 'Paused', count: 6, days: null }]), startDay, endDay);
  const { problems } = draw(account);
  assert.deepEqual(
    problems.map(({ type }) => type),
    ['UnknownStatus'],
  );
  assert.match(problems[0]?.problem ?? '', /"Paused"/);
});

test('an estimate without a time zone is UTC, and one that is no time is none', () => {
  const read = (text: unknown): unknown =>
    parseJob({ estimated_completion_time: text })?.estimatedCompletionTime;
  assert.equal(read('2026-10-03T12:00:00'), '2026-10-03T12:00:00.000Z');
  assert.equal(read('2026-10-03 12:00:00'), '2026-10-03T12:00:00.000Z');
  assert.equal(read('2026-10-03T12:00:00+02:00'), '2026-10-03T10:00:00.000Z');
  assert.equal(read('soon'), null);
  assert.equal(read(null), null);
});

test('unaccounted days are settled by our own files, then by counts that leave one status', () => {
  const settle = (
    unattributed: Record<string, number>,
    listed: string[],
    foreign: string[] = [],
  ): ReturnType<typeof settleDays> =>
    settleDays({
      unaccounted: days,
      unattributed: new Map(Object.entries(unattributed)),
      listed: [
        ...listed.map((day) => ({ day, friendlyName: 'ours' })),
        ...foreign.map((day) => ({ day, friendlyName: 'theirs' })),
        { day: null, friendlyName: 'ours' },
      ],
      friendlyName: 'ours',
    });
  const withFile = days.slice(0, 4);
  const rest = days.slice(4);

  const empties = settle({ Completed: 4, CompletedEmptyRecords: 2 }, withFile);
  assert.deepEqual(
    rest.map((day) => empties.settled.get(day)),
    ['CompletedEmptyRecords', 'CompletedEmptyRecords'],
  );
  assert.equal(empties.settled.get(days[0] ?? ''), 'CompletedOrEmpty');

  const failed = settle({ Completed: 4, Failed: 2 }, withFile);
  assert.deepEqual(
    rest.map((day) => failed.settled.get(day)),
    ['Failed', 'Failed'],
  );

  const either = settle({ Completed: 4, CompletedEmptyRecords: 1, Failed: 1 }, withFile, [days[5] ?? '']);
  assert.equal(either.settled.size, 4);
  assert.deepEqual(either.ask, [days[4]], 'a file of another job proves nothing of ours');

  const hidden = settle({ Completed: 6 }, withFile);
  assert.deepEqual(hidden.ask, rest);
});

test('settling settles no day twice and asks for none that is settled', () => {
  const statuses = fc.constantFrom(
    'Completed',
    'CompletedEmptyRecords',
    'Failed',
    'DeletedByUserRequest',
    'Odd',
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(statuses, fc.integer({ min: 1, max: 6 }))),
      fc.subarray(days),
      fc.array(
        fc.record({
          day: fc.constantFrom(...days, null),
          friendlyName: fc.constantFrom('ours', 'theirs', null),
        }),
      ),
      (counts, unaccounted, listed) => {
        const { settled, ask } = settleDays({
          unaccounted,
          unattributed: new Map(counts),
          listed,
          friendlyName: 'ours',
        });
        for (const day of [...settled.keys(), ...ask]) {
          assert.ok(unaccounted.includes(day), day);
        }
        assert.ok(
          ask.every((day) => !settled.has(day)),
          'no settled day is asked for',
        );
      },
    ),
  );
});

test('the words of a picture are its counts in the order of life, and the hints', () => {
  const words = describePicture({
    byStatus: { Completed: 15, Odd: 1, Submitted: 12, Running: 3 },
    jobQueuePosition: '4',
    estimatedCompletionTime: '2026-10-05T01:00:00.000Z',
  });
  assert.equal(
    words,
    '12 Submitted, 3 Running, 15 Completed, 1 Odd; queue position 4; estimated to be complete at 2026-10-05T01:00:00Z',
  );
});

function draw(account: ReturnType<typeof readDetails>): ReturnType<typeof drawPicture> {
  return drawPicture({
    sayingSince: '2026-10-10T12:00:00.000Z',
    atMs: Date.parse('2026-10-09T00:00:00Z'),
    startDay,
    endDay,
    ...account,
    over: account.countsAddUp,
    gone: false,
    jobQueuePosition: null,
    estimatedCompletionTime: null,
  });
}
