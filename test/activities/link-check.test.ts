import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { Agent } from 'undici';
import { fetchDayFile } from '../../activities/download/fetch-day-file.ts';
import { createFileStorage, defaultSettings } from '../../activities/index.ts';
import { checkLink } from '../../activities/download/link-check.ts';
import { createPublicLookup, isPrivateAddress } from '../../activities/download/private-address.ts';

test('a link is followed by https to a public host alone, unless the API itself is on this machine', () => {
  const twilio = new URL('https://bulkexports.twilio.com');
  const local = new URL('http://127.0.0.1:8080');
  const refusedAt = (link: string, api: URL): boolean => 'refused' in checkLink(link, api);
  assert.ok(!refusedAt('https://bucket.s3.amazonaws.com/f?sig=1', twilio), 'a host of the store');
  for (const link of [
    'http://bucket.s3.amazonaws.com/f',
    'https://169.254.169.254/latest/meta-data',
    'https://10.1.2.3/f',
    'https://[::1]/f',
    'https://[::ffff:10.0.0.1]/f',
    'https://localhost/f',
    'https://a.localhost/f',
    'https://0x7f.1/f',
    'https://user:pass@bucket.s3.amazonaws.com/f',
    'file:///etc/passwd',
    'ftp://host/f',
    'https://',
  ]) {
    assert.ok(refusedAt(link, twilio), link);
  }
  assert.ok(!refusedAt('http://127.0.0.1:9090/f', local), 'a store on this machine');
  assert.ok(
    isPrivateAddress('fe80::1') && isPrivateAddress('100.64.0.1') && !isPrivateAddress('8.8.8.8'),
    'private addresses',
  );
});

test('a name that leads to this machine is refused at the moment of connecting', async () => {
  const refused = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    createPublicLookup()('localhost', {}, resolve);
  });
  assert.equal(refused?.code, 'PRIVATE_ADDRESS');
});

test('an address is as private as the IPv4 address that its packets come to', () => {
  for (const address of [
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '[64:ff9b::a9fe:a9fe]',
    '64:ff9b:1::1',
    '2002:c0a8:0101::1',
    '2002:7f00:1::',
    '::10.0.0.1',
    '::8.8.8.8',
    '::1',
    '::',
    '::ffff:192.168.0.1',
    'fec0::1',
    'fe80::1%eth0',
    'fd00::1',
  ]) {
    assert.ok(isPrivateAddress(address), address);
  }
  for (const address of [
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '2600:1f14::1',
    '[2600:1f14::1]',
    '52.1.2.3',
  ]) {
    assert.ok(!isPrivateAddress(address), address);
  }
});

test('a fetch from a name that leads to a private address is refused, naming the host and no address', async () => {
  const addresses = [
    { address: '52.1.2.3', family: 4 },
    { address: '10.20.30.40', family: 4 },
  ];
  const lookup = createPublicLookup((_hostname, _options, callback) => callback(null, addresses));
  const dispatcher = new Agent({ connect: { lookup } });
  const storage = { ...createFileStorage('file:./never-made'), adoptHalf: () => Promise.resolve(null) };
  const fetching = fetchDayFile({
    key: { accountSid: `AC${'0'.repeat(32)}`, resourceType: 'Messages', day: '2026-10-01', exportId: 'run' },
    storage,
    freshLink: () => Promise.resolve('https://bucket.example/f?X-Amz-Signature=planted-signature'),
    apiUrl: new URL('https://bulkexports.twilio.com'),
    dispatcher,
    settings: defaultSettings,
    signal: new AbortController().signal,
    onBytes: () => {},
  });
  await assert.rejects(fetching, (error) => {
    assert.ok(error instanceof ApplicationFailure, String(error));
    assert.equal(error.type, 'LinkRejected');
    assert.match(
      error.message,
      /host of the link \[bucket\.example\] leads to a private address.*name servers/,
    );
    assert.ok(!/10\.20|planted-signature/.test(error.message), error.message);
    return true;
  });
  await dispatcher.destroy();
});
