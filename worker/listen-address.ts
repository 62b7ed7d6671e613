import type { Environment } from './environment.ts';

/** Where to listen. Port 0 is any free one. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** Nobody but this machine is told unless somebody wants it. */
const LOOPBACK = '127.0.0.1';

/** Reads where to listen, and adds what is wrong to `faults`. Undefined is nowhere. */
export function readListenAddress(
  env: Environment,
  variable: string,
  faults: string[],
): ListenAddress | undefined {
  const text = env[variable] || undefined;
  if (text === undefined) return undefined;
  const [, host, digits] = /^(?:(\[[\da-f:.]+\]|[a-z\d][a-z\d.-]*):)?(\d{1,5})$/i.exec(text) ?? [];
  const port = digits === undefined ? Number.NaN : Number(digits);
  if (port <= 65_535) return { host: host?.replaceAll(/[[\]]/g, '') ?? LOOPBACK, port };
  faults.push(
    `${variable} must be a port such as 8081, which only this machine reaches, or an address with a port such as ` +
      `0.0.0.0:8081, got ${JSON.stringify(text.slice(0, 80))}`,
  );
  return undefined;
}
