import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent } from 'undici';
import { createActivities, createFileStorage, defaultSettings } from '../../activities/index.ts';
import type { CreateActivitiesOptions, ExportActivities, JobPicture } from '../../activities/index.ts';
import { createTwilioHttp } from '../../activities/twilio/twilio-http.ts';
import { startSimulator } from '../../simulator/index.ts';
import { listenOnLoopback } from './loopback.ts';
import { download } from './complete-days.ts';
import { create, watch, days, identity, quickSettings, runActivity } from './rig.ts';

const SID = `AC${'a'.repeat(32)}`;
const OTHER_SID = `AC${'b'.repeat(32)}`;
const JOB_SID = `JS${'0'.repeat(32)}`;
const sweep = { ...identity, ...days, keep: [], createInDoubt: false };
const remove = { ...identity, jobSid: JOB_SID };

test('all activities of an account share its requests at once, under all its names; another account has its own', async (t) => {
  const twilio = await startTwilio(t);
  const { createExportJob, watchExportJob, deleteExportJob, sweepExportJobs, downloadExportDay } = start(t, {
    twilioUrl: twilio.url,
    requestsPerAccount: 3,
  });
  const ran = ['default', 'same', 'other'].flatMap((account) => [
    runActivity(createExportJob, { ...create, account }),
    runActivity(watchExportJob, { ...watch, account }),
    runActivity(deleteExportJob, { ...remove, account }),
    runActivity(sweepExportJobs, { ...sweep, account }),
    runActivity(downloadExportDay, { ...download, account }),
  ]);
  await twilio.waitFor(6);
  await pause(50);
  assert.deepEqual(twilio.waitingOf(SID), 3);
  assert.deepEqual(twilio.waitingOf(OTHER_SID), 3, 'it does not wait for the other');
  twilio.answerAllFromNowOn();
  await Promise.all(ran);
  assert.equal(twilio.count(SID, '/Jobs?', 'GET'), 4, 'two lists before a create and two to sweep');
  assert.equal(twilio.count(SID, '', 'POST'), 2);
});

test('a Twilio that takes so many requests at once and no more never has to refuse one', async (t) => {
  const simulator = await startSimulator({
    clock: { kind: 'manual', start: '2026-10-10T12:00:00Z' },
    script: { concurrentRequests: 2 },
  });
  t.after(() => simulator.stop());
  const { accountSid, authToken } = simulator;
  const account = { accountSid, username: accountSid, password: authToken };
  const sweepTenTimes = async (requestsPerAccount: number): Promise<number> => {
    const before = simulator.ledger().answers[429] ?? 0;
    const accounts = { default: account, same: account };
    const { sweepExportJobs } = start(t, { twilioUrl: simulator.apiUrl, accounts, requestsPerAccount });
    await Promise.all(
      ['default', 'same'].flatMap((name) =>
        Array.from({ length: 5 }, () => runActivity(sweepExportJobs, { ...sweep, account: name })),
      ),
    );
    return (simulator.ledger().answers[429] ?? 0) - before;
  };
  assert.equal(await sweepTenTimes(2), 0);
  assert.ok((await sweepTenTimes(10)) > 0, 'it would have refused more');
});

test('a create that is cancelled before its turn was never sent, and leaves no doubt to the next attempt', async (t) => {
  const twilio = await startTwilio(t);
  const { createExportJob, deleteExportJob } = start(t, { twilioUrl: twilio.url, requestsPerAccount: 1 });
  // The list is answered while the delete waits; then the delete has the turn, and the create waits.
  let cancel = (): void => {};
  const creating = runActivity(createExportJob, create, {}, (env) => {
    cancel = () => env.cancel();
  });
  await twilio.waitFor(1);
  const deleting = runActivity(deleteExportJob, remove);
  await pause(20);
  twilio.answerNext();
  await twilio.waitFor(1);
  await pause(20);
  cancel();
  const { error, heartbeats } = await creating;
  assert.equal((error as Error).name, 'CancelledFailure');
  assert.deepEqual(heartbeats.at(-1), { clearedAttempt: 1 });
  twilio.answerAllFromNowOn();
  assert.deepEqual((await deleting).result, { fate: 'deleted' });
  assert.equal(twilio.count(SID, '', 'POST'), 0);

  const again = await runActivity(createExportJob, create, {
    attempt: 2,
    heartbeatDetails: heartbeats.at(-1),
  });
  assert.equal(again.result?.adopted, false);
  assert.equal(twilio.count(SID, '', 'POST'), 1);
});

