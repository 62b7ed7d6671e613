import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccount } from '../../simulator/accounts.ts';
import { createClock } from '../../simulator/clock.ts';
import { scheduleDayFile } from '../../simulator/day-files.ts';
import type { World } from '../../simulator/world.ts';
import { OTHER_ACCOUNT } from './caller.ts';

test('a simulator that runs for long lets go of the files that have expired', () => {
  const clock = createClock({ kind: 'manual', start: '2026-11-01T00:00:00Z' });
  let number = 0;
  const world = { clock, seed: 'x', script: {}, nextNumber: () => (number += 1) } as unknown as World;
  const account = createAccount(OTHER_ACCOUNT);
  for (let count = 1; count <= 30; count += 1) {
    clock.advance(24 * 60 * 60_000);
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    const occasion = { resourceType: 'Messages', day, submission: 1 } as const;
    const completed = { occasion, status: 'Completed', completedAtMs: clock.now(), friendlyName: null };
    scheduleDayFile(world, account, completed, { isStillTrue: () => true });
    clock.settle();
  }
  assert.deepEqual(
    account.files.map(({ day }) => day.slice(-2)),
    ['25', '26', '27', '28', '29', '30', '01'],
  );
  assert.equal(account.latestFiles.size, 7);
});
