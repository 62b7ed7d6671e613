import assert from 'node:assert/strict';
import { basename, relative, resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { daysBetween, decodeDayRanges, encodeDayRanges, isDay } from '../../activities/day-range.ts';
import { hashExportId, markFriendlyName, parseMarker } from '../../activities/marker.ts';
import {
  attemptVerdictName,
  dayFolder,
  halfName,
  readHalfEtag,
  verdictName,
} from '../../activities/storage/day-path.ts';
import { StorageProblem } from '../../activities/storage/storage-problem.ts';
import { toSafeName } from '../../activities/storage/safe-name.ts';

const aDay = fc
  .integer({ min: 0, max: 40_000 })
  .map((number) => new Date(number * 86_400_000).toISOString().slice(0, 10));

test('ranges are the fewest and hold each day once, in order', () => {
  fc.assert(
    fc.property(fc.array(aDay, { maxLength: 60 }), (days) => {
      const ranges = encodeDayRanges(days);
      const wanted = [...new Set(days)].toSorted();
      assert.deepEqual(decodeDayRanges(ranges), wanted);
      const starts = wanted.filter((day) => {
        const before = new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
        return !wanted.includes(before);
      });
      assert.equal(ranges.length, starts.length);
    }),
  );
  assert.deepEqual(encodeDayRanges(daysBetween('2024-02-27', '2024-03-02')), ['2024-02-27..2024-03-02']);
  assert.deepEqual(daysBetween('2026-10-02', '2026-10-01'), []);
});

test('a day of no calendar is no day', () => {
  assert.ok(isDay('2024-02-29'), 'a leap day');
  for (const text of [
    '2026-02-29',
    '2026-13-01',
    '2026-1-1',
    '20261001',
    '2026-10-01T00',
    '../etc',
    '',
    null,
    20261001,
  ]) {
    assert.ok(!isDay(text), String(text));
  }
});

test('a marker is read back from any friendly name, and no other name has one', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.uuid(),
      fc.integer({ min: 1, max: 400 }),
      (friendlyName, namespace, exportId, submission) => {
        const name = markFriendlyName({ friendlyName, namespace, exportId, submission });
        const marker = parseMarker(name);
        assert.equal(marker?.exportHash, hashExportId(exportId));
        assert.equal(marker?.submission, submission);
        assert.ok(name.startsWith(friendlyName), name);
      },
    ),
  );
  assert.equal(parseMarker('Messages 2026-10-01..2026-10-30'), null);
  assert.equal(parseMarker('x [0123abcd-0123456789ab-1] copy'), null);
});

test('a safe name keeps to safe letters, never leads elsewhere, and belongs to one text alone', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ minLength: 80, maxLength: 300 }),
    fc.constantFrom('.', '..', '../x', 'a/b', 'a%2Fb', ''),
  );
  fc.assert(
    fc.property(text, text, (one, other) => {
      const name = toSafeName(one);
      assert.match(name, /^[A-Za-z0-9_%-][A-Za-z0-9._%-]*$/);
      assert.ok(name.length <= 140, name);
      // Lone surrogates have no UTF-8 of their own: they are one text there.
      if (!Buffer.from(one).equals(Buffer.from(other))) {
        assert.notEqual(name, toSafeName(other));
      }
    }),
  );
  assert.equal(
    toSafeName('bulk-export-Messages-2026-10-01..2026-10-30'),
    'bulk-export-Messages-2026-10-01..2026-10-30',
  );
});

test('a half file tells its ETag, but not to another export, and never a weak or an overlong one', () => {
  const name = halfName('run-1', '"abc-1"', '0123abcd');
  assert.equal(readHalfEtag(name, 'run-1'), '"abc-1"');
  assert.equal(readHalfEtag(name, 'run-2'), null);
  assert.equal(readHalfEtag(halfName('run-1', 'W/"abc"', '0123abcd'), 'run-1'), null);
  assert.equal(readHalfEtag(halfName('run-1', null, '0123abcd'), 'run-1'), null);
  const long = halfName('run-1', `"${'x'.repeat(300)}"`, '0123abcd');
  assert.equal(readHalfEtag(long, 'run-1'), null);
  assert.ok(long.length < 200, long);
});

/** Texts that somebody would try, and any other. */
const hostile = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '..',
    '../..',
    '/etc',
    '2026-10-01/../../..',
    '..\\..',
    '\0',
    'AC/../x',
    '%2e%2e',
    'Messages/..',
    '',
  ),
  fc.constantFrom(
    `AC${'0'.repeat(32)}\n`,
    `AC${'0'.repeat(32)}/..`,
    '2026-10-01\n',
    'constructor',
    '__proto__',
  ),
);

test('whatever account, type and day are called, the folder lies three below the destination or there is none', () => {
  const sid = fc.constant(`AC${'0'.repeat(32)}`);
  const type = fc.constantFrom('Messages', 'Calls', 'Conferences', 'Participants');
  let folders = 0;
  fc.assert(
    fc.property(
      fc.oneof(sid, hostile),
      fc.oneof(type, hostile),
      fc.oneof(aDay, hostile),
      hostile,
      (accountSid, resourceType, day, exportId) => {
        const key = { accountSid, resourceType: resourceType as 'Calls', day, exportId };
        let folder: string;
        try {
          folder = dayFolder(key);
        } catch (error) {
          assert.ok(error instanceof StorageProblem && error.kind === 'rejected', String(error));
          return;
        }
        folders++;
        assert.match(
          relative('/exports', resolve('/exports', folder)),
          /^account=AC[0-9a-f]{32}\/type=[A-Z][a-z]+\/day=\d{4}-\d\d-\d\d$/,
        );
      },
    ),
    { numRuns: 1_000 },
  );
  assert.ok(folders > 10, `${folders} keys were good ones`);
});

test('whatever the export, its ETag and its workflow are called, each of their files is one plain name', () => {
  fc.assert(
    fc.property(
      hostile,
      fc.option(
        fc.oneof(
          hostile,
          hostile.map((text) => `"${text}"`),
        ),
      ),
      (text, etag) => {
        const names = [
          halfName(text, etag, '0123abcd'),
          verdictName(text),
          attemptVerdictName(text, '0123abcd'),
          `${toSafeName(text)}.json`,
        ];
        for (const name of names) {
          assert.equal(basename(name), name);
          assert.match(name, /^[\w%-][\w.%-]{0,249}$/);
        }
      },
    ),
    { numRuns: 1_000 },
  );
});
