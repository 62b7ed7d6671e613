import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ApplicationFailureCategory } from '@temporalio/common';
import { downloadSlotsBusy } from '../../activities/download/download-failure.ts';
import {
  createActivities,
  createFileStorage,
  defaultSettings,
  StorageProblem,
} from '../../activities/index.ts';
import type { DayStorage } from '../../activities/index.ts';
import type { FaultKindScript } from '../../simulator/index.ts';
import { DAY, download as input, startDays } from './complete-days.ts';
import { startDayServer } from './day-server.ts';
import { identity, runActivity, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

test('a day is fetched, proven and published whole, and nothing else is left in its folder but the proof', async (t) => {
  const rig = await startDays(t);
  const { result, heartbeats } = await rig.run('downloadExportDay', input);
  assert.equal(result?.outcome, 'downloaded');
  assert.ok(result?.outcome === 'downloaded', 'the day is downloaded');
  const { location, ...proof } = result.file;
  assert.deepEqual(proof, rig.simulator.expectedFile({ resourceType: 'Messages', day: DAY }));
  const path = fileURLToPath(location);
  const folder = join(rig.root, `account=${rig.simulator.accountSid}`, 'type=Messages', `day=${DAY}`);
  assert.equal(path, join(folder, 'part-0.json.gz'));
  assert.equal(
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
    proof.sha256,
  );
  assert.deepEqual(await halves(rig), []);
  assert.ok(
    heartbeats.every((details) => !JSON.stringify(details ?? null).includes('http')),
    'no link in a heartbeat',
  );

  const { links, authorizationAtStore } = rig.simulator.ledger();
  assert.deepEqual(links, { issued: 1, used: 1, usedTwice: 0, expired: 0, unknown: 0 });
  assert.equal(authorizationAtStore, 0);
});

test('a published file with its proof is not fetched again, unless it was touched', async (t) => {
  const rig = await startDays(t);
  const first = await rig.run('downloadExportDay', input);
  const again = await rig.run('downloadExportDay', input, { attempt: 2 });
  assert.deepEqual(again.result, first.result);
  assert.equal(rig.simulator.ledger().requests.getFile, 1);

  assert.ok(first.result?.outcome === 'downloaded', 'the day is downloaded');
  await utimes(fileURLToPath(first.result.file.location), 1, 1);
  const touched = await rig.run('downloadExportDay', input, { attempt: 3 });
  assert.deepEqual(touched.result, first.result);
  assert.equal(rig.simulator.ledger().requests.getFile, 2);

  // Another export has not proven it: it fetches for itself.
  await rig.run('downloadExportDay', { ...input, exportId: 'another-run' });
  assert.equal(rig.simulator.ledger().requests.getFile, 3);
});

test('a broken fetch keeps what came, and the next attempt asks for the rest of the very same file alone', async (t) => {
  const rig = await startDays(t, { sizeBytes: 400_000 }, { settings: { writeBatchBytes: 10_000 } });
  rig.simulator.faults.add({ kind: 'resetMidBody', at: 0.5, operation: 'getFile', times: 1 });
  const broken = await rig.run('downloadExportDay', input);
  assert.equal(broken.failure?.type, 'TwilioUnavailable');
  assert.match(broken.failure?.message ?? '', /after \d+ of 400000 bytes, which are kept/);
  const [half] = await halves(rig);
  assert.ok(half !== undefined, 'half a file');

  const { result } = await rig.run('downloadExportDay', input, { attempt: 2 });
  assertWhole(rig, result);
  const { bytesSent, links } = rig.simulator.ledger();
  assert.ok(bytesSent.total < 650_000, `${bytesSent.total} bytes were sent in all`);
  assert.deepEqual([links.issued, links.used, links.usedTwice], [2, 2, 0]);
});

test('a file that has changed meanwhile is fetched from its beginning, in the same attempt', async (t) => {
  const rig = await startDays(t, { sizeBytes: 400_000 });
  rig.simulator.faults.add({ kind: 'resetMidBody', operation: 'getFile', times: 1 });
  await rig.run('downloadExportDay', input);
  rig.simulator.faults.add({ kind: 'changedFile', operation: 'fetchDay', times: 1 });
  const { result } = await rig.run('downloadExportDay', input, { attempt: 2 });
  assertWhole(rig, result);
  assert.equal(rig.simulator.ledger().answers['412'], 1);
  assert.equal(rig.simulator.ledger().links.usedTwice, 0);
});

for (const store of [
  { ranges: 'ignored' },
  { etag: 'weak' },
  { etag: 'none' },
  { contentEncoding: 'gzip' },
] as const) {
  test(`a store with ${JSON.stringify(store)} gives the whole file after a break, too`, async (t) => {
    const rig = await startDays(t, { sizeBytes: 400_000 }, { simulator: { script: { store } } });
    rig.simulator.faults.add({ kind: 'resetMidBody', operation: 'getFile', times: 1 });
    await rig.run('downloadExportDay', input);
    const { result } = await rig.run('downloadExportDay', input, { attempt: 2 });
    assertWhole(rig, result);
    assert.deepEqual(await halves(rig), []);
  });
}

test('a whole half file, whose end only its attempt did not see, is proven without another byte', async (t) => {
  const rig = await startDays(t, { sizeBytes: 100_000 });
  const { result } = await rig.run('downloadExportDay', input);
  assert.ok(result?.outcome === 'downloaded', 'the day is downloaded');
  const path = fileURLToPath(result.file.location);
  const bytes = await readFile(path);
  rig.simulator.faults.add({ kind: 'resetMidBody', at: 0.9, operation: 'getFile', times: 1 });
  await utimes(path, 1, 1);
  await rig.run('downloadExportDay', input, { attempt: 2 });
  const [half] = await halves(rig);
  await writeFile(join(path, '..', half ?? ''), bytes);
  const sentBefore = rig.simulator.ledger().bytesSent.total;
  const { result: whole } = await rig.run('downloadExportDay', input, { attempt: 3 });
  assertWhole(rig, whole);
  assert.equal(rig.simulator.ledger().bytesSent.total, sentBefore);
});

test('a store that answers from another byte than was asked for is not believed', async (t) => {
  const file = gzipSync(Buffer.from('{"record":1}\n'.repeat(100_000)), { level: 0 });
  const server = await startDayServer(t, (request, response, number) => {
    const headers = { etag: '"one"', 'content-length': file.length };
    if (number === 1) {
      response.writeHead(200, headers).write(file.subarray(0, 900_000), () => response.destroy());
    } else if (request.headers.range === undefined) {
      response.writeHead(200, headers).end(file);
    } else {
      response
        .writeHead(206, { ...headers, 'content-range': `bytes 0-${file.length - 1}/${file.length}` })
        .end(file);
    }
  });
  const rig = await startRig(t, { twilioUrl: server.apiUrl, settings: { writeBatchBytes: 10_000 } });
  assert.equal((await rig.run('downloadExportDay', input)).failure?.type, 'TwilioUnavailable');
  const { result } = await rig.run('downloadExportDay', input, { attempt: 2 });
  assert.ok(result?.outcome === 'downloaded', 'the day is downloaded');
  assert.ok((await readFile(fileURLToPath(result.file.location))).equals(file), 'the bytes that were served');
  const [whole, rest, anew] = server.stored;
  assert.equal(whole?.range, undefined);
  assert.match(rest?.range ?? '', /^bytes=[1-9]\d*-$/);
  assert.equal(rest?.ifMatch, '"one"');
  assert.equal(anew?.range, undefined);
  assert.equal(server.asked.length, 3, 'each link is used once');
});

test('an attempt that is given up and still writes does no harm to its successor', async (t) => {
  const file = gzipSync(Buffer.from('{"record":1}\n'.repeat(20_000)), { level: 0 });
  const middle = Math.floor(file.length / 2);
  let goOn: () => void = () => {};
  const server = await startDayServer(t, (request, response, number) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const headers = { etag: '"one"', 'content-length': file.length - from };
    const status = from === 0 ? 200 : 206;
    response.writeHead(
      status,
      from === 0
        ? headers
        : { ...headers, 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` },
    );
    if (number === 1) {
      response.write(file.subarray(0, middle));
      // Whatever it sends later is not what it began with.
      goOn = () => response.end(Buffer.alloc(file.length - middle, 'x'));
    } else {
      response.end(file.subarray(from));
    }
  });
  const rig = await startRig(t, {
    twilioUrl: server.apiUrl,
    settings: { writeBatchBytes: 1_000, stallMs: 5_000 },
  });
  const zombie = rig.run('downloadExportDay', input);
  while ((await halves(rig)).length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { result } = await rig.run('downloadExportDay', input, { attempt: 2 });
  goOn();
  const late = await zombie;
  assert.equal(late.result, null, 'what it wrote proved wrong or is gone');
  assert.ok(result?.outcome === 'downloaded', 'the day is downloaded');
  const published = await readFile(fileURLToPath(result.file.location));
  assert.ok(published.equals(file), 'the bytes that were served');
  const again = await rig.run('downloadExportDay', input, { attempt: 3 });
  assert.deepEqual(again.result, result);
});

const corruptions: [string, FaultKindScript][] = [
  ['a byte that is another one', { kind: 'corrupt', at: 0.5 }],
  ['a file that is cut short though its length fits', { kind: 'truncated', at: 0.7 }],
];
for (const [words, fault] of corruptions) {
  test(`${words} is found on the disk, and the next attempt fetches all of it anew`, async (t) => {
    const rig = await startDays(t, { sizeBytes: 50_000 });
    rig.simulator.faults.add({ ...fault, operation: 'getFile', times: 1 });
    const corrupt = await rig.run('downloadExportDay', input);
    assert.equal(corrupt.failure?.type, 'DayFileCorrupt');
    assert.equal(corrupt.failure?.nonRetryable, true);
    assert.deepEqual(await halves(rig), []);
    const { result } = await rig.run('downloadExportDay', input);
    assertWhole(rig, result);
  });
}

test('a store that sends less than it promised is asked for the rest', async (t) => {
  const rig = await startDays(t, { sizeBytes: 50_000 });
  rig.simulator.faults.add({ kind: 'wrongLength', operation: 'getFile', times: 1 });
  const short = await rig.run('downloadExportDay', input);
  assert.ok(
    ['TwilioUnavailable', 'DownloadStalled'].includes(short.failure?.type ?? ''),
    String(short.error),
  );
  assertWhole(rig, (await rig.run('downloadExportDay', input, { attempt: 2 })).result);
});

test('a connection without bytes is a stall, and what came before it is kept', async (t) => {
  const rig = await startDays(t, { sizeBytes: 400_000 }, { settings: { stallMs: 150 } });
  rig.simulator.faults.add({ kind: 'stall', operation: 'getFile', times: 1 });
  const { failure, heartbeats } = await rig.run('downloadExportDay', input);
  assert.equal(failure?.type, 'DownloadStalled');
  assert.equal(failure?.nonRetryable, false);
  assert.ok(heartbeats.length >= 5, 'it beats though no byte comes');
  assert.equal((await halves(rig)).length, 1);
});

test('a disk that is slower than a stall lasts is waited for: it is not the store that stands still', async (t) => {
  const rig = await startDays(t, { sizeBytes: 1_500_000 });
  const storage = createFileStorage(pathToFileURL(rig.root).href);
  let writes = 0;
  const slow: DayStorage = {
    ...storage,
    createHalf: async (key, etag) => {
      const half = await storage.createHalf(key, etag);
      const write = async (chunks: Uint8Array[], offsetBytes: number): Promise<void> => {
        writes++;
        await pause(300);
        await half.write(chunks, offsetBytes);
      };
      return { ...half, write };
    },
  };
  const { accountSid, authToken } = rig.simulator;
  const { activities, close } = createActivities({
    accounts: { default: { accountSid, username: accountSid, password: authToken } },
    destinations: { default: slow },
    twilioUrl: rig.simulator.apiUrl,
    settings: { stallMs: 100 },
  });
  t.after(close);
  assertWhole(rig, (await runActivity(activities.downloadExportDay, input)).result);
  assert.ok(writes > 4, `${writes} writes`);
  assert.equal(rig.simulator.ledger().links.issued, 1);
});

test('how long no bytes are a stall is for the options to say', { timeout: 30_000 }, async (t) => {
  const rig = await startDays(t, { sizeBytes: 400_000 });
  rig.simulator.faults.add({ kind: 'stall', operation: 'getFile' });
  const { accountSid, authToken } = rig.simulator;
  const { activities, close } = createActivities({
    accounts: { default: { accountSid, username: accountSid, password: authToken } },
    destinations: { default: createFileStorage(pathToFileURL(rig.root).href) },
    twilioUrl: rig.simulator.apiUrl,
    stallTimeout: '1 second',
  });
  t.after(close);
  const { failure } = await runActivity(activities.downloadExportDay, input);
  assert.equal(failure?.type, 'DownloadStalled');
});

test('a link that has expired is rejected and a fresh one is asked for at the next attempt', async (t) => {
  const rig = await startDays(t);
  rig.simulator.faults.add({ kind: 'expiredLink', operation: 'fetchDay', times: 1 });
  const { failure } = await rig.run('downloadExportDay', input);
  assert.equal(failure?.type, 'LinkRejected');
  assert.equal(failure?.nonRetryable, false);
  assert.match(failure?.message ?? '', /answered 403 \(AccessDenied\)/);
  assertWhole(rig, (await rig.run('downloadExportDay', input, { attempt: 2 })).result);
});

test('an outage of the store is retried and never shows the link', async (t) => {
  const rig = await startDays(t);
  for (const kind of ['status500', 'status503', 'resetBefore'] as const) {
    rig.simulator.faults.add({ kind, operation: 'getFile', times: 1 });
    const { failure } = await rig.run('downloadExportDay', input);
    assert.equal(failure?.type, 'TwilioUnavailable');
    assert.ok(!/Signature|X-Amz|\/files?\//.test(failure?.message ?? ''), failure?.message);
  }
});

test('the store gets neither credentials nor an encoding, and its redirects are not followed', async (t) => {
  const server = await startDayServer(t, (_request, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:9/elsewhere' }).end();
  });
  const rig = await startRig(t, { twilioUrl: server.apiUrl });
  const { failure } = await rig.run('downloadExportDay', input);
  assert.equal(failure?.type, 'LinkRejected');
  assert.deepEqual(server.stored, [
    { range: undefined, ifMatch: undefined, authorization: undefined, acceptEncoding: 'identity' },
  ]);
  assert.ok(!JSON.stringify(failure).includes('planted-signature'), 'no signature in the failure');
});

test('a link that may not be followed is not followed', async (t) => {
  for (const link of ['ftp://127.0.0.1/f', 'http://me:secret@127.0.0.1/f?sig=1', 'http://']) {
    const server = await startDayServer(
      t,
      (_request, response) => response.end(),
      () => link,
    );
    const rig = await startRig(t, { twilioUrl: server.apiUrl });
    const { failure } = await rig.run('downloadExportDay', input);
    assert.ok(failure?.type === 'LinkRejected', link);
    assert.ok(!failure.message.includes('secret'), 'no secret in the message');
    assert.deepEqual(server.stored, []);
  }
});

test('an empty day is empty in each of its three forms', async (t) => {
  for (const file of ['emptyFile', 'zeroBytes', 'missing'] as const) {
    const rig = await startDays(t, { statuses: [{ status: 'CompletedEmptyRecords' }], file });
    const { result } = await rig.run('downloadExportDay', { ...input, status: 'CompletedEmptyRecords' });
    assert.deepEqual(result, { outcome: 'empty' }, file);
    assert.deepEqual(await halves(rig), []);
  }
});

test('a day that is said to be empty and has records is downloaded', async (t) => {
  const rig = await startDays(t);
  assertWhole(
    rig,
    (await rig.run('downloadExportDay', { ...input, status: 'CompletedEmptyRecords' })).result,
  );
});

test('a completed day of 0 bytes is corrupt, and one that is either is empty', async (t) => {
  const rig = await startDays(t, { statuses: [{ status: 'Completed' }], file: 'zeroBytes' });
  const { failure } = await rig.run('downloadExportDay', input);
  assert.equal(failure?.type, 'DayFileCorrupt');
  const { result } = await rig.run('downloadExportDay', { ...input, status: 'CompletedOrEmpty' });
  assert.deepEqual(result, { outcome: 'empty' });
});

test('a completed day that answers 404 is asked again for a while, and then its file has expired', async (t) => {
  const rig = await startDays(
    t,
    { statuses: [{ status: 'Completed' }], file: 'missing' },
    { settings: { dayAppearsWithinMs: 600_000, dayRecheckMs: 30_000 } },
  );
  let heartbeatDetails: unknown;
  for (const attempt of [1, 2, 3]) {
    const { failure, heartbeats } = await rig.run('downloadExportDay', input, { attempt, heartbeatDetails });
    assert.equal(failure?.type, 'DayNotAvailable');
    assert.equal(failure?.nonRetryable, false);
    assert.equal(failure?.nextRetryDelay, 30_000);
    assert.equal(failure?.category, ApplicationFailureCategory.BENIGN);
    heartbeatDetails = heartbeats.at(-1);
    rig.simulator.clock.advance(250_000);
  }
  assert.equal(rig.simulator.ledger().requests.fetchDay, 3, 'one question an attempt');
  const { failure } = await rig.run('downloadExportDay', input, { attempt: 4, heartbeatDetails });
  assert.equal(failure?.type, 'DayNotAvailable');
  assert.equal(failure?.nonRetryable, true);
  assert.match(failure?.message ?? '', /answered 404 for it, for 10 minutes.*submitted again/);
});

test('what was missing before an outage, or before a lost heartbeat, was not missing all the time', async (t) => {
  const rig = await startDays(t, { statuses: [{ status: 'Completed' }], file: 'missing' });
  const { heartbeats } = await rig.run('downloadExportDay', input);
  rig.simulator.clock.advance(3_600_000);
  for (const heartbeatDetails of [heartbeats.at(-1), undefined, null, 7, { day: DAY, bytes: 9 }]) {
    const { failure } = await rig.run('downloadExportDay', input, { attempt: 3, heartbeatDetails });
    assert.equal(failure?.nonRetryable, false);
  }
});

test('a day without a file leaves its slot to others, and its wait goes on while all slots are taken', async (t) => {
  const rig = await startDays(
    t,
    { statuses: [{ status: 'Completed' }], file: 'missing' },
    { downloadSlots: 1 },
  );
  const first = await rig.run('downloadExportDay', input);
  rig.simulator.clock.advance(3_600_000);
  rig.simulator.faults.add({ kind: 'slow', delayMs: 100, operation: 'fetchDay', times: 2 });
  const others = ['2026-10-02', '2026-10-03'].map((day) => rig.run('downloadExportDay', { ...input, day }));
  const busy = await rig.run('downloadExportDay', input, {
    attempt: 2,
    heartbeatDetails: first.heartbeats.at(-1),
  });
  assert.equal(busy.failure?.type, 'DownloadSlotsBusy');
  await Promise.all(others);
  const last = await rig.run('downloadExportDay', input, {
    attempt: 3,
    heartbeatDetails: busy.heartbeats.at(-1),
  });
  assert.equal(last.failure?.type, 'DayNotAvailable');
  assert.equal(last.failure?.nonRetryable, true);
});

test('a file that has appeared meanwhile is downloaded by the next attempt', async (t) => {
  const rig = await startDays(t, { statuses: [{ status: 'Completed' }], fileDelay: '10 minutes' });
  const { heartbeats } = await rig.run('downloadExportDay', input);
  rig.simulator.clock.advance(600_000);
  const heartbeatDetails = heartbeats.at(-1);
  assertWhole(rig, (await rig.run('downloadExportDay', input, { attempt: 2, heartbeatDetails })).result);
});

test('a link that leads to no file is waited for and never an empty day: there was a file', async (t) => {
  for (const status of [404, 410]) {
    const server = await startDayServer(t, (_request, response) => {
      response.writeHead(status).end('<Error><Code>NoSuchKey</Code></Error>');
    });
    const rig = await startRig(t, { twilioUrl: server.apiUrl, settings: { dayAppearsWithinMs: 0 } });
    for (const said of ['Completed', 'CompletedEmptyRecords', 'CompletedOrEmpty'] as const) {
      const { failure, result } = await rig.run('downloadExportDay', { ...input, status: said });
      assert.equal(failure?.type, 'DayNotAvailable', JSON.stringify(result));
      assert.match(failure?.message ?? '', /the link that Twilio gave leads to no file/);
    }
  }
});

test('a store that ends its answers too early is asked for the rest, and what came is kept', async (t) => {
  const file = gzipSync(Buffer.from('{"record":1}\n'.repeat(20_000)), { level: 0 });
  const partBytes = 50_000;
  const server = await startDayServer(t, (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const end = Math.min(from + partBytes, file.length);
    response
      .writeHead(206, { etag: '"one"', 'content-range': `bytes ${from}-${end - 1}/${file.length}` })
      .end(file.subarray(from, end));
  });
  // A 206 to a request without a range begins nothing, so an earlier attempt has left the first bytes.
  const rig = await startRig(t, { twilioUrl: server.apiUrl });
  const storage = createFileStorage(pathToFileURL(rig.root).href);
  const { accountSid } = rig.simulator;
  const { resourceType, exportId } = identity;
  const half = await storage.createHalf({ accountSid, resourceType, day: DAY, exportId }, '"one"');
  await half.write([file.subarray(0, 10_000)], 0);
  await half.close();

  const first = await rig.run('downloadExportDay', input);
  assert.equal(first.failure?.type, 'TwilioUnavailable');
  assert.match(first.failure?.message ?? '', /ended its answer after 160000 of \d+ bytes, which are kept/);
  const second = await rig.run('downloadExportDay', input, { attempt: 2 });
  assert.ok(second.result?.outcome === 'downloaded', 'the day is downloaded');
  assert.ok(
    (await readFile(fileURLToPath(second.result.file.location))).equals(file),
    'the bytes that were served',
  );
  assert.equal(server.stored.length, 6, 'never more than three links an attempt');
});

test('a half file is copied only once there is a link, and a link that has grown old meanwhile is not used', async (t) => {
  const rig = await startDays(t, {}, { settings: { linkFreshMs: 20 } });
  const steps: string[] = [];
  const storage = createFileStorage(pathToFileURL(rig.root).href);
  const slow: DayStorage = {
    ...storage,
    adoptHalf: async (key) => {
      steps.push(`adopt after ${rig.simulator.ledger().links.issued}`);
      await pause(60);
      return storage.adoptHalf(key);
    },
  };
  const { accountSid, authToken } = rig.simulator;
  const { activities, close } = createActivities({
    accounts: { default: { accountSid, username: accountSid, password: authToken } },
    destinations: { default: slow },
    twilioUrl: rig.simulator.apiUrl,
    settings: { linkFreshMs: 20 },
  });
  t.after(close);
  assertWhole(rig, (await runActivity(activities.downloadExportDay, input)).result);
  assert.deepEqual(steps, ['adopt after 1']);
  const { issued, used } = rig.simulator.ledger().links;
  assert.deepEqual([issued, used], [2, 1]);

  rig.simulator.faults.add({ kind: 'status500', operation: 'fetchDay' });
  await runActivity(activities.downloadExportDay, { ...input, day: '2026-10-02' });
  assert.equal(steps.length, 1, 'without a link nothing is copied');
});

test('a day is proven while it is fetched, from the first byte that lies there', async (t) => {
  const rig = await startDays(t, { sizeBytes: 400_000 });
  const storage = createFileStorage(pathToFileURL(rig.root).href);
  const steps: string[] = [];
  const noting: DayStorage = {
    ...storage,
    createHalf: async (key, etag) => {
      const half = await storage.createHalf(key, etag);
      return {
        ...half,
        write: (chunks, offsetBytes) => {
          steps.push('write');
          return half.write(chunks, offsetBytes);
        },
        read: (range) => {
          steps.push(`read from ${range?.fromBytes}`);
          return half.read(range);
        },
      };
    },
  };
  const { accountSid, authToken } = rig.simulator;
  const { activities, close } = createActivities({
    accounts: { default: { accountSid, username: accountSid, password: authToken } },
    destinations: { default: noting },
    twilioUrl: rig.simulator.apiUrl,
    settings: { writeBatchBytes: 10_000 },
  });
  t.after(close);
  assertWhole(rig, (await runActivity(activities.downloadExportDay, input)).result);
  assert.ok(steps.indexOf('read from 0') < steps.lastIndexOf('write'), steps.join());
});

test('an attempt that was given up while it verified publishes nothing', async (t) => {
  const rig = await startDays(t);
  const storage = createFileStorage(pathToFileURL(rig.root).href);
  let cancel: () => void = () => {};
  const { accountSid, authToken } = rig.simulator;
  const { activities, close } = createActivities({
    accounts: { default: { accountSid, username: accountSid, password: authToken } },
    destinations: {
      default: {
        ...storage,
        createHalf: async (key, etag) => {
          const half = await storage.createHalf(key, etag);
          return {
            ...half,
            read: async function* (range) {
              yield* half.read(range);
              cancel();
            },
          };
        },
      },
    },
    twilioUrl: rig.simulator.apiUrl,
  });
  t.after(close);
  const { error } = await runActivity(activities.downloadExportDay, input, {}, (env) => {
    cancel = () => env.cancel();
  });
  assert.equal((error as Error).name, 'CancelledFailure');
  const names = (await readdir(rig.root, { recursive: true })).filter((name) => name.endsWith('.gz'));
  assert.deepEqual(names, []);
});

test('downloads over the slots wait, those over the queue come back later, and none is lost', async (t) => {
  const rig = await startDays(t, {}, { downloadSlots: 1 });
  rig.simulator.faults.add({ kind: 'slow', delayMs: 50, operation: 'getFile' });
  const days = ['2026-10-01', '2026-10-02', '2026-10-03'];
  const ran = await Promise.all(days.map((day) => rig.run('downloadExportDay', { ...input, day })));
  assert.deepEqual(
    ran.map(({ failure }) => failure?.type ?? null),
    [null, null, 'DownloadSlotsBusy'],
  );
  const delayMs = Number(ran[2]?.failure?.nextRetryDelay);
  assert.ok(delayMs >= 10_000 && delayMs <= 20_000, `${delayMs} ms`);
  const late = downloadSlotsBusy({ settings: defaultSettings, random: () => 1 }, { doing: '', attempt: 400 });
  assert.equal(late.nextRetryDelay, 120_000, 'the longer it waits the less often it asks');
  const { result } = await rig.run('downloadExportDay', { ...input, day: '2026-10-03' }, { attempt: 2 });
  assert.equal(result?.outcome, 'downloaded');
});

test('a cancel ends a download and a wait for a slot, keeps the half file, and frees the slot', async (t) => {
  const rig = await startDays(t, { sizeBytes: 400_000 }, { downloadSlots: 1, settings: { stallMs: 10_000 } });
  rig.simulator.faults.add({ kind: 'stall', operation: 'getFile', times: 1 });
  const cancels: (() => void)[] = [];
  const noteCancel = ({ cancel }: { cancel: () => void }): void => {
    cancels.push(cancel);
  };
  const running = rig.run('downloadExportDay', input, {}, noteCancel);
  const waiting = rig.run('downloadExportDay', { ...input, day: '2026-10-02' }, {}, noteCancel);
  while ((await halves(rig)).length === 0) await pause(5);
  for (const cancel of cancels) cancel();
  assert.equal(((await waiting).error as Error).name, 'CancelledFailure');
  assert.equal(((await running).error as Error).name, 'CancelledFailure');
  assert.equal((await halves(rig)).length, 1);
  assertWhole(rig, (await rig.run('downloadExportDay', input, { attempt: 2 })).result);
});

test('an outage of Twilio, a rate limit and lost credentials are all retried, each at its own pace', async (t) => {
  const rig = await startDays(t);
  const cases = [
    [{ kind: 'status500' }, 'TwilioUnavailable', undefined],
    [{ kind: 'status429', retryAfter: 3 }, 'RateLimited', 3_000],
    [{ kind: 'status401' }, 'AuthenticationRejected', 300_000],
  ] as const;
  for (const [fault, type, minimumDelayMs] of cases) {
    const mend = rig.simulator.faults.add({ ...fault, operation: 'fetchDay' });
    const { failure } = await rig.run('downloadExportDay', input);
    mend();
    assert.equal(failure?.type, type);
    assert.equal(failure?.nonRetryable, false);
    assert.ok(
      minimumDelayMs === undefined || Number(failure?.nextRetryDelay) >= minimumDelayMs,
      String(failure?.nextRetryDelay),
    );
  }
});

test('a destination that takes no new file lets go of the connection that the file was coming by', async (t) => {
  let closed: Promise<unknown> = Promise.resolve();
  const server = await startDayServer(t, (_request, response) => {
    closed = once(response, 'close');
    response.writeHead(200, { 'content-length': 100_000_000 }).write(Buffer.alloc(1_000_000));
  });
  const full: DayStorage = {
    ...createFileStorage('file:./never-made'),
    createHalf: () => Promise.reject(new StorageProblem('full', 'could not make a half file: ENOSPC')),
  };
  const { activities, close } = createActivities({
    accounts: { default: { accountSid: `AC${'0'.repeat(32)}`, username: 'u', password: 'p' } },
    destinations: { default: full },
    twilioUrl: server.apiUrl,
  });
  t.after(close);
  const { failure } = await runActivity(activities.downloadExportDay, input);
  assert.equal(failure?.type, 'StorageUnavailable');
  assert.equal(failure?.nextRetryDelay, 300_000);
  await closed;
});

test('a destination that turned read-only or full is retried slowly', async (t) => {
  const rig = await startDays(t);
  await writeFile(join(rig.root, `account=${rig.simulator.accountSid}`), 'in the way');
  const { failure } = await rig.run('downloadExportDay', input);
  assert.equal(failure?.type, 'StorageRejected');
  assert.equal(failure?.nonRetryable, false);
  assert.equal(failure?.nextRetryDelay, 300_000);
});

function assertWhole(rig: Rig, result: unknown): void {
  const expected = rig.simulator.expectedFile({ resourceType: 'Messages', day: DAY });
  assert.ok(typeof result === 'object' && result !== null && 'file' in result, JSON.stringify(result));
  const { location: _, ...proof } = result.file as { location: string };
  assert.deepEqual(proof, expected);
}

async function halves({ root }: Rig): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  return names.map((name) => name.split('/').at(-1) ?? '').filter((name) => name.startsWith('_half-'));
}
