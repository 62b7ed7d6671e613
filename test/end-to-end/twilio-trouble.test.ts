import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { ExportTimedOutError, type ExportHandle } from '../../client/index.ts';
import type { FaultScript, SimulatorScript } from '../../simulator/index.ts';
import type { ExportJobInput } from '../../workflows/api.ts';
import { quickBundle } from '../support/quick-bundle.ts';
import { createDevServerEnv } from '../support/temporal.ts';
import { until } from '../workflows/new-run.ts';
import { quickExport, type RealParts, type RealPartsOptions, withRealParts } from './real-parts.ts';
import {
  answers,
  resets,
  startTroubledFront,
  staysSilent,
  stopsHalfWay,
  type Trouble,
  type TroubledFront,
} from './troubled-front.ts';

/** How it is called, what happens to each request, and what an operator reads of it. */
type Case = [title: string, trouble: Trouble, says: RegExp];

const PAGE = '<html><body><h1>502 Bad Gateway</h1></body></html>';
const OUTAGE = JSON.stringify({ code: 20_500, message: 'Internal error', status: 500 });
const REFUSAL = JSON.stringify({ code: 20_003, message: 'Authenticate', status: 401 });

const outages: Case[] = [
  ['5xx with a page of HTML', answers(502, PAGE), /Twilio answered 502 \(without an error of Twilio's form/],
  ['5xx of its own', answers(500, OUTAGE), /Twilio answered 500 \(code 20500, "Internal error"/],
  ['resets', resets, /Twilio did not answer: the connection was (reset|closed)/],
  ['no answer at all', staysSilent, /Twilio did not answer: no answer came in time/],
  ['answers that stop half-way', stopsHalfWay, /Twilio did not answer: the answer stopped coming/],
  ['a name that is unknown', { lookupFailsWith: 'ENOTFOUND' }, /the host name is unknown \(ENOTFOUND\)/],
  [
    'a name that cannot be looked up now',
    { lookupFailsWith: 'EAI_AGAIN' },
    /the host name could not be looked up \(EAI_AGAIN\)/,
  ],
];

const refusedCredentials: Case = [
  'credentials that are not taken any more',
  answers(401, REFUSAL),
  /Twilio answered 401 .*Check the Account SID and the Auth Token or API key/,
];

/** A create that was given up may still be on its way for so long: it settles for longer. */
const REQUEST_TIMEOUT_MS = 300;

/** What keeps an export from the end of a phase, until the test has come to it. */
const HELD: FaultScript[] = [
  { kind: 'status503', operation: 'fetchDay' },
  { kind: 'status503', operation: 'deleteJob' },
];

describe('an export whose Twilio is in trouble', { timeout: 120_000 }, () => {
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await createDevServerEnv();
  });
  after(() => env.teardown());

  describe('of a kind that passes', { concurrency: 4 }, () => {
    for (const [title, trouble, says] of outages) {
      it(`rides it out in every phase, saying so meanwhile, and makes one job: ${title}`, async () => {
        const script: SimulatorScript = { life: { submitted: '5 minutes', running: 0 }, faults: HELD };
        await withTrouble(script, async (troubled) => {
          const { front, parts, start, untilSaid } = troubled;
          front.begin(trouble);
          const handle = await start(quickExport(1));
          await untilSaid(handle, 'creating', says, /Could not create the export job/);
          front.end();
          await until(() => parts.simulator.ledger().jobsMade === 1);
          front.begin(trouble);
          await untilSaid(handle, 'waiting', says, /Could not look at the job/);
          front.end();
          await untilSaid(handle, 'downloading', /503/, /Could not download the day/);
          front.begin(trouble);
          await untilSaid(handle, 'downloading', says, /Could not download the day/);
          parts.simulator.setScript({ ...script, faults: HELD.slice(1) });
          front.end();
          await untilSaid(handle, 'cleaning', /503/, /Could not delete the job/);
          front.begin(trouble);
          await untilSaid(handle, 'cleaning', says, /Could not delete the job/);
          parts.simulator.faults.clear();
          front.end();
          await assertComplete(troubled, handle, 1);
        });
      });
    }
  });

  it('goes on when its credentials work again, in whichever phase they stopped, and says so meanwhile', async () => {
    const [, trouble, says] = refusedCredentials;
    const input = quickExport(2, { resubmit: { maximumAttempts: 2, cooldown: '3 seconds' } });
    const script: SimulatorScript = {
      life: { submitted: '5 minutes', running: 0 },
      days: [{ days: input.startDay, submissions: [1], statuses: [{ status: 'Failed' }] }],
      faults: HELD,
    };
    await withTrouble(script, async (troubled) => {
      const { front, parts, start, untilSaid } = troubled;
      const handle = await start(input);
      await until(() => parts.simulator.ledger().jobsMade === 1);
      front.begin(trouble);
      await untilSaid(handle, 'waiting', says, /Could not look at the job/);
      front.end();
      await untilSaid(handle, 'downloading', /503/, /Could not download the day/);
      front.begin(trouble);
      await untilSaid(handle, 'downloading', says, /Could not download the day/);
      // The cool-down of the day that failed ends meanwhile.
      await untilSaid(handle, 'downloading', says, /Could not create the export job/);
      assert.equal(parts.simulator.ledger().jobsMade, 1);
      parts.simulator.setScript({ ...script, faults: HELD.slice(1) });
      front.end();
      await untilSaid(handle, 'cleaning', /503/, /Could not delete the job/);
      front.begin(trouble);
      await untilSaid(handle, 'cleaning', says, /Could not delete the job/);
      parts.simulator.faults.clear();
      front.end();
      await assertComplete(troubled, handle, 2);
    });
  });

  it('gives up when its timeout ends, and cleans up once Twilio answers again', async () => {
    const [, trouble] = outages[0] ?? assert.fail();
    await withTrouble({ life: { submitted: '30 days' } }, async ({ front, parts, start }) => {
      const handle = await start(quickExport(2, { timeout: '8 seconds' }));
      await until(() => parts.simulator.ledger().jobsMade === 1);
      front.begin(trouble);
      await until(async () => (await handle.progress()).phase === 'cleaning');
      const met = front.met();
      await until(() => front.met() > met);
      assert.equal(parts.simulator.ledger().jobsAlive, 1);
      front.end();
      await assert.rejects(handle.result(), (error) => {
        assert.ok(error instanceof ExportTimedOutError, String(error));
        assert.deepEqual(
          error.result?.days.map(({ outcome }) => outcome),
          ['failed', 'failed'],
        );
        assert.deepEqual(
          [error.result?.jobs.map(({ fate }) => fate), error.result?.notCleaned],
          [['deleted'], []],
        );
        return true;
      });
      assert.equal(parts.simulator.ledger().jobsAlive, 0);
    });
  });

  interface Troubled {
    front: TroubledFront;
    parts: RealParts;
    start: (input: ExportJobInput) => Promise<ExportHandle>;
    /** Waits until `progress` tells of both in one problem, in this phase. */
    untilSaid: (handle: ExportHandle, phase: string, ...says: RegExp[]) => Promise<void>;
  }

  async function withTrouble(
    script: SimulatorScript,
    work: (troubled: Troubled) => Promise<void>,
  ): Promise<void> {
    const front = await startTroubledFront();
    try {
      const options: RealPartsOptions = {
        simulator: { script },
        workflowBundle: await quickBundle(),
        settings: { requestTimeoutMs: REQUEST_TIMEOUT_MS, settleMs: REQUEST_TIMEOUT_MS + 100 },
        dispatcher: front.dispatcher,
        twilioUrl: ({ apiUrl }) => front.behind(apiUrl),
      };
      await withRealParts(env, options, async (parts) => {
        const start = (input: ExportJobInput): Promise<ExportHandle> =>
          parts.exports.startExport(input, { workflowId: randomUUID() });
        await work({ front, parts, start, untilSaid });
      });
    } finally {
      await front.close();
    }
  }
});

async function untilSaid(handle: ExportHandle, phase: string, ...says: RegExp[]): Promise<void> {
  let last: unknown;
  const isSaid = async (): Promise<boolean> => {
    const progress = await handle.progress();
    last = [progress.phase, progress.problems];
    return (
      progress.phase === phase &&
      progress.problems.some(({ problem }) => says.every((words) => words.test(problem)))
    );
  };
  await until(isSaid).catch((error: unknown) => {
    throw new Error(`Expected in ${phase} ${says.join(' and ')}, got ${JSON.stringify(last)}`, {
      cause: error,
    });
  });
}

async function assertComplete(
  { parts: { simulator } }: { parts: RealParts },
  handle: ExportHandle,
  jobs: number,
): Promise<void> {
  const { outcome, days, notCleaned } = await handle.result();
  assert.deepEqual([outcome, notCleaned], ['complete', []]);
  assert.ok(
    days.every((day) => day.outcome === 'downloaded'),
    JSON.stringify(days),
  );
  const { jobsMade, jobsAlive } = simulator.ledger();
  assert.deepEqual([jobsMade, jobsAlive], [jobs, 0]);
  assert.deepEqual((await handle.progress()).problems, [], 'nothing is wrong any more');
}
