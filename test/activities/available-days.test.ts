import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFront } from './front.ts';
import { create, days, identity, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

const [FIRST, SECOND, THIRD] = ['2026-10-01', '2026-10-02', '2026-10-03'] as const;
const NEXT_EXPORT = '01890a5d-ac96-774b-bcce-b302099a8059';
/** When the simulator's clock begins. */
const TODAY = '2026-10-10';
const DAY_MS = 86_400_000;
const AT_ONCE = [{ statuses: [{ status: 'Completed' as const }] }];

test('a day whose file still lies at Twilio is fetched without a job, with the name and the date of its making', async (t) => {
  const rig = await startRig(t, { simulator: { script: { days: AT_ONCE } } });
  await makeJob(rig, { startDay: FIRST, endDay: SECOND, friendlyName: 'October' });
  const before = rig.simulator.ledger();
  const { result } = await find(rig);
  assert.deepEqual(
    result?.available.map(({ day, status, reused }) => [day, status, reused.from]),
    [FIRST, SECOND].map((day) => [day, 'Completed', 'available']),
  );
  const [reused] = result?.available.map((day) => day.reused) ?? [];
  assert.ok(reused?.from === 'available', JSON.stringify(reused));
  assert.match(reused.friendlyName ?? '', /^October \[[0-9a-f]{8}-[0-9a-f]{12}-1\]$/);
  assert.equal(reused.createDate, TODAY);
  assert.deepEqual(result?.published, []);
  assert.deepEqual(rig.simulator.ledger().quotaUsed, before.quotaUsed);
  assert.deepEqual((await find(rig, 'published')).result?.available, [], 'where only that is wanted');
});

test('of several files of one day the last one counts, whoever has made it, named or not', async (t) => {
  const rig = await startRig(t, { simulator: { script: { days: AT_ONCE } } });
  await makeJob(rig, { startDay: FIRST, endDay: THIRD, friendlyName: 'one' });
  rig.simulator.clock.advance(DAY_MS);
  await makeJob(rig, { startDay: SECOND, endDay: SECOND, friendlyName: 'two', submission: 2 });
  const { result } = await find(rig);
  assert.deepEqual(
    result?.available.map(({ day, reused }) => [
      day,
      reused.from === 'available' && [reused.friendlyName?.slice(0, 3), reused.createDate],
    ]),
    [
      [FIRST, ['one', TODAY]],
      [SECOND, ['two', '2026-10-11']],
      [THIRD, ['one', TODAY]],
    ],
  );
});

test('where files of others are refused, those of any export of this namespace are taken, and no others', async (t) => {
  const rig = await startRig(t, { simulator: { script: { days: AT_ONCE } } });
  await makeJob(rig, { startDay: FIRST, endDay: FIRST });
  for (const [day, friendlyName] of [
    [SECOND, 'made by hand'],
    [THIRD, 'October [00000000-000000000000-1]'],
  ] as const) {
    const { accountSid, authToken } = rig.simulator;
    const made = await fetch(`${rig.simulator.apiUrl}/v1/Exports/Messages/Jobs`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}` },
      body: new URLSearchParams({ StartDay: day, EndDay: day, FriendlyName: friendlyName }),
    });
    assert.equal(made.status, 201);
    rig.simulator.clock.advance(1);
  }
  const daysOf = async (foreignFiles: 'accept' | 'refuse') =>
    (await find(rig, 'available', foreignFiles)).result?.available.map(({ day }) => day);
  assert.deepEqual(await daysOf('accept'), [FIRST, SECOND, THIRD]);
  assert.deepEqual(await daysOf('refuse'), [FIRST]);
});

test('a file that may be about to go is left, and one that still stays some hours is taken', async (t) => {
  const rig = await startRig(t, { simulator: { script: { days: AT_ONCE } } });
  await makeJob(rig, { startDay: FIRST, endDay: FIRST });
  rig.simulator.clock.advance(6 * DAY_MS);
  assert.equal((await find(rig)).result?.available.length, 1);
  rig.simulator.clock.advance(DAY_MS / 2);
  assert.deepEqual((await find(rig)).result?.available, []);
});

test('without records the size in the list says how the file is to be judged', async (t) => {
  const rig = await startRig(t, {
    simulator: {
      script: {
        days: [
          ...AT_ONCE,
          { days: FIRST, file: 'zeroBytes', statuses: [{ status: 'CompletedEmptyRecords' }] },
          { days: SECOND, file: 'emptyFile', statuses: [{ status: 'CompletedEmptyRecords' }] },
        ],
      },
    },
  });
  await makeJob(rig, { startDay: FIRST, endDay: THIRD });
  const { result } = await find(rig);
  assert.deepEqual(
    result?.available.map(({ day, status }) => [day, status]),
    [
      [FIRST, 'CompletedOrEmpty'],
      [SECOND, 'Completed'],
      [THIRD, 'Completed'],
    ],
  );
  for (const { day, status } of result?.available.slice(0, 2) ?? []) {
    const download = { ...identity, exportId: NEXT_EXPORT, destination: 'default', day, status };
    assert.equal((await rig.run('downloadExportDay', download)).result?.outcome, 'empty', day);
  }
});

test('a name that would steer a terminal, or is as long as a page, is shown and cut', async (t) => {
  const rig = await startRig(t, { simulator: { script: { days: AT_ONCE } } });
  const friendlyName = `\u202Ered\u001B[31m https://host/?token=secret ${'x'.repeat(300)}`;
  await makeJob(rig, { startDay: FIRST, endDay: FIRST, friendlyName });
  const { result } = await find(rig);
  const reused = result?.available[0]?.reused;
  assert.ok(reused?.from === 'available', JSON.stringify(result));
  assert.match(reused.friendlyName ?? '', /^\\u202ered \[31m \[link removed\] x+…$/);
  assert.ok((reused.friendlyName ?? '').length < 120, reused.friendlyName ?? '');
});

test('a list that Twilio refuses spares no day; wrong credentials end, and an outage is ridden out', async (t) => {
  const rig = await startRig(t, { simulator: { script: { days: AT_ONCE } } });
  await makeJob(rig, { startDay: FIRST, endDay: FIRST });
  const mend = rig.simulator.faults.add({ kind: 'status503', operation: 'listDays' });
  const away = await find(rig);
  assert.deepEqual([away.failure?.type, away.failure?.nonRetryable], ['TwilioUnavailable', false]);
  mend();

  const twilioUrl = await startFront(t, rig.simulator.apiUrl, () => ({
    status: 400,
    body: JSON.stringify({ code: 20_001, message: 'not like this', status: 400 }),
  }));
  const closed = await find(await startRig(t, { twilioUrl }));
  assert.deepEqual(closed.result, { published: [], available: [] });

  const wrong = await startRig(t, { password: 'not-the-token' });
  const { failure } = await find(wrong);
  assert.deepEqual([failure?.type, failure?.nonRetryable], ['AuthenticationRejected', true]);
  assert.match(failure?.message ?? '', /^Could not look for days that are there already .*401/);
  assert.doesNotMatch(failure?.message ?? '', /not-the-token/);
});

async function makeJob(
  rig: Rig,
  job: { startDay: string; endDay: string; friendlyName?: string; submission?: number },
): Promise<void> {
  const made = await rig.run('createExportJob', { ...create, ...job });
  assert.equal(made.error, null);
  rig.simulator.clock.advance(1);
}

/** What another export finds. */
function find(
  rig: Rig,
  reuse: 'published' | 'available' = 'available',
  foreignFiles: 'accept' | 'refuse' = 'accept',
) {
  return rig.run(
    'findReusableDays',
    { ...identity, exportId: NEXT_EXPORT, destination: 'default', ...days, reuse, foreignFiles },
    { workflowExecution: { workflowId: 'next', runId: NEXT_EXPORT } },
  );
}
