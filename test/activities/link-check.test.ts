import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLink } from '../../activities/download/link-check.ts';
import { isPrivateAddress, lookupPublicHost } from '../../activities/download/private-address.ts';

test('a link is followed by https to a public host alone, unless the API itself is on this machine', () => {
  const twilio = new URL('https://bulkexports.twilio.com');
  const local = new URL('http://127.0.0.1:8080');
  const refusedAt = (link: string, api: URL): boolean => 'refused' in checkLink(link, api);
  assert.ok(!refusedAt('https://bucket.s3.amazonaws.com/f?sig=1', twilio));
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
  assert.ok(!refusedAt('http://127.0.0.1:9090/f', local));
  assert.ok(isPrivateAddress('fe80::1') && isPrivateAddress('100.64.0.1') && !isPrivateAddress('8.8.8.8'));
});

test('a name that leads to this machine is refused at the moment of connecting', async () => {
  const refused = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    lookupPublicHost('localhost', {}, resolve);
  });
  assert.equal(refused?.code, 'PRIVATE_ADDRESS');
});
