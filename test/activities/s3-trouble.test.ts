import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createS3Storage, StorageProblem } from '../../activities/index.ts';
import type { DayStorage } from '../../activities/index.ts';
import type { S3Server } from '../support/s3-server.ts';
import { DAY, download, startDays } from './complete-days.ts';
import { create, identity, startRig } from './rig.ts';
import type { Rig } from './rig.ts';
import { openUploads } from '../support/open-uploads.ts';
import { startS3Front } from './s3-front.ts';
import type { S3Fault, S3Request } from './s3-front.ts';
import {
  fill,
  key,
  makeFile,
  MB,
  namesInSpool,
  newSpool,
  OBJECT_KEY,
  openS3Storage,
  startS3,
} from './s3-rig.ts';
import { nodeProgram } from '../support/node-program.ts';

const ENDPOINT_TOLD =
  /the endpoint is no URL that the SDK takes.*Check the endpoint, by \?endpoint=… or AWS_ENDPOINT_URL_S3/;

let server: S3Server;
before(async () => {
  server = await startS3();
});
after(() => server.close());

describe('an upload that meets trouble', () => {
  for (const [checksum, who] of [
    ['sha256', 'one that checks as AWS does'],
    ['md5', 'rclone'],
  ] as const) {
    test(`publishes nothing of which a byte has changed on the way to the store, by ${checksum} at ${who}`, async (t) => {
      let isBad = true;
      const front = await startS3Front(t, server.endpoint, ({ partNumber }) =>
        isBad && partNumber === 2 ? 'alter' : null,
      );
      const prefix = `altered-${checksum}`;
      const options = { endpoint: front.endpoint, prefix, parameters: `&checksum=${checksum}` };
      const storage = await openS3Storage(t, { ...options, spool: await newSpool(t) });
      const { bytes, proof } = makeFile(20 * MB);
      const half = await fill(storage, bytes);
      await assert.rejects(half.publish(proof), (error) => {
        assert.ok(error instanceof StorageProblem, String(error));
        assert.equal(error.kind, 'busy');
        // rclone ends the whole upload then, and the parts beside it may hear of that first.
        const told = checksum === 'md5' ? /could not upload part/ : /part 2 .*S3 answered 400 BadDigest/;
        assert.match(error.message, told);
        return true;
      });
      await half.close();
      assert.deepEqual(await openUploads(server), []);
      assert.equal(await storage.findPublished(key), null);

      isBad = false;
      const again = await storage.adoptHalf(key);
      assert.ok(again, 'the half file is still in the spool');
      await again.publish(proof);
      assert.ok((await server.read(OBJECT_KEY.replace('days', prefix))).equals(bytes), 'it is whole');
    });
  }

  test('goes on after a part that was cut short, as often as that is worth it', async (t) => {
    let cuts = 2;
    const front = await startS3Front(t, server.endpoint, ({ partNumber }) =>
      partNumber === 2 && cuts-- > 0 ? 'cut' : null,
    );
    const storage = await openS3Storage(t, { endpoint: front.endpoint, prefix: 'cut' });
    const { bytes, proof } = makeFile(20 * MB);
    await (await fill(storage, bytes)).publish(proof);
    assert.equal(cuts, -1, 'it was cut twice');
    assert.ok((await server.read(OBJECT_KEY.replace('days', 'cut'))).equals(bytes), 'it is whole');
  });

  for (const [size, sizeBytes] of [
    ['one part', MB],
    ['several parts', 20 * MB],
  ] as const) {
    test(`publishes nothing when the disk gives other bytes than were proven, of ${size}`, async (t) => {
      const storage = await openS3Storage(t, { ...server, prefix: 'rotten' });
      const { bytes, proof } = makeFile(sizeBytes);
      bytes.writeUInt8(bytes.readUInt8(sizeBytes - 1) ^ 1, sizeBytes - 1);
      const half = await fill(storage, bytes);
      await assert.rejects(half.publish(proof), /other bytes than were proven/);
      await half.close();
      assert.equal(await storage.findPublished(key), null);
      assert.deepEqual(await openUploads(server), []);
    });

    test(`has published when the answer to its last request is lost, of ${size}`, async (t) => {
      const last = size === 'one part' ? 'PutObject' : 'CompleteMultipartUpload';
      const front = await startS3Front(t, server.endpoint, ({ operation }) =>
        operation === last ? 'loseAnswer' : null,
      );
      const storage = await openS3Storage(t, { endpoint: front.endpoint, prefix: 'lost' });
      const { bytes, proof } = makeFile(sizeBytes);
      const file = await (await fill(storage, bytes)).publish(proof);
      assert.deepEqual(await storage.findPublished(key), file);
      assert.deepEqual(await openUploads(server), []);
    });
  }

  test('ends with a cancel, publishes nothing and leaves no open upload', async (t) => {
    const cancel = new AbortController();
    const front = await startS3Front(t, server.endpoint, ({ partNumber }) => {
      if (partNumber === 2) cancel.abort(new Error('cancelled'));
      return null;
    });
    const storage = await openS3Storage(t, { endpoint: front.endpoint, prefix: 'cancelled' });
    const { bytes, proof } = makeFile(20 * MB);
    const half = await fill(storage, bytes);
    await assert.rejects(half.publish(proof, cancel.signal), /^Error: cancelled$/);
    await half.close();
    assert.deepEqual(await openUploads(server), []);
    assert.equal(await storage.findPublished(key), null);
  });

  test('and is killed leaves its bytes in the spool and an upload that the end of the export closes', async (t) => {
    const spool = await newSpool(t);
    const { bytes, proof } = makeFile(20 * MB);
    const path = join(await newSpool(t), 'file');
    await writeFile(path, bytes);
    let isAlive = true;
    const atPart = new EventEmitter();
    const atThird = once(atPart, 'third');
    const front = await startS3Front(t, server.endpoint, async ({ partNumber }) => {
      if (!isAlive || partNumber !== 3) return null;
      atPart.emit('third');
      await pause(60_000, undefined, { ref: false });
      return null;
    });
    const program = nodeProgram(new URL('s3-killed-upload.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      [...program.execArgv, program.path, front.endpoint, spool, path, proof.sha256],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const ended = once(child, 'exit');
    await Promise.race([atThird, ended]);
    child.kill('SIGKILL');
    assert.deepEqual(await ended, [null, 'SIGKILL']);
    isAlive = false;
    assert.deepEqual(await openUploads(server), [OBJECT_KEY]);

    const next = await openS3Storage(t, { endpoint: front.endpoint, spool });
    assert.equal(await next.findPublished(key), null);
    const half = await next.adoptHalf(key);
    assert.equal(half?.sizeBytes(), bytes.length);
    await half.publish(proof);
    await half.close();
    assert.ok((await server.read(OBJECT_KEY)).equals(bytes), 'it is whole');
    await next.sweepDay(key);
    assert.deepEqual(await openUploads(server), []);
    assert.deepEqual(await namesInSpool(spool), []);
  });
});

describe('a store that is away for a while', () => {
  test('is waited for, and what was fetched is not fetched again', async (t) => {
    let isStopping = true;
    const front = await startS3Front(t, server.endpoint, async ({ partNumber }) => {
      if (isStopping && partNumber === 2) {
        isStopping = false;
        await server.stop();
        return 'reset';
      }
      return null;
    });
    const storage = await openS3Storage(t, { endpoint: front.endpoint, prefix: 'away' });
    const rig = await startDay(t, storage);
    const first = await rig.run('downloadExportDay', download);
    assert.equal(first.failure?.type, 'StorageUnavailable', String(first.error));
    assert.equal(first.failure.nonRetryable, false);
    const second = await rig.run('downloadExportDay', download, { attempt: 2 });
    assert.equal(second.failure?.type, 'StorageUnavailable', String(second.error));

    await server.start();
    const { result, error } = await rig.run('downloadExportDay', download, { attempt: 3 });
    assert.ok(result?.outcome === 'downloaded', String(error));
    const { location, ...proof } = result.file;
    assert.match(location, /^s3:\/\/exports\/away\/account=/);
    assert.deepEqual(proof, rig.simulator.expectedFile({ resourceType: 'Messages', day: DAY }));
    assert.ok(rig.simulator.ledger().bytesSent.total < 13 * MB, 'its bytes were sent once');
    await rig.run('sweepExportFiles', { ...identity, destination: 'default', days: [DAY] });
    assert.deepEqual(await openUploads(server), []);
  });

  for (const fault of [
    'reset',
    { status: 500, code: 'InternalError' },
    { status: 503, code: 'SlowDown' },
    { status: 429, code: 'TooManyRequests' },
    { status: 404, code: 'NoSuchUpload' },
  ] as const) {
    test(`is tried again after ${JSON.stringify(fault)}`, { timeout: 30_000 }, async (t) => {
      const storage = await openFaulty(t, () => fault);
      const problem = await problemOf(storage.check('run-1'));
      assert.equal(problem.kind, 'busy', problem.message);
      assert.match(
        problem.message,
        /could not begin the upload \[bucket exports, key days\/_check-[0-9a-f]{12}\]/,
      );
    });
  }
});

test('a download that is cancelled while it uploads ends, and leaves its bytes in the spool alone', async (t) => {
  const spool = await newSpool(t);
  const cancels: (() => void)[] = [];
  const front = await startS3Front(t, server.endpoint, async ({ partNumber }) => {
    if (partNumber !== 1 || cancels.length === 0) return null;
    cancels.pop()?.();
    await pause(60_000, undefined, { ref: false });
    return null;
  });
  const storage = await openS3Storage(t, { endpoint: front.endpoint, prefix: 'cancelled-download', spool });
  const rig = await startDay(t, storage);
  const { error } = await rig.run('downloadExportDay', download, {}, ({ cancel }) => {
    cancels.push(cancel);
  });
  assert.equal((error as Error).name, 'CancelledFailure');
  assert.equal((await namesInSpool(spool)).length, 1);
  assert.deepEqual(await openUploads(server), []);
  const { result } = await rig.run('downloadExportDay', download, { attempt: 2 });
  assert.equal(result?.outcome, 'downloaded');
  assert.deepEqual(await namesInSpool(spool), []);
});

describe('a configuration that can not work', () => {
  for (const [title, fault, advice] of [
    ['no permission', { status: 403, code: 'AccessDenied' }, /s3:PutObject.*s3:ListBucketMultipartUploads/],
    ['a region that is another', { status: 301, code: 'PermanentRedirect' }, /Check the region/],
    [
      'a signature for another region',
      { status: 400, code: 'AuthorizationHeaderMalformed' },
      /Check the region/,
    ],
    ['a clock that is off', { status: 403, code: 'RequestTimeTooSkewed' }, /Check the clock/],
    ['a token that has expired', { status: 400, code: 'ExpiredToken' }, /Check the credentials/],
    ['a store that knows no uploads', { status: 501, code: 'NotImplemented' }, /checksum=md5/],
    ['an answer without a code', { status: 400 }, /Check the endpoint/],
  ] as const) {
    test(`is rejected at the first touch, with what to check: ${title}`, async (t) => {
      const storage = await openFaulty(t, () => fault);
      const problem = await problemOf(storage.check('run-1'));
      assert.equal(problem.kind, 'rejected');
      const code = 'code' in fault ? ` ${fault.code}` : '';
      assert.ok(
        problem.message.includes(`S3 answered ${fault.status}${code} [request REQUEST-1]`),
        problem.message,
      );
      assert.match(problem.advice, advice);
      assertSecretFree(problem);
    });
  }

  test('is rejected where objects may be written and not be seen', async (t) => {
    const storage = await openFaulty(t, ({ operation }) =>
      operation === 'HeadObject' ? { status: 403 } : null,
    );
    const problem = await problemOf(storage.check('run-1'));
    assert.equal(problem.kind, 'rejected');
    assert.match(`${problem.message} ${problem.advice}`, /could not look for the object.*403.*s3:ListBucket/);
    assert.deepEqual(await openUploads(server), []);
  });

  test('names a bucket that there is not, and a key that does not open it', async (t) => {
    const none = await openS3Storage(t, { ...server, bucket: 'no-such-bucket' });
    const noBucket = await problemOf(none.check('run-1'));
    assert.equal(noBucket.kind, 'rejected');
    assert.match(
      `${noBucket.message} ${noBucket.advice}`,
      /bucket no-such-bucket.*404 NoSuchBucket.*Check the name of the bucket/,
    );
    await withEnvironment({ AWS_SECRET_ACCESS_KEY: 'planted-secret' }, async () => {
      const problem = await problemOf((await openS3Storage(t, server)).check('run-1'));
      assert.equal(problem.kind, 'rejected');
      assert.match(
        `${problem.message} ${problem.advice}`,
        /403 SignatureDoesNotMatch.*Check the credentials/,
      );
      assertSecretFree(problem);
    });
  });

  test('names credentials and a region that are not there, before anything is sent', async (t) => {
    const front = await startS3Front(t, server.endpoint);
    await withEnvironment({ AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }, async () => {
      const problem = await problemOf((await openS3Storage(t, front)).check('run-1'));
      assert.equal(problem.kind, 'rejected');
      assert.match(`${problem.message} ${problem.advice}`, /no credentials.*AWS_ACCESS_KEY_ID/);
    });
    await withEnvironment({ AWS_REGION: undefined }, async () => {
      const problem = await problemOf((await openS3Storage(t, front)).check('run-1'));
      assert.equal(problem.kind, 'rejected');
      assert.match(`${problem.message} ${problem.advice}`, /no region.*region=.*AWS_REGION/);
      const named = await openS3Storage(t, { ...front, parameters: '&region=eu-central-1' });
      // The store of the tests has no regions, and takes any.
      await named.check('run-1');
    });
    assert.match(String(front.requests[0]?.headers.authorization), /\/eu-central-1\/s3\//);
  });

  for (const [title, environment, told] of [
    [
      'a region whose name is none',
      { AWS_REGION: 'eu central-1' },
      /found no region, or one whose name is none\. .*AWS_REGION/,
    ],
    ['an endpoint without http:', { AWS_ENDPOINT_URL_S3: 'minio:9000' }, ENDPOINT_TOLD],
    ['an endpoint that is a name alone', { AWS_ENDPOINT_URL_S3: 'planted-name' }, ENDPOINT_TOLD],
    ['an endpoint that is an address alone', { AWS_ENDPOINT_URL: '127.0.0.1:9000' }, ENDPOINT_TOLD],
  ] as const) {
    test(`is rejected where the environment has ${title}`, async (t) => {
      const limitBytes = 1_000 * MB;
      const url = 's3://exports/days?forcePathStyle=true';
      const storage = createS3Storage(url, { folder: await newSpool(t), limitBytes });
      t.after(() => storage.close?.());
      await withEnvironment(environment, async () => {
        const problem = await problemOf(storage.check('run-1'));
        assert.equal(problem.kind, 'rejected');
        assert.match(`${problem.message}. ${problem.advice}`, told);
        assertSecretFree(problem);
      });
    });
  }

  test('ends a create for good, before a job is made', async (t) => {
    const storage = await openS3Storage(t, { ...server, bucket: 'no-such-bucket' });
    const rig = await startRig(t, { storage });
    const { failure } = await rig.run('createExportJob', create);
    assert.equal(failure?.type, 'StorageRejected');
    assert.equal(failure.nonRetryable, true);
    assert.match(failure.message, /NoSuchBucket.*Check the name of the bucket/);
    assert.deepEqual(rig.simulator.ledger().jobs, []);
  });
});

/** Activities for one completed day, whose job has been made. */
async function startDay(t: TestContext, storage: DayStorage): Promise<Rig> {
  return await startDays(t, { sizeBytes: 12 * MB }, { storage, settings: { stallMs: 20_000 } });
}

async function openFaulty(
  t: TestContext,
  faultOf: (request: S3Request) => S3Fault | null,
): Promise<DayStorage> {
  return await openS3Storage(t, await startS3Front(t, server.endpoint, faultOf));
}

async function problemOf(work: Promise<unknown>): Promise<StorageProblem> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StorageProblem, String(error));
  return error;
}

/** Neither what the SDK holds nor what a store repeats of it. */
function assertSecretFree(problem: StorageProblem): void {
  const text = `${problem.message} ${problem.advice} ${problem.stack} ${JSON.stringify(problem)}`;
  for (const secret of ['planted', 'test-access-key-id', 'test-secret', 'Signature=', 'AWS4-HMAC']) {
    assert.ok(!text.includes(secret), `${secret} in ${text}`);
  }
}

async function withEnvironment(
  changes: Record<string, string | undefined>,
  work: () => Promise<void>,
): Promise<void> {
  const before = { ...process.env };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  try {
    await work();
  } finally {
    for (const name of Object.keys(changes)) delete process.env[name];
    Object.assign(process.env, before);
  }
}