test('a create whose turn comes too late is not sent, since another attempt may be at it, and one under way is not ended', async (t) => {
  const twilio = await startTwilio(t);
  const settings = { ...quickSettings, createWithinMs: 600, turnWithinMs: 60_000 };
  const { createExportJob, deleteExportJob } = start(t, {
    twilioUrl: twilio.url,
    requestsPerAccount: 1,
    settings,
  });
  const creating = runActivity(createExportJob, create);
  await twilio.waitFor(1);
  const deleting = runActivity(deleteExportJob, remove);
  await pause(20);
  twilio.answerNext();
  await twilio.waitFor(1);
  const { failure, heartbeats } = await creating;
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.match(
    failure?.message ?? '',
    /it waited \d+ seconds for its turn behind others of its account: Twilio answers slowly or not at all, or too much/,
  );
  assert.deepEqual(heartbeats.at(-1), { clearedAttempt: 1 });
  twilio.answerNext();
  await deleting;
  assert.equal(twilio.count(SID, '', 'POST'), 0);

  const again = runActivity(createExportJob, create, { attempt: 2, heartbeatDetails: heartbeats.at(-1) });
  await twilio.waitFor(1);
  twilio.answerNext();
  await twilio.waitFor(1);
  await pause(700);
  twilio.answerNext();
  assert.equal((await again).result?.adopted, false);
  assert.equal(twilio.count(SID, '', 'POST'), 1);
});

test('a thread that was held beyond its time sends nothing, though its turn has come meanwhile', async () => {
  let released = 0;
  const http = createTwilioHttp({
    account: { accountSid: SID, username: SID, password: 'p' },
    turns: {
      take: async () => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
        return () => released++;
      },
      hasFree: () => false,
      countWaiting: () => 0,
    },
    dispatcher: new Agent(),
    settings: defaultSettings,
    random: Math.random,
    isQuotaRejection: () => false,
  });
  const { signal } = new AbortController();
  const url = new URL('http://127.0.0.1:9');
  const onSend = (): void => assert.fail('it is sent');
  await assert.rejects(http({ method: 'POST', url, signal, turnWithinMs: 10, onSend, success: 'ok' }), {
    carriedOut: 'no',
  });
  assert.equal(released, 1);
});

test('a look that is cancelled before its turn is never sent, and nobody waits for it', async (t) => {
  const twilio = await startTwilio(t);
  const { watchExportJob, deleteExportJob } = start(t, { twilioUrl: twilio.url, requestsPerAccount: 1 });
  const first = runActivity(deleteExportJob, remove);
  await twilio.waitFor(1);
  let cancel = (): void => {};
  const looking = runActivity(watchExportJob, watch, {}, (env) => {
    cancel = () => env.cancel();
  });
  const last = runActivity(deleteExportJob, remove);
  await pause(20);
  cancel();
  assert.equal(((await looking).error as Error).name, 'CancelledFailure');
  twilio.answerAllFromNowOn();
  await Promise.all([first, last]);
  assert.equal(twilio.count(SID, '/Jobs/', 'GET'), 0);
});

test('a delete waits for the pages that were asked for before it, and not for whole lists', async (t) => {
  const asked: string[] = [];
  const twilioUrl = await listenOnLoopback(t, ({ method = '', headers }, response) => {
    asked.push(method);
    if (method === 'DELETE') {
      response.writeHead(204).end();
      return;
    }
    const meta = { next_page_url: `http://${headers.host}/v1/again` };
    response.end(JSON.stringify({ jobs: [], meta }));
  });
  const settings = { ...quickSettings, listPages: 50 };
  const { sweepExportJobs, deleteExportJob } = start(t, { twilioUrl, requestsPerAccount: 2, settings });
  const lists = Array.from({ length: 4 }, () => runActivity(sweepExportJobs, sweep));
  while (asked.length < 10) await pause(1);
  const before = asked.length;
  await runActivity(deleteExportJob, remove);
  // The pages under way and those that waited, and as many that came while the delete was on its way there.
  const pagesBefore = asked.indexOf('DELETE') - before;
  assert.ok(pagesBefore <= 20, `${pagesBefore} pages went before`);
  await Promise.all(lists);
  assert.equal(asked.length, 4 * 50 + 1);
});

test('a request that pauses before it is sent again lets others go first', async (t) => {
  const answered: string[] = [];
  const twilioUrl = await listenOnLoopback(t, ({ method = '' }, response) => {
    response.writeHead(method === 'DELETE' ? 204 : 503).end(() => answered.push(method));
  });
  const settings = { ...quickSettings, getPauseMinimumMs: 600_000, getPauseMaximumMs: 600_000 };
  const { watchExportJob, deleteExportJob } = start(t, { twilioUrl, requestsPerAccount: 1, settings });
  let cancel = (): void => {};
  const looking = runActivity(watchExportJob, watch, {}, (env) => {
    cancel = () => env.cancel();
  });
  while (answered.length === 0) await pause(1);
  await pause(50);
  assert.deepEqual((await runActivity(deleteExportJob, remove)).result, { fate: 'deleted' });
  cancel();
  await looking;
});

