import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultScript } from '../../simulator/index.ts';
import { startTwilio } from './caller.ts';

test('a fault that was added is taken out alone, by its own function and no other', async () => {
  await using twilio = await startTwilio({
    script: { faults: [{ kind: 'status429', operation: 'fetchExport' }] },
  });
  const { add } = twilio.simulator.faults;
  const ofJobs: FaultScript = { kind: 'status503', operation: 'listJobs' };
  const statuses = async (): Promise<number[]> => {
    const replies = ['Messages', 'Messages/Jobs', 'Messages/Days'].map((path) => twilio.api(path));
    return (await Promise.all(replies)).map(({ status }) => status);
  };
  const takeOutFirst = add(ofJobs);
  const takeOutOfDays = add({ kind: 'status503', operation: 'listDays' });
  const takeOutSecond = add(ofJobs);
  assert.deepEqual(await statuses(), [429, 503, 503]);

  takeOutOfDays();
  assert.deepEqual(await statuses(), [429, 503, 200]);
  takeOutFirst();
  takeOutFirst();
  assert.deepEqual(await statuses(), [429, 503, 200], 'one that is equal is still played');
  takeOutSecond();
  assert.deepEqual(await statuses(), [429, 200, 200], 'the fault of the script is still played');
});
