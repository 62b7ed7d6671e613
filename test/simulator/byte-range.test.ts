import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseByteRange } from '../../simulator/byte-range.ts';

test('whatever is asked for, a part is never empty and lies inside of the file', () => {
  const number = fc.option(fc.nat(50), { nil: '' });
  fc.assert(
    fc.property(number, number, fc.nat(40), (first, last, sizeBytes) => {
      const range = parseByteRange(`bytes=${first}-${last}`, sizeBytes);
      if (typeof range === 'object') {
        const { start, end } = range;
        assert.ok(0 <= start && start < end && end <= sizeBytes, `${start} to ${end} of ${sizeBytes}`);
      }
    }),
    { numRuns: 500 },
  );
});

for (const [header, expected] of [
  ['bytes=-3', { start: 7, end: 10 }],
  ['bytes=-10', { start: 0, end: 10 }],
  ['bytes=-11', { start: 0, end: 10 }],
  ['bytes=2-', { start: 2, end: 10 }],
  ['bytes=2-2', { start: 2, end: 3 }],
  ['bytes=2-99', { start: 2, end: 10 }],
  ['bytes=9-', { start: 9, end: 10 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-2', 'whole'],
  ['bytes=50-2', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=1-2,4-5', 'whole'],
  ['lines=1-2', 'whole'],
] as const) {
  const what = typeof expected === 'string' ? expected : `${expected.start} to ${expected.end - 1}`;
  test(`of ten bytes, ${header} is ${what}`, () => {
    assert.deepEqual(parseByteRange(header, 10), expected);
  });
}

test('without a Range it is the whole, of an empty file too', () => {
  assert.deepEqual([parseByteRange(undefined, 10), parseByteRange(undefined, 0)], ['whole', 'whole']);
});
