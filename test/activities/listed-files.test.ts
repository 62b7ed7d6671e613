import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ResourceType } from '../../activities/index.ts';
import type { FileList, ListedFiles } from '../../activities/twilio/listed-files.ts';
import { createListedFiles } from '../../activities/twilio/listed-files.ts';

const DAY = '2026-10-01';
const FOR_EVER_MS = 1_000_000;
const { signal } = new AbortController();

test('of each type one reading is under way at most, and serves all who asked before it began', async () => {
  const { files, asked, answer } = listOnDemand(FOR_EVER_MS);
  const recent = [files.recent('Calls', signal), files.recent('Calls', signal)];
  const fresh = [1, 2, 3].map(() => files.fresh('Calls', signal));
  const ofAnotherType = files.recent('Messages', signal);
  assert.deepEqual(asked, ['Calls', 'Messages']);

  answer('Calls');
  assert.deepEqual(await namesOf(recent), ['1', '1']);
  answer('Messages');
  assert.deepEqual(await namesOf([ofAnotherType]), ['2']);
  assert.deepEqual(asked, ['Calls', 'Messages', 'Calls'], 'what is fresh is read after it was asked for');
  fresh.push(files.fresh('Calls', signal));
  answer('Calls');
  await fresh[0];
  answer('Calls');
  assert.deepEqual(await namesOf(fresh), ['3', '3', '3', '4']);
});

test('a reading is recent for a while, and then forgotten', async () => {
  const { files, asked, answer } = listOnDemand(50);
  const first = files.recent('Calls', signal);
  answer('Calls');
  assert.deepEqual(await namesOf([first, files.recent('Calls', signal)]), ['1', '1']);
  while (asked.length === 1) {
    await pause(10);
    void files.recent('Calls', signal);
  }
  answer('Calls');
  assert.deepEqual(await namesOf([files.recent('Calls', signal)]), ['2']);
});

test('who gives up waiting ends no reading of the others, and a reading that failed is not the last one', async () => {
  const { files, asked, answer, fail } = listOnDemand(FOR_EVER_MS);
  const givingUp = new AbortController();
  const givenUp = files.recent('Calls', givingUp.signal);
  const patient = files.recent('Calls', signal);
  givingUp.abort(new Error('given up'));
  await assert.rejects(givenUp, /given up/);
  answer('Calls');
  assert.deepEqual(await namesOf([patient]), ['1']);
  await assert.rejects(files.recent('Calls', givingUp.signal), /given up/);

  const broken = files.fresh('Calls', signal);
  const next = files.fresh('Calls', signal);
  fail('Calls');
  await assert.rejects(broken, /away/);
  await pause(0);
  answer('Calls');
  assert.deepEqual(await namesOf([next]), ['3']);
  assert.equal(asked.length, 3);
});

/** How a reading ends. */
interface Turn {
  resolve: () => void;
  reject: (error: Error) => void;
}

/** Lists one file, named by the number of the reading, whenever the test says so. */
function listOnDemand(recentMs: number) {
  const asked: ResourceType[] = [];
  const waiting = new Map<ResourceType, Turn[]>();
  const files: ListedFiles = createListedFiles(
    {
      listDays: async ({ resourceType, keep }) => {
        const friendlyName = String(asked.push(resourceType));
        await new Promise<void>((resolve, reject) => {
          waiting.set(resourceType, [...(waiting.get(resourceType) ?? []), { resolve, reject }]);
        });
        keep({ day: DAY, friendlyName, createDay: null, sizeBytes: null });
        return { value: [], atMs: 0 };
      },
    },
    { recentMs, redact: (text) => text },
  );
  return {
    files,
    asked,
    answer: (type: ResourceType): void => waiting.get(type)?.shift()?.resolve(),
    fail: (type: ResourceType): void => waiting.get(type)?.shift()?.reject(new Error('away')),
  };
}

async function namesOf(lists: Promise<FileList>[]): Promise<unknown[]> {
  const read = await Promise.all(lists);
  return read.map(({ value }) => value.get(DAY)?.friendlyName);
}
