import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { ExpectedFile } from '../../../simulator/index.ts';
import { call } from '../caller.ts';
import type { Twilio } from '../caller.ts';
import { download, openDownload, readBody, readPart, sha256 } from '../download.ts';
import { completeDay, DAY } from '../one-day.ts';
import type { Show, Shows } from './show.ts';

/** Examples in which files and links are not as one would wish. */
export const fileShows: Shows = {
  'file-truncated': async (twilio) => {
    await completeDay(twilio);
    const { sizeBytes } = expected(twilio);
    const { bytes, headers, isWhole } = await download(await twilio.link(DAY));
    assert.deepEqual([bytes.length, isWhole], [Math.floor(sizeBytes / 2), true]);
    assert.equal(headers['content-length'], String(bytes.length));
    assert.throws(() => gunzipSync(bytes), { code: 'Z_BUF_ERROR' });
    await assertGood(twilio);
  },

  'file-corrupt': async (twilio) => {
    await completeDay(twilio);
    const { sizeBytes, sha256: hash } = expected(twilio);
    const { bytes, isWhole } = await download(await twilio.link(DAY));
    assert.deepEqual([bytes.length, isWhole], [sizeBytes, true]);
    assert.notEqual(sha256(bytes), hash);
    assert.throws(() => gunzipSync(bytes));
    await assertGood(twilio);
  },

  'file-length-wrong': async (twilio) => {
    await completeDay(twilio);
    const { sizeBytes } = expected(twilio);
    const { bytes, headers, isWhole } = await download(await twilio.link(DAY));
    assert.deepEqual([bytes.length, isWhole], [sizeBytes, false]);
    assert.equal(headers['content-length'], String(sizeBytes + 1000));
    await assertGood(twilio);
  },

  'download-stalls': async (twilio) => {
    await completeDay(twilio);
    const halfBytes = Math.floor(expected(twilio).sizeBytes / 2);
    const response = await openDownload(await twilio.link(DAY));
    const bytes = await readPart(response, halfBytes);
    await twilio.api('Messages');
    assert.deepEqual([bytes, response.readableLength], [halfBytes, 0]);
    assert.deepEqual([response.complete, response.destroyed], [false, false]);
    response.destroy();
    await assertGood(twilio);
  },

  'download-breaks-off': async (twilio) => {
    await completeDay(twilio);
    const { sizeBytes, sha256: hash } = expected(twilio);
    const parts = [await download(await twilio.link(DAY))];
    for (let had = 0; parts.length < 3;) {
      const last = parts.at(-1);
      had += last?.bytes.length ?? 0;
      const headers = { Range: `bytes=${had}-`, 'If-Match': last?.headers.etag ?? '' };
      parts.push(await download(await twilio.link(DAY), headers));
    }
    assert.deepEqual(
      parts.map(({ status, bytes, isWhole }) => [status, bytes.length / sizeBytes, isWhole]),
      [
        [200, 0.3, false],
        [206, 0.42, false],
        [206, 0.28, true],
      ],
    );
    assert.equal(sha256(Buffer.concat(parts.map(({ bytes }) => bytes))), hash);
  },

  'file-changes-between-downloads': async (twilio) => {
    await completeDay(twilio);
    const first = await download(await twilio.link(DAY));
    assert.equal(first.isWhole, false);
    const { etag = '' } = first.headers;
    const second = await download(await twilio.link(DAY), { Range: 'bytes=10000000-', 'If-Match': etag });
    assert.equal(second.status, 412);
    const third = await download(await twilio.link(DAY));
    assert.notEqual(third.headers.etag, etag);
    assert.notDeepEqual(third.bytes.subarray(0, first.bytes.length), first.bytes);
    assert.ok(third.isWhole, 'the third is whole');
  },

  'link-expired': async (twilio) => {
    await completeDay(twilio);
    const { status, bytes } = await call(await twilio.link(DAY));
    assert.equal(status, 403);
    assert.match(bytes.toString('utf8'), /expired/);
    await assertGood(twilio);
  },

  'link-used': async (twilio) => {
    await completeDay(twilio);
    const { status, bytes } = await call(await twilio.link(DAY));
    assert.equal(status, 403);
    assert.match(bytes.toString('utf8'), /Access Denied/);
    assert.equal(twilio.simulator.ledger().links.usedTwice, 1);
    await assertGood(twilio);
  },

  'link-to-foreign-host': async (twilio) => {
    await completeDay(twilio);
    assert.match(await twilio.link(DAY), /^https:\/\/files\.invalid\//);
    await assertGood(twilio);
  },

  'huge-files': async (twilio) => {
    await completeDay(twilio);
    assert.equal((await twilio.api('Messages/Days')).json.days[0]?.size, 3_000_000_000);
    const response = await openDownload(await twilio.link(DAY), { Range: 'bytes=-50000' });
    // First, or a store that ignored the range would have its 3 GB read into memory.
    assert.deepEqual([response.statusCode, response.headers['content-length']], [206, '50000']);
    assert.equal(response.headers['content-range'], 'bytes 2999950000-2999999999/3000000000');
    assert.equal((await readBody(response)).bytes.length, 50_000);
  },

  'file-late': async (twilio) => {
    const jobSid = await twilio.createJob(DAY, DAY);
    twilio.minutes(12);
    assert.equal((await twilio.details(jobSid))[0]?.status, 'Completed');
    twilio.minutes(9);
    assert.equal((await twilio.api(`Messages/Days/${DAY}`)).status, 404);
    twilio.minutes(1);
    await assertGood(twilio);
  },

  'etag-weak': async (twilio) => {
    await completeDay(twilio);
    const { headers, isWhole } = await download(await twilio.link(DAY));
    assert.match(headers.etag ?? '', /^W\/"/);
    assert.equal(isWhole, false);
    await assertGood(twilio);
  },

  'etag-missing': async (twilio) => {
    await completeDay(twilio);
    const { headers, isWhole } = await download(await twilio.link(DAY));
    assert.deepEqual([headers.etag, isWhole], [undefined, false]);
    await assertGood(twilio);
  },

  'ranges-ignored': async (twilio) => {
    await completeDay(twilio);
    const { bytes, isWhole } = await download(await twilio.link(DAY));
    assert.equal(isWhole, false);
    const second = await download(await twilio.link(DAY), { Range: `bytes=${bytes.length}-` });
    assert.deepEqual([second.status, second.bytes.length], [200, expected(twilio).sizeBytes]);
  },

  'content-encoding-claimed': async (twilio) => {
    await completeDay(twilio);
    assert.equal((await download(await twilio.link(DAY))).headers['content-encoding'], 'gzip');
    await assertGood(twilio);
  },

  'day-differs-when-exported-again': async (twilio) => {
    await completeDay(twilio);
    const first = await assertGood(twilio);
    await completeDay(twilio);
    const second = await assertGood(twilio);
    assert.notEqual(first, second);
    assert.equal((await twilio.api('Messages/Days')).json.days.length, 2);
  },

  'many-records': async (twilio) => {
    await completeDay(twilio);
    const lines = gunzipSync((await download(await twilio.link(DAY))).bytes)
      .toString('utf8')
      .split('\n');
    assert.equal(lines.length - 1, 20_000);
    assert.equal(twilio.simulator.expectedFile({ resourceType: 'Calls', day: DAY })?.records, 1000);
  },

  'empty-day-as-gzip-of-nothing': emptyDay(async (twilio) => {
    const { bytes } = await download(await twilio.link(DAY));
    assert.ok(bytes.length > 0, 'a part has come');
    assert.equal(gunzipSync(bytes).length, 0);
  }),

  'empty-day-as-zero-bytes': emptyDay(async (twilio) => {
    const { status, bytes } = await download(await twilio.link(DAY));
    assert.deepEqual([status, bytes.length], [200, 0]);
  }),

  'empty-day-without-file': emptyDay(async (twilio) => {
    assert.equal((await twilio.api(`Messages/Days/${DAY}`)).status, 404);
  }),
};

function emptyDay(showFile: Show): Show {
  return async (twilio) => {
    const jobSid = await completeDay(twilio);
    assert.deepEqual(await twilio.details(jobSid), [
      { status: 'CompletedEmptyRecords', count: 1, days: [DAY] },
    ]);
    await showFile(twilio);
  };
}

/** The next download is whole and right; gives its hash. */
async function assertGood(twilio: Twilio): Promise<string> {
  const { status, bytes, isWhole } = await download(await twilio.link(DAY));
  assert.deepEqual([status, isWhole, sha256(bytes)], [200, true, expected(twilio).sha256]);
  return sha256(bytes);
}

function expected(twilio: Twilio): ExpectedFile {
  const file = twilio.simulator.expectedFile({ resourceType: 'Messages', day: DAY });
  assert.ok(file, 'an expected file');
  return file;
}
