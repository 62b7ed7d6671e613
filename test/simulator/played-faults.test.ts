import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultScript } from '../../simulator/index.ts';
import { basic, call, startTwilio } from './caller.ts';
import type { Twilio } from './caller.ts';
import { download, openDownload, readPart } from './download.ts';
import { completeDay, DAY } from './one-day.ts';

const EMPTY_DAY = '2026-10-02';

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

test('what is missing, cut or silent anyway uses up no fault', async () => {
  await using twilio = await startTwilio({
    script: {
      days: [{ sizeBytes: 400_000 }, { days: EMPTY_DAY, file: 'zeroBytes' }],
      faults: [
        { kind: 'truncated', times: 1 },
        { kind: 'stall', times: 1 },
        { kind: 'resetMidBody', times: 1 },
        { kind: 'changedFile', days: EMPTY_DAY, times: 1 },
      ],
    },
  });
  await twilio.createJob(DAY, EMPTY_DAY);
  twilio.minutes(60);
  const behind = { Range: 'bytes=400000-' };
  assert.equal((await download(await twilio.link(DAY), behind)).status, 416);
  assert.ok((await download(await twilio.link(EMPTY_DAY))).isWhole, 'nothing of nothing is all of it');
  assert.deepEqual(twilio.simulator.ledger().faults, {});
  const cut = await download(await twilio.link(DAY), { Range: 'bytes=300000-' });
  assert.deepEqual([cut.status, cut.headers['content-range']], [416, 'bytes */200000']);
  assert.deepEqual(twilio.simulator.ledger().faults, { truncated: 1 });
});

test('of a stall and a break of the same answer the stall is played', { timeout: 20_000 }, async () => {
  await using twilio = await withFileAndFaults({ kind: 'resetMidBody', at: 0.1 }, { kind: 'stall', at: 0.2 });
  const response = await openDownload(await twilio.link(DAY));
  assert.equal(await readPart(response, 80_000), 80_000);
  assert.deepEqual(twilio.simulator.ledger().faults, { stall: 1 });
  response.destroy();
});

test('a receiver that went away during a slow answer uses up nothing more', { timeout: 20_000 }, async () => {
  await using twilio = await withFileAndFaults(
    { kind: 'slow', operation: 'getFile', delayMs: 100, times: 1 },
    { kind: 'corrupt', times: 1 },
  );
  const link = await twilio.link(DAY);
  const impatient = request(link).end();
  impatient.on('error', () => {
    // It was to go away.
  });
  while (twilio.simulator.ledger().faults.slow === undefined) {
    await sleep(1);
  }
  impatient.destroy();
  await sleep(150);
  const { links, faults } = twilio.simulator.ledger();
  assert.deepEqual([links.used, faults], [0, { slow: 1 }]);
  assert.equal((await download(link)).status, 200);
  assert.equal(twilio.simulator.ledger().faults.corrupt, 1);
});

test('of two slow requests with one link, one gets the file', async () => {
  await using twilio = await withFileAndFaults({ kind: 'slow', operation: 'getFile', delayMs: 20 });
  const link = await twilio.link(DAY);
  const statuses = (await Promise.all([call(link), call(link)])).map(({ status }) => status);
  assert.deepEqual(statuses.toSorted(), [200, 403]);
  assert.equal(twilio.simulator.ledger().links.usedTwice, 1);
});

test('too many requests at once, and too large ones, are refused before any status of a fault', async () => {
  await using twilio = await startTwilio({
    script: { concurrentRequests: 1, faults: [{ kind: 'status500', times: 1 }] },
  });
  const large = { form: { x: 'x'.repeat(70_000) } };
  assert.equal((await twilio.api('Messages/Jobs', large)).status, 413);
  const replies = await Promise.all([1, 2, 3, 4].map(() => twilio.api('Messages')));
  const failed = replies.filter(({ status }) => status === 500).length;
  assert.ok(
    replies.some(({ status }) => status === 429),
    'a limit was met',
  );
  assert.ok(
    replies.every(({ status }) => [200, 429, 500].includes(status)),
    'all as scripted',
  );
  assert.equal(twilio.simulator.ledger().faults.status500 ?? 0, failed);
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

test('an nth counts the requests for a job also when the job is gone', async () => {
  await using twilio = await startTwilio({
    script: {
      faults: [{ kind: 'status500', operation: ['deleteJob', 'fetchJob'], resourceType: 'Messages', nth: 2 }],
    },
  });
  const jobSid = await completeDay(twilio);
  const statuses: number[] = [];
  for (const method of ['DELETE', 'DELETE', 'DELETE', 'GET', 'GET']) {
    statuses.push((await twilio.api(`Jobs/${jobSid}`, { method })).status);
  }
  assert.deepEqual(statuses, [204, 500, 404, 404, 500]);
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
