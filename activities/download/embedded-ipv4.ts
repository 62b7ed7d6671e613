import { isIPv6 } from 'node:net';

/** Where an IPv6 address of a transition technique carries the IPv4 address that its packets come to. */
const techniques = [
  /** NAT64, `64:ff9b::/96`: the last 32 bits. */
  { prefix: [0x64, 0xff9b, 0, 0, 0, 0], at: 6 },
  /** Translated by RFC 2765, `::ffff:0:0:0/96`: the last 32 bits. */
  { prefix: [0, 0, 0, 0, 0xffff, 0], at: 6 },
  /** 6to4, `2002::/16`: the 32 bits after the prefix. */
  { prefix: [0x2002], at: 1 },
] as const;

/**
 * The IPv4 address to which packets for an IPv6 address are sent on, as text; null where there is none. On a
 * network with NAT64 every name leads to such an address: it is as private as the one that it carries.
 */
export function readEmbeddedIpv4(address: string): string | null {
  const groups = readGroups(address);
  const technique = techniques.find(({ prefix }) => prefix.every((group, index) => groups[index] === group));
  if (technique === undefined) {
    return null;
  }
  const [high = 0, low = 0] = groups.slice(technique.at);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

/** The eight groups; none for a text that is no IPv6 address. */
function readGroups(address: string): number[] {
  if (!isIPv6(address) || address.includes('%')) {
    return [];
  }
  // The parser of URLs writes every form as hexadecimal groups.
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const head = toNumbers(left);
  if (right === undefined) {
    return head;
  }
  const tail = toNumbers(right);
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function toNumbers(groups: string): number[] {
  return groups === '' ? [] : groups.split(':').map((group) => Number.parseInt(group, 16));
}