test('where Twilio accepts requests and never answers, every look says so within the time of its attempt', async (t) => {
  let sent = 0;
  const twilioUrl = await listenOnLoopback(t, ({ socket }) => {
    sent++;
    // When the client would give up, which its timers do not do to less than a second.
    setTimeout(() => socket.destroy(), defaultSettings.requestTimeoutMs / SCALE);
  });
  const seen: JobPicture = {
    asOf: '2026-10-05T00:00:00.000Z',
    days: { Submitted: ['2026-10-01..2026-10-03'] },
    byStatus: { Submitted: 3 },
    over: false,
    gone: false,
    jobQueuePosition: null,
    estimatedCompletionTime: null,
    problems: [],
  };
  const look = { ...watch, seen, firstLook: 'now' as const };
  const { watchExportJob } = start(t, { twilioUrl, requestsPerAccount: 1, settings: scaled });
  const ends = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const { result } = await runActivity(watchExportJob, look);
      return { types: result?.problems.map(({ type }) => type), sentBefore: sent };
    }),
  );
  for (const { types } of ends) assert.deepEqual(types, ['TwilioUnavailable']);
  // One after the other, each for as long as Twilio may keep silent: that is the clock here, however busy the machine.
  const longestMs = Math.max(...ends.map(({ sentBefore }) => sentBefore)) * defaultSettings.requestTimeoutMs;
  t.diagnostic(`the longest of 40 looks took the time of ${longestMs / 60_000} minutes of requests`);
  assert.ok(longestMs < ATTEMPT_MS, `${longestMs} ms`);

  sent = 0;
  const alone = await runActivity(watchExportJob, look);
  assert.equal(alone.result?.problems.length, 1);
  assert.equal(sent, 3, 'where nobody waits, one answer that is missing is no news yet');
});

/** A second of these tests stands for so many. */
const SCALE = 80;
const ATTEMPT_MS = 10 * 60_000;
const scaled = {
  ...quickSettings,
  getTriesWithinMs: defaultSettings.getTriesWithinMs / SCALE,
  turnWithinMs: defaultSettings.turnWithinMs / SCALE,
};

/** Activities with two names for one account, and one for another. */
function start(t: TestContext, options: Partial<CreateActivitiesOptions>): ExportActivities {
  const { activities, close } = createActivities({
    accounts: {
      default: { accountSid: SID, username: SID, password: 'p' },
      same: { accountSid: SID.toUpperCase(), username: SID, password: 'another key of it' },
      other: { accountSid: OTHER_SID, username: OTHER_SID, password: 'p' },
    },
    destinations: { default: { ...createFileStorage('file:./never-made'), check: async () => {} } },
    settings: quickSettings,
    ...options,
  });
  t.after(close);
  return activities;
}

/** A Twilio that answers when it is told to. */
interface HeldTwilio {
  url: string;
  /** Returns once so many requests wait for their answer. */
  waitFor: (count: number) => Promise<void>;
  waitingOf: (accountSid: string) => number;
  answerNext: () => void;
  answerAllFromNowOn: () => void;
  /** How many requests came whose path holds this. */
  count: (accountSid: string, path: string, method: string) => number;
}

async function startTwilio(t: TestContext): Promise<HeldTwilio> {
  const came: { sid: string; method: string; path: string }[] = [];
  const waiting: { sid: string; answer: () => void }[] = [];
  let isOpen = false;
  const url = await listenOnLoopback(t, (request, response) => {
    const sid = sidOf(request);
    came.push({ sid, method: request.method ?? '', path: request.url ?? '' });
    const answer = (): void => answerKindly(request, response);
    if (isOpen) answer();
    else waiting.push({ sid, answer });
  });
  return {
    url,
    waitFor: async (count) => {
      while (waiting.length < count) await pause(1);
    },
    waitingOf: (accountSid) => waiting.filter(({ sid }) => sid === accountSid).length,
    answerNext: () => waiting.shift()?.answer(),
    answerAllFromNowOn: () => {
      isOpen = true;
      for (const { answer } of waiting.splice(0)) answer();
    },
    count: (accountSid, path, method) =>
      came.filter((one) => one.sid === accountSid && one.path.includes(path) && one.method === method).length,
  };
}

function sidOf({ headers }: IncomingMessage): string {
  const pair = Buffer.from(headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString();
  return pair.split(':')[0] ?? '';
}

function answerKindly({ method, url }: IncomingMessage, response: ServerResponse): void {
  if (method === 'DELETE') {
    response.writeHead(204).end();
  } else if (method === 'POST') {
    response.writeHead(201).end(JSON.stringify({ job_sid: JOB_SID }));
  } else if (url?.includes('/Days/')) {
    response.writeHead(404).end(JSON.stringify({ code: 20_404, message: 'not found', status: 404 }));
  } else {
    response.end(JSON.stringify({ job_sid: JOB_SID, jobs: [], details: null }));
  }
}
