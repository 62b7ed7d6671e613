import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { TEST_ACCOUNT_SID, TEST_AUTH_TOKEN } from '../../simulator/index.ts';
import { basic, OTHER_ACCOUNT, startTwilio } from './caller.ts';
import type { Twilio } from './caller.ts';
import { download, sha256 } from './download.ts';

const CREDENTIALS = [{ accountSid: TEST_ACCOUNT_SID, authToken: TEST_AUTH_TOKEN }, OTHER_ACCOUNT];

const OTHER = { Authorization: basic(OTHER_ACCOUNT.accountSid, OTHER_ACCOUNT.authToken) };

/** Makes a job and gives the way to its details. */
async function createJob(
  { api }: Twilio,
  input: { type: string; days?: [string, string]; headers?: Record<string, string> },
) {
  const { type, days = ['2026-10-01', '2026-10-01'], headers = {} } = input;
  const form = { StartDay: days[0], EndDay: days[1], FriendlyName: 'a job' };
  const { job_sid: jobSid } = (await api(`${type}/Jobs`, { form, headers })).json;
  return async () => (await api(`Jobs/${jobSid}`, { headers })).json.details;
}

test('the jobs of a rule for details are counted for each account and type by itself', async () => {
  await using twilio = await startTwilio({
    credentials: CREDENTIALS,
    script: { details: [{ form: 'null', jobs: [1] }] },
  });
  const made = [
    { type: 'Messages' },
    { type: 'Calls' },
    { type: 'Calls', headers: OTHER },
    { type: 'Messages' },
    { type: 'Messages', headers: OTHER },
    { type: 'Calls' },
    { type: 'Calls', headers: OTHER },
  ];
  const hasNull: boolean[] = [];
  for (const each of made) {
    const details = await createJob(twilio, each);
    hasNull.push((await details()) === null);
  }
  assert.deepEqual(hasNull, [true, true, true, false, true, false, false]);
});

test('the submissions of a rule for days are counted for each day, type and account by itself', async () => {
  await using twilio = await startTwilio({
    credentials: CREDENTIALS,
    script: { days: [{ submissions: [1], statuses: [{ status: 'Failed' }] }] },
  });
  const failedDays = async (input: Parameters<typeof createJob>[1]) => {
    const details = await createJob(twilio, input);
    return (await details()).find(({ status }) => status === 'Failed')?.days ?? [];
  };
  const [first, second, third] = ['2026-10-01', '2026-10-02', '2026-10-03'] as const;
  assert.deepEqual(await failedDays({ type: 'Calls', days: [first, third] }), [first, second, third]);
  assert.deepEqual(await failedDays({ type: 'Messages', days: [first, second] }), [first, second]);
  assert.deepEqual(await failedDays({ type: 'Messages', days: [second, third] }), [third]);
  assert.deepEqual(await failedDays({ type: 'Messages', days: [first, third] }), []);
  assert.deepEqual(await failedDays({ type: 'Messages', days: [first, third], headers: OTHER }), [
    first,
    second,
    third,
  ]);
});

test('the file to expect follows the rules of the submission that is asked for', async () => {
  await using twilio = await startTwilio({
    script: {
      days: [
        { submissions: [1], statuses: [{ status: 'Failed' }] },
        { submissions: [2], records: 5 },
        { submissions: [3], records: 7 },
      ],
    },
  });
  const of = { resourceType: 'Messages', day: '2026-10-01' } as const;
  const expected = [undefined, 1, 2, 3].map((submission) =>
    twilio.simulator.expectedFile(submission === undefined ? of : { ...of, submission }),
  );
  assert.deepEqual(
    expected.map((file) => file?.records ?? null),
    [null, null, 5, 7],
  );
  for (const submission of [1, 2, 3]) {
    await twilio.createJob(of.day, of.day);
    twilio.minutes(60);
    if (submission > 1) {
      const { bytes } = await download(await twilio.link(of.day));
      assert.equal(sha256(bytes), expected[submission]?.sha256, `submission ${submission}`);
      assert.equal(gunzipSync(bytes).toString('utf8').trimEnd().split('\n').length, submission * 2 + 1);
    }
  }
});
