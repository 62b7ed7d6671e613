import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStorageOpener, readS3Url } from '../../activities/for-worker.ts';
import type { DayStorage } from '../../activities/index.ts';

test('an s3: URL is a bucket, a prefix as it is written, and what the SDK is not to find by itself', () => {
  const plain = { region: undefined, endpoint: undefined, forcePathStyle: false, checksum: 'sha256' };
  for (const [url, destination] of [
    ['s3://exports', { ...plain, bucket: 'exports', prefix: '' }],
    ['S3://exports/', { ...plain, bucket: 'exports', prefix: '' }],
    ['s3://my.bucket-1/a/b=c', { ...plain, bucket: 'my.bucket-1', prefix: 'a/b=c/' }],
    [
      's3://exports/a/?region=eu-central-1',
      { ...plain, bucket: 'exports', prefix: 'a/', region: 'eu-central-1' },
    ],
    [
      's3://exports/a?endpoint=http://minio:9000&forcePathStyle=true&checksum=md5',
      {
        ...plain,
        bucket: 'exports',
        prefix: 'a/',
        endpoint: 'http://minio:9000',
        forcePathStyle: true,
        checksum: 'md5',
      },
    ],
    [
      's3://exports?endpoint=https%3A%2F%2Fhost%2Fstorage%2Fs3&region=auto&forcePathStyle=false&checksum=sha256',
      { ...plain, bucket: 'exports', prefix: '', endpoint: 'https://host/storage/s3', region: 'auto' },
    ],
  ] as const) {
    assert.deepEqual(readS3Url(url), { destination }, url);
  }
});

test('a URL that is none is refused with its fault, and without what it holds', () => {
  for (const [url, fault] of [
    ['s3:exports', /another form/],
    ['s3://exports#planted', /another form, or with a #/],
    ['s3://planted:planted@exports/a', /a bucket whose name is none/],
    ['s3:///planted', /a bucket whose name is none/],
    ['s3://exports/a//planted', /a prefix/],
    ['s3://exports/../planted', /a prefix/],
    ['s3://exports/planted%20x', /a prefix/],
    [
      's3://exports?regoin=planted',
      /a parameter "regoin", which is none of region, endpoint, forcePathStyle, checksum/,
    ],
    ['s3://exports?toString=planted', /a parameter "toString", which is none of/],
    ['s3://exports?region=eu planted', /a parameter region that is not the name of a region/],
    ['s3://exports?region=a&region=planted', /a parameter region that is not .*, once/],
    ['s3://exports?endpoint=planted:9000', /an http: or https: URL/],
    ['s3://exports?endpoint=https://planted:planted@host', /without credentials/],
    ['s3://exports?endpoint=https://host/?planted=1', /without credentials and query/],
    ['s3://exports?forcePathStyle=planted', /true or false/],
    ['s3://exports?checksum=planted', /sha256 or md5/],
  ] as const) {
    const read = readS3Url(url);
    assert.ok('fault' in read, url);
    assert.match(read.fault, fault, url);
    assert.ok(!read.fault.includes('planted'), read.fault);
  }
});

test('the scheme of a URL says which storage it is, and one of the own comes before ours', () => {
  const asked: string[] = [];
  const own = (name: string) => (url: string) => {
    asked.push(`${name} ${url}`);
    return {} as DayStorage;
  };
  const open = createStorageOpener({ storages: { gs: own('gs'), s3: own('mine') } });
  open('gs://bucket/x');
  open('S3://bucket');
  assert.ok(open('file:./exports').check, 'ours is there');
  assert.deepEqual(asked, ['gs gs://bucket/x', 'mine S3://bucket']);
  for (const url of ['azure://planted:key@x', 'toString://planted']) {
    assert.throws(() => open(url), /begins with one of file:, s3:, gs:, got an? [a-zA-Z]+: URL$/);
  }
  assert.throws(() => open('/srv/planted'), /got a text that is no URL$/);
  assert.throws(() => createStorageOpener({})('s3://a b'), /s3:\/\/BUCKET\/PREFIX/);
});
