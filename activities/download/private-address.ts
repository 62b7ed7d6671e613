import type { LookupAddress, LookupAllOptions, LookupOptions } from 'node:dns';
import { lookup as lookupHost } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { readEmbeddedIpv4 } from './embedded-ipv4.ts';

const privateAddresses = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Azure's platform, to every virtual machine of any customer.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  // Loopback, and every IPv4 address in its old IPv6 form.
  ['::', 96],
  ['64:ff9b:1::', 48],
  // Nowhere, by RFC 6666.
  ['100::', 64],
  // Teredo: a server that the address names decides where its packets go.
  ['2001::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv6');
}

/**
 * Whether an IP address is none of the open Internet: loopback, private, link-local (where clouds keep their
 * metadata), multicast or reserved. False for a text that is no IP address.
 */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replaceAll(/^\[|\]$|%.*$/g, '');
  switch (isIP(plain)) {
    case 4:
      return privateAddresses.check(plain, 'ipv4');
    case 6: {
      const embedded = readEmbeddedIpv4(plain);
      return embedded === null ? privateAddresses.check(plain, 'ipv6') : isPrivateAddress(embedded);
    }
    default:
      return false;
  }
}

/** Whether the host of a URL is this machine by its name or address. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Finds all addresses of a name, as `lookup` of `node:dns` does. */
export type LookupAll = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for sockets that refuses names which lead to private addresses, at the moment of connecting: a name
 * that was checked before may lead elsewhere by then.
 */
export function createPublicLookup(
  lookupAll: LookupAll = lookupHost,
): (hostname: string, options: LookupOptions, callback: LookupCallback) => void {
  return (hostname, options, callback) => {
    lookupAll(hostname, { ...options, all: true }, (error, addresses) => {
      const first = addresses?.[0];
      if (error !== null || first === undefined) {
        callback(error ?? createRefusal('ENOTFOUND'), []);
      } else if (addresses.some(({ address }) => isPrivateAddress(address))) {
        callback(createRefusal('PRIVATE_ADDRESS'), []);
      } else if (options.all === true) {
        callback(null, addresses);
      } else {
        callback(null, first.address, first.family);
      }
    });
  };
}

function createRefusal(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error('the name leads to no public address'), { code });
}
