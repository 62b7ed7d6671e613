import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { InvalidInputError } from '../../client/index.ts';
import type { Simulator } from '../../simulator/index.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { accountOf, filesBelow, quickExport, type RealParts, withRealParts } from './real-parts.ts';

/** What is wrong, the input, and what the refusal has to say: field, expected, got. */
type BadInput = [title: string, input: unknown, ...says: RegExp[]];

const good = quickExport(2);
const today = dayOf(Date.now());

const badInputs: BadInput[] = [
  ['no object', 'Messages', /the input must be a JSON object, got "Messages"/],
  ['nothing', undefined, /the input must be a JSON object, got nothing/],
  ['an unknown field', { ...good, frendlyName: 'x' }, /frendlyName is not a field of the input/],
  ['an unknown field within a field', { ...good, poll: { interval: 5 } }, /poll\.interval is not a field/],
  [
    'a resource type that does not exist',
    { ...good, resourceType: 'messages' },
    /resourceType must be one of "Messages", "Calls", "Conferences", "Participants", got "messages"/,
  ],
  [
    'a wrong type',
    { ...good, maxConcurrentDownloads: '4' },
    /maxConcurrentDownloads must be .*1 to 50, got "4"/,
  ],
  [
    'a day that is none',
    { ...good, startDay: '2026-02-30' },
    /startDay must be a day of the calendar, written YYYY-MM-DD, got "2026-02-30"/,
  ],
  ['a day written otherwise', { ...good, startDay: '2026-2-3' }, /startDay must be a day.*got "2026-2-3"/],
  [
    'a start after the end',
    { ...good, startDay: good.endDay, endDay: good.startDay },
    new RegExp(`startDay must be on or before endDay \\(${good.startDay}\\), got ${good.endDay}`),
  ],
  [
    'more than 366 days',
    { ...good, startDay: addDays(good.endDay, -366) },
    /endDay must be at most 366 days from startDay.*got 367 days: split it, first .+, on another UTC day/,
  ],
  [
    // Yesterday is let through in the last minutes of a day.
    'an end day of today',
    { ...good, endDay: today, startDay: today },
    /endDay must be at least two days before today \(UTC\), so .+ or earlier, got/,
  ],
  [
    'a webhook without its method',
    { ...good, webhook: { url: 'https://example.com/' } },
    /webhook\.method must be "GET" or "POST", got nothing/,
  ],
  ['a duration without a unit', { ...good, timeout: 'soon' }, /timeout must be a duration.*got "soon"/],
  [
    'several faults at once',
    { resourceType: 'Faxes', startDay: 'x', endDay: 5, color: 'red' },
    /resourceType must be/,
    /startDay must be/,
    /endDay must be/,
    /color is not a field/,
  ],
];

