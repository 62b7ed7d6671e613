import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { fetchDayFile } from '../../activities/download/fetch-day-file.ts';
import { createHttpAgents } from '../../activities/http-agents.ts';
import { createFileStorage, defaultSettings } from '../../activities/index.ts';
import { checkLink } from '../../activities/download/link-check.ts';
import { createPublicLookup, isPrivateAddress } from '../../activities/download/private-address.ts';
import { listenOnLoopback } from './loopback.ts';

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
    '::ffff:0:127.0.0.1',
    '::ffff:0:a9fe:a9fe',
    '2001:0:7f00:1::1',
    '100::1',
    '168.63.129.16',
    '::ffff:168.63.129.16',
  ]) {
    assert.ok(isPrivateAddress(address), address);
  }
  for (const address of [
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '2600:1f14::1',
    '[2600:1f14::1]',
    '52.1.2.3',
    '168.63.129.17',
    '::ffff:0:8.8.8.8',
    '2001:4860:4860::8888',
    '100:0:0:1::1',
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
    onResume: () => {},
    onFetched: () => {},
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

test('a private address is refused in every way to write it', () => {
  const inAnyNotation = fc
    .tuple(
      fc.constantFrom([10, 0], [127, 0], [169, 254], [172, 16], [192, 168], [100, 64], [0, 0]),
      fc.nat(255),
      fc.nat(255),
      fc.nat(6),
    )
    .map(([[a = 0, b = 0], c, d, notation]): [string, string] => {
      const number = ((a * 256 + b) * 256 + c) * 256 + d;
      const hex = (value: number): string => value.toString(16);
      const hosts = [
        `${a}.${b}.${c}.${d}`,
        `${number}`,
        `0x${hex(number)}`,
        `0${a.toString(8)}.${b}.${c * 256 + d}`,
        `[::ffff:${a}.${b}.${c}.${d}]`,
        `[::ffff:${hex(a * 256 + b)}:${hex(c * 256 + d)}]`,
        `[64:ff9b::${hex(a * 256 + b)}:${hex(c * 256 + d)}]`,
      ];
      return [hosts[notation] ?? '', `${a}.${b}.${c}.${d}`];
    });
  fc.assert(
    fc.property(inAnyNotation, ([host, address]) => {
      const checked = checkLink(`https://${host}/f`, new URL('https://bulkexports.twilio.com'));
      assert.ok('refused' in checked, `${host} is ${address}`);
    }),
  );
});

for (const autoSelectFamily of [true, false]) {
  test(`the address that was checked is the one that is connected to, and each connection checks anew, ${autoSelectFamily ? 'trying several' : 'trying one'}`, async () => {
    const answers = ['203.0.113.7', '10.20.30.40'];
    const asked: string[] = [];
    const lookup = createPublicLookup((hostname, _options, callback) => {
      const address = answers[asked.push(hostname) - 1] ?? '127.0.0.1';
      setImmediate(callback, null, [{ address, family: 4 }]);
    });
    const reached: string[] = [];
    for (const _answer of answers) {
      const socket = connect({ host: 'changes.example', port: 9, lookup, autoSelectFamily });
      // Told before a packet leaves, so that nothing is ever sent there.
      socket.once('lookup', (error, address) => {
        reached.push(error === null ? address : String(Reflect.get(error, 'code')));
        socket.destroy();
      });
      socket.on('error', () => {});
      await once(socket, 'close');
    }
    assert.deepEqual(reached, ['203.0.113.7', 'PRIVATE_ADDRESS']);
    assert.equal(asked.length, 2, 'one question for each connection: nobody asks again behind the check');
  });
}

test('the connections to the store check where a name leads, unless the API itself is on this machine', async (t) => {
  const origin = await listenOnLoopback(t, (_request, response) => response.end());
  const byName = origin.replace('127.0.0.1', 'localhost');
  for (const [apiUrl, code] of [
    ['https://bulkexports.twilio.com', 'PRIVATE_ADDRESS'],
    [origin, null],
  ] as const) {
    const { store, close } = createHttpAgents(new URL(apiUrl));
    const answer = await request(byName, { dispatcher: store }).catch((error: unknown) => error);
    assert.equal((answer as { code?: string }).code ?? null, code);
    await close();
  }
});
