import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createActivities, createFileStorage } from '../../activities/index.ts';
import type { DownloadExportDayInput, DownloadExportDayResult } from '../../activities/index.ts';
import type { DayScript, SimulatorScript, StatusScript } from '../../simulator/index.ts';
import type { FrontAnswer } from './front.ts';
import { notFoundBody, startFront } from './front.ts';
import { DAY } from './complete-days.ts';
import { create, EXPORT_ID, identity, quickSettings, runActivity, startRig } from './rig.ts';
import type { Rig, RigOptions } from './rig.ts';

const HOUR_MS = 3_600_000;
const accepting: DownloadExportDayInput = {
  ...identity,
  destination: 'default',
  day: DAY,
  status: 'Completed',
};
const refusing: DownloadExportDayInput = { ...accepting, foreignFiles: 'refuse' };

const completed: StatusScript[] = [{ status: 'Completed' }];
const completedLater: StatusScript[] = [{ status: 'Running', for: '1 hour' }, { status: 'Completed' }];
/** The first job brings the day at once, the second one later and with other bytes. */
const twoJobs: DayScript[] = [
  { submissions: [1], statuses: completed },
  { submissions: [2], statuses: completedLater, version: 2 },
];

test('a file of a job of this export is nobody else’s, whichever submission has brought it', async (t) => {
  const rig = await startDay(t, { days: [{ statuses: completed }] });
  await makeOwnJob(rig, 7);
  assert.deepEqual(whose((await rig.run('downloadExportDay', accepting)).result), ['downloaded', undefined]);
  const strict = { ...refusing, destination: 'default' };
  assert.deepEqual(whose((await rig.run('downloadExportDay', strict)).result), ['downloaded', undefined]);
});

test('a file of another job is taken, and the result says whose it is, also after the first word of it was lost', async (t) => {
  const rig = await startDay(t, { days: [{ statuses: completed }] });
  await makeOwnJob(rig, 1);
  rig.simulator.clock.advance(48 * HOUR_MS);
  await makeForeignJob(rig, 'of the finance team');
  const madeBy = { friendlyName: 'of the finance team', createDate: '2026-10-12' };
  assert.deepEqual(whose((await rig.run('downloadExportDay', accepting)).result), ['downloaded', madeBy]);
  const again = await rig.run('downloadExportDay', accepting, { attempt: 2 });
  assert.deepEqual(whose(again.result), ['downloaded', madeBy]);
  assert.equal(rig.simulator.ledger().requests.getFile, 1);
});

test('the job of another export of this package is another job, and a file without a name is nobody’s', async (t) => {
  const rig = await startDay(t, { days: [{ statuses: completed }] });
  await makeOwnJob(rig, 1, 'another run');
  const { result } = await rig.run('downloadExportDay', accepting);
  assert.match(result?.madeBy?.friendlyName ?? '', /^October \[[0-9a-f-]+-1\]$/);

  const nameless = await startDay(t, { days: [{ statuses: completed }], nullFields: ['friendly_name'] });
  await makeForeignJob(nameless, 'of the finance team');
  assert.deepEqual(whose((await nameless.run('downloadExportDay', refusing)).result), [
    'downloaded',
    undefined,
  ]);
});

test('where such files are refused none is fetched; it is waited for one of this export, and then the day has to go out again', async (t) => {
  const rig = await startDay(t, { days: twoJobs }, { dayAppearsWithinMs: 600_000 });
  await makeForeignJob(rig, 'of the finance team');
  const first = await rig.run('downloadExportDay', refusing);
  assert.equal(first.failure?.type, 'DayNotAvailable');
  assert.equal(first.failure?.nonRetryable, false);
  assert.match(
    first.failure?.message ?? '',
    /made by another job \("of the finance team", 2026-10-10\), and such files are refused\. Expected a file of this export/,
  );
  const heartbeatDetails = first.heartbeats.at(-1);
  rig.simulator.clock.advance(11 * 60_000);
  const last = await rig.run('downloadExportDay', refusing, { attempt: 2, heartbeatDetails });
  assert.equal(last.failure?.type, 'DayNotAvailable');
  assert.equal(last.failure?.nonRetryable, true);
  assert.match(
    last.failure?.message ?? '',
    /\("of the finance team", 2026-10-10\).*for 10 minutes.*again\.$/,
  );
  assert.equal(rig.simulator.ledger().requests.getFile, undefined);

  await makeOwnJob(rig, 2);
  rig.simulator.clock.advance(2 * HOUR_MS);
  const own = await rig.run('downloadExportDay', refusing);
  assert.deepEqual(whose(own.result), ['downloaded', undefined]);
  assertIsFileOf(rig, own.result);
});