describe('an export that is refused', { timeout: 60_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('for its input is refused before anything is made, naming field, expected and got, and not retried', async () => {
    await withRealParts(env, {}, async (parts) => {
      for (const [title, input, ...says] of badInputs) {
        const { failure, retried, activities } = await startAnyhow(parts, input);
        assert.equal(failure.type, 'InvalidInput', title);
        for (const words of says) assert.match(failure.message, words, title);
        assert.deepEqual({ retried, activities }, { retried: false, activities: [] }, title);

        await assert.rejects(parts.exports.startExport(input as never), (error) => {
          assert.ok(error instanceof InvalidInputError, title);
          for (const words of says) assert.match(error.message, words, `the client, ${title}`);
          return true;
        });
      }
      assertUntouched(parts.simulator);
      assert.deepEqual(await filesBelow(parts.root), []);
    });
  });

  it('for an account or a destination that the worker does not know is told which it knows', async () => {
    await withRealParts(env, {}, async (parts) => {
      for (const [field, reuse, activity] of [
        ['account', 'published', 'findReusableDays'],
        ['destination', 'published', 'findReusableDays'],
        ['account', 'never', 'createExportJob'],
        ['destination', 'never', 'createExportJob'],
      ] as const) {
        const input = { ...good, reuse, [field]: 'nowhere' };
        const { failure, retried, activities } = await startAnyhow(parts, input);
        assert.equal(failure.type, 'InvalidInput');
        assert.match(
          failure.message,
          new RegExp(`${field} must be a name that the worker knows \\("default"\\), got "nowhere"`),
        );
        assert.deepEqual({ retried, activities }, { retried: false, activities: [activity] });
      }
      assertUntouched(parts.simulator);
    });
  });

  it('for wrong credentials fails at the create, at once, saying what to check', async () => {
    const accounts = (simulator: Simulator) => ({
      wrong: { ...accountOf(simulator), password: 'not-the-token' },
    });
    await withRealParts(env, { accounts }, async (parts) => {
      const { failure, retried, activities } = await startAnyhow(parts, { ...good, account: 'wrong' });
      assert.equal(failure.type, 'AuthenticationRejected');
      assert.match(failure.message, /Could not create the export job \[Messages .*account wrong\]/);
      assert.match(failure.message, /401/);
      assert.match(failure.message, /20003/);
      assert.match(failure.message, /Check the Account SID and the Auth Token or API key/);
      assert.doesNotMatch(failure.message, /not-the-token/);
      assert.deepEqual(
        { retried, activities },
        { retried: false, activities: ['findReusableDays', 'createExportJob'] },
      );
      const { jobsMade, answers } = parts.simulator.ledger();
      assert.deepEqual({ jobsMade, answers }, { jobsMade: 0, answers: { 401: 1 } });
      assert.deepEqual(await filesBelow(parts.root), []);
    });
  });

  it('for a storage that can not be written fails at once, before Twilio is asked for anything', async () => {
    const destinations = (root: string) => ({ blocked: pathToFileURL(join(root, 'a-file', 'exports')).href });
    await withRealParts(env, { destinations }, async (parts) => {
      await writeFile(join(parts.root, 'a-file'), 'a regular file');
      for (const [reuse, activity] of [
        ['published', 'findReusableDays'],
        ['never', 'createExportJob'],
      ] as const) {
        const input = { ...good, reuse, destination: 'blocked' };
        const { failure, retried, activities } = await startAnyhow(parts, input);
        assert.equal(failure.type, 'StorageRejected');
        assert.match(failure.message, /could not write to .*a-file/);
        assert.match(failure.message, /ENOTDIR/);
        assert.deepEqual({ retried, activities }, { retried: false, activities: [activity] });
      }
      assertUntouched(parts.simulator);
    });
  });
});

/** Starts past the typed client, as a caller in another language may, with a retry policy that would retry. */
async function startAnyhow({ client, taskQueue }: RealParts, input: unknown) {
  const handle = await client.workflow.start('exportJob', {
    taskQueue,
    workflowId: randomUUID(),
    args: input === undefined ? [] : [input],
    retry: { maximumAttempts: 3, initialInterval: '10 milliseconds' },
  });
  const error: unknown = await handle.result().then(
    () => assert.fail('the export completed'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof WorkflowFailedError, String(error));
  assert.ok(error.cause instanceof ApplicationFailure, String(error.cause));
  const { events } = await handle.fetchHistory();
  const last = events?.at(-1)?.workflowExecutionFailedEventAttributes;
  const started = (events ?? []).flatMap((event) => event.activityTaskStartedEventAttributes ?? []);
  return {
    failure: { type: error.cause.type, message: error.cause.message },
    retried: Boolean(last?.newExecutionRunId) || started.some(({ attempt }) => attempt !== 1),
    activities: (events ?? []).flatMap(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
    ),
  };
}

function assertUntouched(simulator: Simulator): void {
  const { jobsMade, requests, quotaUsed } = simulator.ledger();
  assert.deepEqual({ jobsMade, requests, quotaUsed }, { jobsMade: 0, requests: {}, quotaUsed: {} });
}
