import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultScript } from '../../simulator/index.ts';
import { basic, call, startTwilio } from './caller.ts';
import type { Twilio } from './caller.ts';
import { download } from './download.ts';
import { completeDay, DAY } from './one-day.ts';

async function withFileAndFaults(...faults: FaultScript[]): Promise<Twilio> {
  const twilio = await startTwilio({ script: { faults, days: [{ sizeBytes: 400_000 }] } });
  await completeDay(twilio);
  return twilio;
}

test('a request without good credentials meets no fault, and uses none up', async () => {
  await using twilio = await startTwilio({
    script: {
      faults: [
        { kind: 'status500', operation: 'fetchExport', times: 1 },
        { kind: 'status503', operation: 'listJobs', nth: 1 },
      ],
    },
  });
  const { apiUrl, ledger } = twilio.simulator;
  const headers = { Authorization: basic('nobody', 'x') };
  for (const path of ['Messages', 'Messages/Jobs']) {
    assert.equal((await call(`${apiUrl}/v1/Exports/${path}`, { headers })).status, 401);
  }
  assert.deepEqual(ledger().faults, {});
  assert.equal((await twilio.api('Messages')).status, 500);
  assert.equal((await twilio.api('Messages/Jobs')).status, 503);
  assert.deepEqual(ledger().faults, { status500: 1, status503: 1 });
});

test('a link that opens nothing meets no fault, and uses none up', async () => {
  await using twilio = await withFileAndFaults({ kind: 'status500', operation: 'getFile', nth: 1 });
  const old = await twilio.link(DAY);
  twilio.minutes(5);
  assert.equal((await call(old)).status, 403);
  assert.equal((await call(old.replace('Messages', 'Calls'))).status, 403);
  assert.deepEqual(twilio.simulator.ledger().faults, {});
  assert.equal((await call(await twilio.link(DAY))).status, 500);
});

test('of several faults that meet one request, those are counted that were played', async () => {
  await using twilio = await withFileAndFaults(
    { kind: 'status429', operation: 'fetchExport', times: 1 },
    { kind: 'status500', operation: 'fetchExport', times: 1 },
    { kind: 'status503', operation: 'fetchExport', times: 1 },
    { kind: 'resetBefore', operation: 'listJobs', times: 1 },
    { kind: 'resetAfter', operation: 'listJobs', times: 1 },
    { kind: 'status500', operation: 'getFile', times: 1 },
    { kind: 'truncated', times: 1 },
    { kind: 'stall', times: 1, at: 0.1 },
    { kind: 'resetMidBody', times: 1, at: 0 },
  );
  const statuses = [];
  for (let count = 0; count < 4; count += 1) {
    statuses.push((await twilio.api('Messages')).status);
  }
  assert.deepEqual(statuses, [429, 500, 503, 200]);
  await assert.rejects(twilio.api('Messages/Jobs'), { code: 'ECONNRESET' });
  assert.equal(twilio.simulator.ledger().faults.resetAfter, undefined);
  assert.equal((await call(await twilio.link(DAY))).status, 500);
  assert.deepEqual(twilio.simulator.ledger().faults, {
    status429: 1,
    status500: 2,
    status503: 1,
    resetBefore: 1,
  });
});

test('a fault that can have no effect on an answer is neither played nor used up', async () => {
  await using twilio = await withFileAndFaults(
    { kind: 'truncated', times: 1 },
    { kind: 'corrupt', times: 1 },
    { kind: 'expiredLink', operation: 'fetchDay', times: 1 },
    { kind: 'changedFile', times: 1 },
  );
  assert.equal((await twilio.api('Messages/Days/2026-09-01')).status, 404);
  assert.deepEqual(twilio.simulator.ledger().faults, {});
  assert.equal((await call(await twilio.link(DAY))).status, 403);
  const refused = await download(await twilio.link(DAY), { 'If-Match': '"another"' });
  assert.equal(refused.status, 412);
  assert.deepEqual(twilio.simulator.ledger().faults, { expiredLink: 1, changedFile: 1 });
  // The first bytes are a gzip member's header, of which no checksum speaks.
  const header = await download(await twilio.link(DAY), { Range: 'bytes=0-4' });
  assert.equal(header.bytes.toString('hex').slice(0, 4), '1f8b');
  assert.deepEqual(twilio.simulator.ledger().faults, { expiredLink: 1, changedFile: 1, truncated: 1 });
  await download(await twilio.link(DAY));
  assert.equal(twilio.simulator.ledger().faults.corrupt, 1);
});

test('a number of times is kept, however many requests come at once', async () => {
  await using twilio = await startTwilio({
    script: {
      faults: [
        { kind: 'slow', delayMs: 1 },
        { kind: 'status500', times: 3 },
      ],
    },
  });
  const replies = await Promise.all(Array.from({ length: 12 }, () => twilio.api('Messages')));
  assert.equal(replies.filter(({ status }) => status === 500).length, 3);
  assert.deepEqual(twilio.simulator.ledger().faults, { slow: 12, status500: 3 });
});

test('a fault of a type meets the requests for jobs of that type, by their sids', async () => {
  await using twilio = await startTwilio({
    script: { faults: [{ kind: 'status500', operation: ['fetchJob', 'deleteJob'], resourceType: 'Calls' }] },
  });
  const form = { StartDay: DAY, EndDay: DAY, FriendlyName: 'x' };
  const ofCalls = (await twilio.api('Calls/Jobs', { form })).json.job_sid;
  const ofMessages = (await twilio.api('Messages/Jobs', { form })).json.job_sid;
  for (const [jobSid, fetched, deleted] of [
    [ofCalls, 500, 500],
    [ofMessages, 200, 204],
  ] as const) {
    assert.equal((await twilio.api(`Jobs/${jobSid}`)).status, fetched);
    assert.equal((await twilio.api(`Jobs/${jobSid}`, { method: 'DELETE' })).status, deleted);
  }
});

test('a link may have been used when it is given out, and is refused as such', async () => {
  await using twilio = await withFileAndFaults(
    { kind: 'usedLink', nth: 1 },
    { kind: 'expiredLink', times: 1 },
  );
  assert.equal((await call(await twilio.link(DAY))).status, 403);
  const { faults, links } = twilio.simulator.ledger();
  assert.deepEqual([faults, links.usedTwice, links.expired], [{ usedLink: 1 }, 1, 0]);
});

test('a link counts as used where it gave bytes, and only there', async () => {
  await using twilio = await withFileAndFaults({ kind: 'resetAfter', operation: 'getFile', nth: 3 });
  const used = () => twilio.simulator.ledger().links.used;
  await download(await twilio.link(DAY), { Range: 'bytes=400000-' });
  await download(await twilio.link(DAY), { 'If-Match': '"another"' });
  await assert.rejects(call(await twilio.link(DAY)), { code: 'ECONNRESET' });
  assert.equal(used(), 0);
  await download(await twilio.link(DAY), { Range: 'bytes=0-0' });
  await download(await twilio.link(DAY));
  assert.equal(used(), 2);
});
