import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { FaultScript } from '../../simulator/index.ts';
import { call, startTwilio } from './caller.ts';
import { completeDay, DAY } from './one-day.ts';

const share = fc.oneof(
  fc.constantFrom(0, 0.25, 0.5, 0.75, 0.99, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

const amount = fc.oneof(
  fc.record({ records: fc.constantFrom(0, 1, 499, 500, 501, 1000, 1500, 3000) }),
  fc.record({ sizeBytes: fc.oneof(fc.integer({ min: 2000, max: 400_000 }), fc.constantFrom(2000, 400_000)) }),
);

for (const kind of ['truncated', 'corrupt'] as const) {
  test(`whatever a file holds and wherever it is ${kind}, gzip finds it bad`, async () => {
    await fc.assert(
      fc.asyncProperty(amount, share, async (day, at) => {
        const fault: FaultScript = { kind, at };
        const bytes = await download({ days: [day], faults: [fault] });
        assert.throws(() => gunzipSync(bytes), `${JSON.stringify(day)} ${kind} at ${at}`);
      }),
      { numRuns: 80 },
    );
  });
}

test('a damaged file bears the ETag of the whole one: no header tells them apart', async () => {
  await using twilio = await startTwilio();
  await completeDay(twilio);
  const whole = await call(await twilio.link(DAY));
  assert.match(String(whole.headers.etag), /^"[^"]+"$/);
  for (const kind of ['truncated', 'corrupt', 'truncated'] as const) {
    const takeOut = twilio.simulator.faults.add({ kind });
    const damaged = await call(await twilio.link(DAY));
    assert.equal(damaged.bytes.equals(whole.bytes), false, `${kind} is damaged`);
    assert.equal(damaged.headers.etag, whole.headers.etag, kind);
    assert.equal(damaged.headers['content-length'], String(damaged.bytes.length), kind);
    takeOut();
  }
});

test('a file of an exact size is whole gzip of as many records as it is said to have', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2000, max: 400_000 }), async (sizeBytes) => {
      await using twilio = await startTwilio({ script: { days: [{ sizeBytes }] } });
      const expected = twilio.simulator.expectedFile({ resourceType: 'Messages', day: DAY });
      const bytes = await download({ days: [{ sizeBytes }] });
      const lines = gunzipSync(bytes).toString('utf8').trimEnd().split('\n');
      lines.forEach((line) => assert.equal(typeof JSON.parse(line), 'object', line));
      assert.deepEqual([bytes.length, lines.length], [sizeBytes, expected?.records]);
    }),
    { numRuns: 40 },
  );
});

async function download(script: NonNullable<Parameters<typeof startTwilio>[0]>['script']): Promise<Buffer> {
  await using twilio = await startTwilio(script ? { script } : {});
  await completeDay(twilio);
  return (await call(await twilio.link(DAY))).bytes;
}
