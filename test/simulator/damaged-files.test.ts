import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { FaultScript } from '../../simulator/index.ts';
import { call, startTwilio } from './caller.ts';

const DAY = '2026-10-01';

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
  await twilio.createJob(DAY, DAY);
  twilio.minutes(60);
  return (await call(await twilio.link(DAY))).bytes;
}
