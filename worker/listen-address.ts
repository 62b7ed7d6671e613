import { isIP } from 'node:net';
import type { Environment } from './environment.ts';

/** Where to listen. Port 0 is any free one. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** What is expected of an address. */
export interface ListenAddressRule {
  /** A port for the message of a fault. */
  examplePort: number;
  /** Of a listener that looks up no names and tells nobody which free port it has found: neither is taken then. */
  literal?: boolean;
}

/** Nobody but this machine is told unless somebody wants it. */
const LOOPBACK = '127.0.0.1';

/** Reads where to listen, and adds what is wrong to `faults`. Undefined is nowhere. */
export function readListenAddress(
  env: Environment,
  variable: string,
  { examplePort, literal = false }: ListenAddressRule,
  faults: string[],
): ListenAddress | undefined {
  const text = env[variable] || undefined;
  if (text === undefined) return undefined;
  const address = parse(text);
  if (address !== null && (!literal || isLiteral(address))) return address;
  faults.push(
    `${variable} must be a port such as ${examplePort}, which only this machine reaches, or ` +
      `${literal ? 'an IP address' : 'an address'} with a port such as 0.0.0.0:${examplePort}, ` +
      `got ${JSON.stringify(text.slice(0, 80))}`,
  );
  return undefined;
}

/** `host:port`, as it stands in a URL. */
export function formatListenAddress({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function parse(text: string): ListenAddress | null {
  const [, ipv6, name, digits] = /^(?:(?:\[([^\]]*)\]|([a-z\d][a-z\d.-]*)):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = digits === undefined ? Number.NaN : Number(digits);
  const isAddress = port <= 65_535 && (ipv6 === undefined || isIP(ipv6) === 6);
  return isAddress ? { host: ipv6 ?? name ?? LOOPBACK, port } : null;
}

function isLiteral({ host, port }: ListenAddress): boolean {
  return isIP(host) !== 0 && port > 0;
}
