import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { TEST_ACCOUNT_SID } from '../../simulator/index.ts';
import { basic, call, OTHER_ACCOUNT, startTwilio } from './caller.ts';
import { sha256 } from './download.ts';
import { DAY, FORM } from './one-day.ts';

test('where two accounts export one day, each link gives the file of its own account', async () => {
  const credentials = [{ accountSid: TEST_ACCOUNT_SID, authToken: 'one' }, OTHER_ACCOUNT];
  await using twilio = await startTwilio({ credentials });
  const headersOf = credentials.map(({ accountSid, authToken }) => ({
    Authorization: basic(accountSid, authToken),
  }));
  for (const headers of headersOf) {
    await twilio.api('Messages/Jobs', { form: FORM, headers });
  }
  twilio.minutes(60);
  const links = headersOf.map(
    async (headers) => (await twilio.api(`Messages/Days/${DAY}`, { headers })).json.redirect_to,
  );
  const files = await Promise.all(links.map(async (link) => call(await link)));

  files.forEach(({ bytes }, index) => {
    const { accountSid } = credentials[index] ?? { accountSid: '' };
    const expected = twilio.simulator.expectedFile({ resourceType: 'Messages', day: DAY, accountSid });
    assert.equal(sha256(bytes), expected?.sha256);
    assert.deepEqual(new Set(recordsIn(bytes).map(({ account_sid }) => account_sid)), new Set([accountSid]));
  });
  const sids = files.flatMap(({ bytes }) => recordsIn(bytes).map(({ sid }) => sid));
  assert.equal(new Set(sids).size, sids.length, 'no record is in both files');
  assert.equal(new Set(files.map(({ headers }) => headers.etag)).size, 2, 'each file has its own ETag');
});

function recordsIn(bytes: Buffer): { sid: string; account_sid: string }[] {
  const lines = gunzipSync(bytes).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as { sid: string; account_sid: string });
}
