import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { startSimulator } from '../../simulator/index.ts';
import { startTwilio } from './caller.ts';

test('both servers listen on 127.0.0.1 and on no other address of the machine', async () => {
  await using twilio = await startTwilio();
  const { apiUrl, storeUrl } = twilio.simulator;
  for (const port of [apiUrl, storeUrl].map((url) => Number(new URL(url).port))) {
    assert.equal(await connectTo('127.0.0.1', port), 'connected');
    for (const address of otherAddresses()) {
      assert.notEqual(await connectTo(address, port), 'connected', `${address} port ${port}`);
    }
  }
});

test('where the port of the store is taken, the start fails and leaves no server behind', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port: taken } = other.address() as AddressInfo;
  const before = await openServers();
  await assert.rejects(startSimulator({ storePort: taken }), { code: 'EADDRINUSE', port: taken });
  assert.equal(await openServers(), before, 'the port of the API is free again');
  other.close();
});

/** Beside 127.0.0.1. On Linux all of 127.0.0.0/8 is the machine itself, without any network. */
function otherAddresses(): string[] {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  // An address of a single link needs the name of its interface as well.
  const reachable = own.filter(({ family, scopeid }) => family === 'IPv4' || scopeid === 0);
  const others = reachable.map(({ address }) => address).filter((address) => address !== '127.0.0.1');
  return process.platform === 'linux' ? ['127.0.0.2', ...others] : others;
}

async function connectTo(address: string, port: number): Promise<string> {
  const socket = connect(port, address);
  try {
    await once(socket, 'connect');
    return 'connected';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    socket.destroy();
  }
}

/** Counted, since another process might take a port before it is tried again. */
async function openServers(): Promise<number> {
  // Node forgets a closed server at the end of a turn of its event loop.
  await turn();
  await turn();
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPServerWrap').length;
}