test('a day that is to be reused is taken from any export of this namespace, and from nobody who came since', async (t) => {
  const rig = await startDay(t, { days: [{ statuses: completed }] });
  const reusing = { ...accepting, foreignFiles: 'refuseOtherNamespaces' } as const;
  await makeForeignJob(rig, 'October [00000000-000000000000-1]');
  const stranger = await rig.run('downloadExportDay', reusing);
  assert.equal(stranger.failure?.type, 'DayNotAvailable');
  assert.match(stranger.failure.message, /\("October \[0.*and such files are refused/);
  assert.equal(rig.simulator.ledger().requests.getFile, undefined);

  rig.simulator.clock.advance(HOUR_MS);
  await makeOwnJob(rig, 1, 'another run');
  const { result } = await rig.run('downloadExportDay', reusing);
  assert.match(result?.madeBy?.friendlyName ?? '', /^October \[[0-9a-f-]+-1\]$/);
  assertIsFileOf(rig, result);

  rig.simulator.clock.advance(HOUR_MS);
  await makeForeignJob(rig, 'of the finance team');
  const again = await rig.run('downloadExportDay', reusing, { attempt: 2 });
  assert.deepEqual(whose(again.result), ['downloaded', undefined], 'what was published is of none of theirs');
});

test('a day that is said to be empty is so without a look at a file of another job that is refused', async (t) => {
  const rig = await startDay(t, { days: [{ statuses: completed }] });
  await makeForeignJob(rig, 'of the finance team');
  const status = 'CompletedEmptyRecords';
  const { result } = await rig.run('downloadExportDay', { ...refusing, status });
  assert.deepEqual(whose(result), ['empty', undefined]);
  const taken = await rig.run('downloadExportDay', { ...accepting, status });
  assert.equal(taken.result?.madeBy?.friendlyName, 'of the finance team');
});

test('of a file that another job replaces between the link and the last byte it is known whose bytes came', async (t) => {
  for (const input of [accepting, refusing]) {
    const rig = await startDay(t, { days: twoJobs });
    await makeOwnJob(rig, 1);
    await makeForeignJob(rig, 'of the finance team');
    let isReplaced = false;
    const download = await downloadThrough(t, rig, ({ url = '' }) => {
      if (url.endsWith(`/Days/${DAY}`) && !isReplaced) {
        isReplaced = true;
        rig.simulator.clock.advance(2 * HOUR_MS);
      }
      return null;
    });
    const { result, failure } = await download(input);
    if (input === accepting) {
      assert.deepEqual(result?.madeBy, { friendlyName: 'of the finance team', createDate: '2026-10-10' });
      assertIsFileOf(rig, result);
    } else {
      assert.equal(failure?.type, 'DayNotAvailable');
      assert.deepEqual(await published(rig), []);
    }
  }
});

test('of a file that a job of this export replaces after the last byte not the old bytes are taken for its own', async (t) => {
  const rig = await startDay(t, { days: twoJobs });
  await makeForeignJob(rig, 'of the finance team');
  await makeOwnJob(rig, 1);
  let lists = 0;
  const download = await downloadThrough(t, rig, ({ url = '' }) => {
    if (url.includes('/Days?') && ++lists === 2) {
      rig.simulator.clock.advance(2 * HOUR_MS);
    }
    return null;
  });
  const { result } = await download(accepting);
  assert.deepEqual(whose(result), ['downloaded', undefined]);
  assertIsFileOf(rig, result);
  const { getFile } = rig.simulator.ledger().requests;
  assert.equal(getFile, 3, 'the old bytes, a word that they are no more, and the new bytes');
});

test('a file that is another job’s at each look is given up for now, and nothing is published', async (t) => {
  const rig = await startDay(t, { days: [{ statuses: completed }] });
  await makeOwnJob(rig, 1);
  let lists = 0;
  const date = new Date(CLOCK.start).toUTCString();
  const download = await downloadThrough(t, rig, ({ url = '' }) =>
    url.includes('/Days?') ? { ...aList([{ day: DAY, friendly_name: `job ${++lists}` }]), date } : null,
  );
  const { failure } = await download(accepting);
  assert.equal(failure?.type, 'TwilioUnavailable');
  assert.match(failure?.message ?? '', /other jobs made its file anew each time that it was fetched/);
  assert.deepEqual(await published(rig), []);
  assert.equal(lists, 4);
});

test('one reading of the list is enough for all files that were made a while before it', async (t) => {
  const rig = await startRig(t, {
    simulator: { clock: CLOCK, script: { days: [{ statuses: completed }] } },
    settings: { filesRecentMs: 60_000 },
  });
  await makeOwnJob(rig, 1);
  const lists = (): number => rig.simulator.ledger().requests.listDays ?? 0;
  rig.simulator.clock.advance(59_000);
  await rig.run('downloadExportDay', accepting);
  assert.equal(lists(), 2, 'of a file that is new the list is read before and after');
  await rig.run('downloadExportDay', { ...accepting, exportId: 'another run' });
  assert.equal(lists(), 3, 'the reading before is recent');
  rig.simulator.clock.advance(1_000);
  await rig.run('downloadExportDay', { ...accepting, exportId: 'a third run' });
  assert.equal(lists(), 4);
  for (const exportId of ['a fourth run', 'a fifth run', 'a sixth run']) {
    const { result } = await rig.run('downloadExportDay', { ...accepting, exportId });
    assert.match(result?.madeBy?.friendlyName ?? '', /^October/);
  }
  assert.equal(lists(), 4);

  await makeForeignJob(rig, 'of the finance team');
  const { result } = await rig.run('downloadExportDay', { ...accepting, exportId: 'a seventh run' });
  assert.equal(result?.madeBy?.friendlyName, 'of the finance team', 'a file is younger than the reading');
});

test('a day that came after a reading is looked for by one that serves all days that came meanwhile', async (t) => {
  const rig = await startRig(t, {
    simulator: { clock: CLOCK, script: { days: [{ statuses: completed }] } },
    settings: { filesRecentMs: 60_000 },
  });
  const days = ['2026-10-01', '2026-10-02', '2026-10-03'];
  const lists = (): number => rig.simulator.ledger().requests.listDays ?? 0;
  await rig.run('downloadExportDay', { ...accepting, status: 'CompletedEmptyRecords' });
  assert.equal(lists(), 1, 'of a day that is said to be empty nothing more is asked');
  await makeForeignJob(rig, 'of the finance team', days.at(-1));
  rig.simulator.clock.advance(60_000);
  for (const day of days) {
    const { result } = await rig.run('downloadExportDay', { ...accepting, day });
    assert.equal(result?.madeBy?.friendlyName, 'of the finance team');
  }
  assert.equal(lists(), 2);
});

test('of several files that are listed for a day the last is the one that it has', async (t) => {
  const rig = await startDay(t, { days: [{ statuses: completed }] });
  await makeForeignJob(rig, 'the first');
  await makeForeignJob(rig, 'the second');
  const { result } = await rig.run('downloadExportDay', accepting);
  assert.equal(result?.madeBy?.friendlyName, 'the second');
});

test('a list that is away is waited for without another byte; one that is not to be read keeps no day that may be anybody’s', async (t) => {
  const rig = await startDay(t, { days: [{ statuses: completed, sizeBytes: 100_000 }] });
  await makeOwnJob(rig, 1);
  for (const nth of [2, 3, 4]) {
    rig.simulator.faults.add({ kind: 'status503', operation: 'listDays', nth });
  }
  const away = await rig.run('downloadExportDay', accepting);
  assert.equal(away.failure?.type, 'TwilioUnavailable');
  assert.deepEqual(await published(rig), []);
  assert.equal((await rig.run('downloadExportDay', accepting, { attempt: 2 })).result?.outcome, 'downloaded');
  assert.equal(rig.simulator.ledger().bytesSent.total, 100_000);

  for (const status of [401, 404, 403]) {
    const closed = await startDay(t, { days: [{ statuses: completed }] });
    await makeForeignJob(closed, 'of the finance team');
    const body = status === 404 ? notFoundBody : JSON.stringify({ code: 20_003, message: 'no', status });
    const download = await downloadThrough(t, closed, ({ url = '' }) =>
      url.includes('/Days?') ? { status, body } : null,
    );
    for (const foreignFiles of ['refuse', 'refuseOtherNamespaces'] as const) {
      const { result } = await download({ ...accepting, foreignFiles });
      assert.equal(result, null, 'nobody knows whose it is');
    }
    assert.deepEqual(whose((await download(accepting)).result), ['downloaded', undefined]);
  }
});

test('the name of a stranger is one short line that steers no terminal and holds no secret', async (t) => {
  const rig = await startDay(t, { days: [{ statuses: completed }] });
  const name = (friendlyName: string): FrontAnswer => aList([{ day: DAY, friendly_name: friendlyName }]);
  let friendlyName = '';
  const download = await downloadThrough(t, rig, ({ url = '' }) =>
    url.includes('/Days?') ? name(friendlyName) : null,
  );
  await makeOwnJob(rig, 1);
  const { authToken } = rig.simulator;
  friendlyName = `a\u001B[31m b\nc \u202Egnp.exe ${authToken} https://host/file?X-Amz-Signature=planted`;
  const { result } = await download(accepting);
  assert.equal(
    result?.madeBy?.friendlyName,
    String.raw`a [31m b c \u202egnp.exe [secret removed] [link removed]`,
  );
  friendlyName = 'x'.repeat(100_000);
  const long = await download({ ...refusing, exportId: 'another run' });
  assert.ok((long.failure?.message.length ?? 9_999) < 600, long.failure?.message);
});

async function startDay(
  t: TestContext,
  script: SimulatorScript,
  settings: RigOptions['settings'] = {},
): Promise<Rig> {
  return await startRig(t, { simulator: { clock: CLOCK, script }, settings });
}

const CLOCK = { kind: 'manual', start: '2026-10-10T12:00:00Z' } as const;

async function makeOwnJob(rig: Rig, submission: number, exportId: string = EXPORT_ID): Promise<void> {
  const { failure } = await rig.run('createExportJob', { ...create, exportId, endDay: DAY, submission });
  assert.equal(failure, null);
}

async function makeForeignJob({ simulator }: Rig, friendlyName: string, endDay = DAY): Promise<void> {
  const { apiUrl, accountSid, authToken } = simulator;
  const response = await fetch(`${apiUrl}/v1/Exports/Messages/Jobs`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
    body: new URLSearchParams({ StartDay: DAY, EndDay: endDay, FriendlyName: friendlyName }),
  });
  assert.equal(response.status, 201);
}

/** Downloads by way of a front, from which something happens at a request. */
async function downloadThrough(t: TestContext, rig: Rig, answer: Parameters<typeof startFront>[2]) {
  const { accountSid, authToken, apiUrl } = rig.simulator;
  const { activities, close } = createActivities({
    accounts: { default: { accountSid, username: accountSid, password: authToken } },
    destinations: { default: createFileStorage(pathToFileURL(rig.root).href) },
    twilioUrl: await startFront(t, apiUrl, answer),
    settings: quickSettings,
  });
  t.after(close);
  return (input: DownloadExportDayInput) => runActivity(activities.downloadExportDay, input);
}

function aList(days: object[]): FrontAnswer {
  return { status: 200, body: JSON.stringify({ days, meta: { key: 'days', next_page_url: null } }) };
}

function whose(result: DownloadExportDayResult | null): unknown[] {
  return [result?.outcome, result?.madeBy];
}

/** That the file is the one that the day has now. */
function assertIsFileOf({ simulator }: Rig, result: DownloadExportDayResult | null): void {
  const { sha256 } = simulator.expectedFile({ resourceType: 'Messages', day: DAY }) ?? {};
  assert.ok(result?.outcome === 'downloaded', 'the day is downloaded');
  assert.equal(result.file.sha256, sha256);
}

async function published({ root }: Rig): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  return names.filter((name) => name.endsWith('.json.gz'));
}
