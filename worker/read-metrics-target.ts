import type { Environment } from './environment.ts';
import { formatListenAddress, readListenAddress } from './listen-address.ts';

/**
 * Where a worker's metrics go.
 *
 * @example
 * ```ts
 * const target: MetricsTarget | undefined = readWorkerConfig().metrics;
 * if (target?.kind === 'prometheus') console.log(`Metrics are read at http://${target.bindAddress}/metrics.`);
 * ```
 */
export type MetricsTarget = {
  /** The variable that says so. */
  variable: string;
  /** For people: what the variable says, in full. */
  told: string;
} & (
  | { kind: 'prometheus'; bindAddress: string }
  /** By gRPC, or by HTTP to just this URL. */
  | { kind: 'otlp'; url: string; http: boolean }
);

const PROMETHEUS = 'BULK_EXPORTS_METRICS_ADDRESS';
const OTLP = 'BULK_EXPORTS_OTLP_ENDPOINT';

/** Reads where metrics go, and adds what is wrong to `faults`. Undefined is nowhere. */
export function readMetricsTarget(env: Environment, faults: string[]): MetricsTarget | undefined {
  const [address, endpoint] = [env[PROMETHEUS], env[OTLP]];
  if (address && endpoint) {
    faults.push(`${PROMETHEUS} and ${OTLP} must not both be set: Temporal's SDK exports metrics in one way`);
  }
  if (address) return readAddress(env, faults);
  return endpoint ? readEndpoint(endpoint, faults) : undefined;
}

function readAddress(env: Environment, faults: string[]): MetricsTarget | undefined {
  const address = readListenAddress(env, PROMETHEUS, { examplePort: 9464, literal: true }, faults);
  if (address === undefined) return undefined;
  const bindAddress = formatListenAddress(address);
  return { kind: 'prometheus', variable: PROMETHEUS, told: bindAddress, bindAddress };
}

const HTTP_PATH = '/v1/metrics';

/** The scheme says the protocol, as both are spoken at any port. A URL may hold a secret: it is not told. */
function readEndpoint(text: string, faults: string[]): MetricsTarget | undefined {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHttp = url !== null && /^https?:$/.test(url.protocol);
  const isGrpc = url !== null && /^grpcs?:$/.test(url.protocol);
  if (
    url !== null &&
    (isHttp || isGrpc) &&
    url.hostname !== '' &&
    url.username === '' &&
    url.password === ''
  ) {
    if (isHttp && url.pathname === '/') url.pathname = HTTP_PATH;
    const told = `${url.protocol}//${url.host}`;
    return { kind: 'otlp', variable: OTLP, told, url: url.href, http: isHttp };
  }
  faults.push(
    `${OTLP} must be a URL without credentials, http(s)://HOST:PORT (with the path ${HTTP_PATH} unless it says ` +
      `another) or grpc(s)://HOST:PORT, got another text; headers come from OTEL_EXPORTER_OTLP_HEADERS`,
  );
  return undefined;
}
