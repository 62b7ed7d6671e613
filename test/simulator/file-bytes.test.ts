import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { bytesAt, makeFileBytes, sha256Of } from '../../simulator/file-bytes.ts';
import type { FileBytes } from '../../simulator/file-bytes.ts';
import { RESOURCE_TYPES } from '../../simulator/script.ts';

const OF = {
  seed: 'a seed',
  accountSid: `AC${'1'.repeat(32)}`,
  resourceType: 'Messages',
  day: '2026-10-01',
  version: 1,
} as const;

function read(file: FileBytes, start = 0): Buffer {
  const parts: Buffer[] = [];
  for (let offset = start; offset < file.sizeBytes;) {
    const part = bytesAt(file, offset);
    parts.push(part);
    offset += part.length;
  }
  return Buffer.concat(parts);
}

test('a file of so many records has exactly so many lines, each JSON', () => {
  for (const records of [0, 1, 499, 500, 501, 2750]) {
    const file = makeFileBytes(OF, { records });
    const text = gunzipSync(read(file)).toString('utf8');
    assert.equal(text.split('\n').length - 1, records);
    assert.equal(file.records, records);
  }
});

test('a file of an exact size has it, and is whole gzip with records in it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2000, max: 300_000 }), (sizeBytes) => {
      const file = makeFileBytes(OF, { sizeBytes });
      const bytes = read(file);
      assert.equal(bytes.length, sizeBytes);
      assert.equal(gunzipSync(bytes).toString('utf8').split('\n').length - 1, file.records);
      assert.notEqual(file.records, 0);
    }),
    { numRuns: 15 },
  );
});

test('a file can be read from any offset', () => {
  const file = makeFileBytes(OF, { sizeBytes: 100_000 });
  const whole = read(file);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999 }), (offset) => {
      assert.ok(read(file, offset).equals(whole.subarray(offset)), `from ${offset}`);
    }),
    { numRuns: 30 },
  );
});

test('a file of several gigabytes takes no more memory than one member of it', () => {
  const file = makeFileBytes(OF, { sizeBytes: 5_000_000_000 });
  assert.equal(file.sizeBytes, 5_000_000_000);
  assert.ok(file.repeated.length + file.rest.length < 300_000, 'small');
});

test('the same seed gives the same bytes; another seed, account, type, day or version gives others', () => {
  const hash = (of: Parameters<typeof makeFileBytes>[0]): string =>
    sha256Of(makeFileBytes(of, { records: 20 }));
  const etag = (of: Parameters<typeof makeFileBytes>[0]): string => makeFileBytes(of, { records: 20 }).etag;
  const others = [
    { ...OF, seed: 'another' },
    { ...OF, accountSid: `AC${'2'.repeat(32)}` },
    { ...OF, resourceType: 'Calls' } as const,
    { ...OF, day: '2026-10-02' },
    { ...OF, version: 2 },
  ];
  for (const of of [hash, etag]) {
    assert.equal(of(OF), of({ ...OF }));
    assert.equal(new Set([OF, ...others].map(of)).size, 6);
  }
});

const FIELDS = {
  Messages: ['sid', 'date_created', 'date_sent', 'status', 'direction', 'from', 'to', 'body', 'num_segments'],
  Calls: ['sid', 'start_time', 'end_time', 'status', 'duration', 'from', 'to', 'price'],
  Conferences: ['sid', 'friendly_name', 'date_created', 'status', 'region'],
  Participants: ['conference_sid', 'call_sid', 'muted', 'hold', 'date_created'],
};

for (const resourceType of RESOURCE_TYPES) {
  test(`records of ${resourceType} have the shape of the documents, with times in UTC`, () => {
    const file = makeFileBytes({ ...OF, resourceType }, { records: 300 });
    const lines = gunzipSync(read(file)).toString('utf8').trimEnd().split('\n');
    for (const line of lines) {
      const record = JSON.parse(line) as Record<string, unknown>;
      assert.equal(record['account_sid'], OF.accountSid);
      assert.match(String(record['date_created']), /^2026-10-01T\d\d:\d\d:\d\dZ$/);
      for (const field of FIELDS[resourceType]) {
        assert.ok(Object.hasOwn(record, field), field);
      }
    }
  });
}

test('Messages have numbers for segments and media, an error code of 0 or null, and some have no price', () => {
  const lines = gunzipSync(read(makeFileBytes(OF, { records: 300 })))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const numbers = new Set(records.flatMap((record) => [typeof record['num_segments'], record['num_media']]));
  assert.deepEqual([...numbers], ['number', 0]);
  assert.ok(
    records.some((record) => record['error_code'] === null),
    'an error code of null',
  );
  assert.ok(
    records.some((record) => record['error_code'] === 0),
    'an error code of 0',
  );
  const kinds = new Set(records.map(({ price }) => typeof price));
  assert.deepEqual([...kinds].toSorted(), ['string', 'undefined']);
});

test('records hold fields that no document names', () => {
  for (const [resourceType, field] of [
    ['Messages', 'tags'],
    ['Calls', 'flags'],
  ] as const) {
    const [line = ''] = gunzipSync(read(makeFileBytes({ ...OF, resourceType }, { records: 1 })))
      .toString('utf8')
      .split('\n');
    assert.ok(Object.hasOwn(JSON.parse(line) as object, field), field);
  }
});
