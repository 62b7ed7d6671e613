import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ExportHandle } from '../../client/index.ts';
import { addDays, dayOf } from '../../workflows/calendar.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { checkUntilComplete, quickExport, type RealPartsOptions, withRealParts } from './real-parts.ts';
import { answers, startTroubledFront } from './troubled-front.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const TOO_MANY = JSON.stringify({ code: 20_429, message: 'Too Many Requests', status: 429 });

/** What a 429 says of the time to wait, and how long the export waits, at least: a fifth more at most. */
const retryAfters: [title: string, header: () => string | null, leastMs: number][] = [
  ['seconds', () => '7', 7_000],
  ['a date', () => new Date(Date.now() + 2 * MINUTE_MS).toUTCString(), 2 * MINUTE_MS - 2_000],
  ['a day', () => '86400', 15 * MINUTE_MS],
  ['a date of another century', () => 'Fri, 01 Jan 2199 00:00:00 GMT', 15 * MINUTE_MS],
  ['no time at all', () => null, 10_000],
  ['words', () => 'later', 10_000],
  ['zero', () => '0', 1_000],
  ['a date that is over', () => 'Thu, 01 Jan 2026 00:00:00 GMT', 1_000],
];

describe('the pace of an export', { timeout: 120_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  it('is the one that a 429 asks for, in each of its forms, within limits and spread, and then goes on', async (t) => {
    const front = await startTroubledFront();
    const credentials = retryAfters.map((_, index) => ({
      accountSid: `AC${String(index).padStart(32, '0')}`,
      authToken: '7e57'.repeat(8),
    }));
    const [first = credentials[0], ...others] = credentials;
    assert.ok(first, 'there is an account');
    const options: RealPartsOptions = {
      simulator: {
        credentials: [first, ...others],
        clock: { kind: 'manual' },
        script: { life: { submitted: '5 minutes', running: 0 } },
      },
      accounts: () =>
        Object.fromEntries(
          credentials.map(({ accountSid, authToken }) => [
            accountSid,
            { accountSid, username: accountSid, password: authToken },
          ]),
        ),
      settings: { rateLimitedMs: 10_000 },
      dispatcher: front.dispatcher,
      twilioUrl: ({ apiUrl }) => front.behind(apiUrl),
    };
    try {
      await withRealParts(env, options, async ({ exports, simulator }) => {
        const handles = await Promise.all(
          credentials.map(({ accountSid }) => exports.startExport(quickExport(1, { account: accountSid }))),
        );
        await until(() => simulator.ledger().jobsMade === handles.length);
        front.begin((request, response) => {
          const basic = request.headers.authorization?.replace('Basic ', '') ?? '';
          const [accountSid] = Buffer.from(basic, 'base64').toString().split(':');
          const value = retryAfters[Number(accountSid?.slice(2))]?.[1]() ?? null;
          answers(429, TOO_MANY, value === null ? {} : { 'retry-after': value })(request, response);
        });
        const waits = await Promise.all(
          handles.map(async (handle, index) => {
            const [title = '', , leastMs = 0] = retryAfters[index] ?? [];
            const { waitMs } = await pendingLook(handle, /answered 429/);
            assert.ok(waitMs >= leastMs && waitMs <= 1.2 * leastMs + 3_000, `${title}: ${waitMs} ms`);
            return [title, waitMs] as const;
          }),
        );
        t.diagnostic(JSON.stringify(waits));
        assert.ok(
          waits.some(([, waitMs]) => waitMs > 15 * MINUTE_MS + 1_000),
          'they do not all come back at once',
        );
        const [handle] = handles;
        assert.ok(handle, 'there is an export');
        const { problems } = await handle.progress();
        assert.match(problems[0]?.problem ?? '', /answered 429 .*Too many requests of this account at once/);
        front.end();
        simulator.clock.advance(HOUR_MS);
        await Promise.all(handles.map(checkUntilComplete));
      });
    } finally {
      await front.close();
    }
  });

  it('is the slowest while Twilio says a word that nobody knows, which is shown, and the day comes home', async () => {
    const options: RealPartsOptions = {
      simulator: {
        clock: { kind: 'manual' },
        script: {
          days: [{ statuses: [{ status: 'Archiving', for: '1 hour' }, { status: 'Completed' }] }],
        },
      },
    };
    await withRealParts(env, options, async ({ exports, client, simulator }) => {
      const poll = { minimumInterval: '1 second', maximumInterval: '1 hour' } as const;
      const handle = await exports.startExport(quickExport(1, { poll }), { workflowId: randomUUID() });
      const { waitMs } = await pendingLook(handle, /Archiving/);
      assert.ok(waitMs > 0.9 * HOUR_MS && waitMs <= HOUR_MS, `${waitMs} ms`);
      const { problems, jobs } = await handle.progress();
      assert.deepEqual(jobs[0]?.byStatus, { Archiving: 1 });
      assert.match(problems[0]?.problem ?? '', /a status that this version does not know \("Archiving"\)/);
      assert.match(await cardOf(client, handle), /a status that this version does not know \("Archiving"\)/);

      simulator.clock.advance(2 * HOUR_MS);
      await checkUntilComplete(handle);
      assert.deepEqual((await handle.progress()).problems, []);
    });
  });

  it('is that of the next UTC day once the quota is spent, as progress and the card say', async () => {
    const today = dayOf(Date.now());
    const midnightMs = Date.parse(`${addDays(today, 1)}T00:00:00Z`);
    const options: RealPartsOptions = {
      simulator: {
        quotaDays: 3,
        clock: { kind: 'manual', start: `${today}T22:00:00Z` },
        script: { life: { submitted: 0, running: 0 } },
      },
    };
    await withRealParts(env, options, async ({ exports, client, simulator }) => {
      const other = await exports.startExport(quickExport(2, { resourceType: 'Calls' }));
      await other.result();
      const handle = await exports.startExport(quickExport(2), { workflowId: randomUUID() });
      await until(async () => (await handle.progress()).phase === 'waitingForQuota');
      const { problems, jobs } = await handle.progress();
      const [, instant = ''] = /the export waits until ([-:\dTZ]+)\.$/.exec(problems[0]?.problem ?? '') ?? [];
      const afterMidnightMs = Date.parse(instant) - midnightMs;
      assert.ok(afterMidnightMs >= 0 && afterMidnightMs <= 10 * MINUTE_MS, problems[0]?.problem);
      assert.deepEqual(jobs, []);
      const card = await cardOf(client, handle);
      assert.match(card, /Waiting until Twilio takes days again: the quota of this UTC day is spent\./);
      assert.ok(card.includes(`the export waits until ${instant}`), card);

      // A person who looks too early is refused once more, and waits on.
      await handle.checkNow();
      await until(() => (simulator.ledger().requests.createJob ?? 0) === 3);
      assert.equal((await handle.progress()).phase, 'waitingForQuota');
      simulator.clock.advance(3 * HOUR_MS);
      await checkUntilComplete(handle);
      assert.deepEqual(simulator.ledger().quotaUsed[simulator.accountSid], {
        [today]: 2,
        [addDays(today, 1)]: 2,
      });
    });
  });
});

/** Waits for a look to fail with these words, and gives how long the engine waits until its next attempt. */
async function pendingLook(handle: ExportHandle, says: RegExp): Promise<{ waitMs: number }> {
  let waitMs: number | undefined;
  await until(async () => {
    const { pendingActivities } = (await handle.describe()).raw;
    const look = pendingActivities?.find(({ activityType }) => activityType?.name === 'watchExportJob');
    const { nextAttemptScheduleTime: next, lastAttemptCompleteTime: last, lastFailure } = look ?? {};
    if (next && last && says.test(lastFailure?.message ?? '')) waitMs = msOf(next) - msOf(last);
    return waitMs !== undefined;
  });
  return { waitMs: waitMs ?? 0 };
}

function msOf({ seconds, nanos }: { seconds?: unknown; nanos?: number | null }): number {
  return Number(seconds) * 1_000 + (nanos ?? 0) / 1_000_000;
}

/** What a person reads on the workflow's page. */
async function cardOf(client: Client, { workflowId }: ExportHandle): Promise<string> {
  const { currentDetails } = await client.workflow
    .getHandle(workflowId)
    .query<{ currentDetails: string }>('__temporal_workflow_metadata');
  return currentDetails;
}
