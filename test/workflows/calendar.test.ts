import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  addDays,
  countDays,
  dayOf,
  daysBetween,
  daysOfRanges,
  fewestRanges,
  formatRange,
  isDay,
} from '../../workflows/calendar.ts';

const day = fc.integer({ min: 0, max: 40_000 }).map((count) => addDays('1990-01-01', count));

describe('days', () => {
  it('are those of the calendar, and nothing else', () => {
    assert.deepEqual(
      ['2024-02-29', '2026-02-29', '2026-13-01', '2026-1-01', '2026-01-01T00:00', ''].map(isDay),
      [true, false, false, false, false, false],
    );
  });

  it('are counted with both ends', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 366 }), (start, more) => {
        const end = addDays(start, more);
        assert.equal(countDays(start, end), more + 1);
        const days = daysBetween(start, end);
        assert.equal(days.length, more + 1);
        assert.deepEqual([days[0], days.at(-1)], [start, end]);
        assert.ok(
          days.every((each) => isDay(each) && dayOf(Date.parse(each)) === each),
          days.join(),
        );
      }),
    );
  });
});

describe('the fewest ranges', () => {
  it('cover exactly the days that were given, and touch nowhere', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 }), (offsets) => {
        const days = offsets.map((offset) => addDays('2026-02-10', offset));
        const ranges = fewestRanges(days);
        assert.deepEqual(daysOfRanges(ranges.map(formatRange)), [...new Set(days)].toSorted());
        for (const [at, { startDay }] of ranges.entries()) {
          const before = ranges[at - 1];
          assert.ok(!before || addDays(before.endDay, 1) < startDay, startDay);
        }
      }),
    );
  });
});
