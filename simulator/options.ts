import { TEST_ACCOUNT_SID, TEST_AUTH_TOKEN } from './api.ts';
import type { SimulatorCredentials, SimulatorOptions } from './api.ts';
import { LAST_INSTANT_MS } from './clock.ts';
import { parseScript } from './parse-script.ts';
import { fields, integer, isRecord, listOf, oneOf, someOf, suchThat, text } from './shape.ts';
import type { Shape } from './shape.ts';

/** The options with their defaults in place. */
export type ResolvedOptions = Required<SimulatorOptions> & {
  credentials: [SimulatorCredentials, ...SimulatorCredentials[]];
};

/** On a fast clock four minutes may be less than a request takes: a link works for as long at least. */
const FAST_LINK_MINIMUM_MS = 10_000;

/**
 * Puts the defaults in place.
 *
 * @throws with every option that can not be used; SimulatorScriptInvalid for the script.
 */
export function resolveOptions(options: SimulatorOptions): ResolvedOptions {
  const faults: string[] = [];
  optionsShape(options, 'options', faults);
  if (faults.length > 0) {
    throw new Error(`Could not start the simulator: ${faults.join('; ')}.`);
  }
  const [first = TEST_CREDENTIALS, ...others] = options.credentials ?? [];
  const clock = options.clock ?? { kind: 'real' };
  return {
    credentials: [first, ...others],
    port: options.port ?? 0,
    storePort: options.storePort ?? 0,
    clock,
    seed: options.seed ?? 'simulator',
    script: parseScript(options.script ?? {}),
    quotaDays: options.quotaDays ?? 366,
    quotaRejection: options.quotaRejection ?? { status: 400, code: 20_001 },
    webhookTargets: options.webhookTargets ?? 'loopback',
    linkMinimumMs: options.linkMinimumMs ?? (clock.kind === 'faster' ? FAST_LINK_MINIMUM_MS : 0),
  };
}

const TEST_CREDENTIALS: SimulatorCredentials = { accountSid: TEST_ACCOUNT_SID, authToken: TEST_AUTH_TOKEN };

/** At this speed the year 9999 is three days away. */
const HIGHEST_SPEED = 1_000_000;

const port = integer(0, 65_535);
/** What is wrong with a credential is said without it; a SID may be a token that was put into the wrong place. */
function credential(expected: string, pattern: RegExp): Shape {
  return (value, path, faults) => {
    if (typeof value !== 'string' || !pattern.test(value)) {
      faults.push(`${path} must be ${expected}`);
    }
  };
}
const accountSid = credential('AC and 32 hexadecimal digits', /^AC[0-9a-fA-F]{32}$/);
const secret = credential('a text that is not empty', /./s);
const start = suchThat('an instant between the years 1970 and 9999', (value) => {
  const atMs = new Date(
    typeof value === 'string' || typeof value === 'number' ? value : Number.NaN,
  ).getTime();
  return atMs >= 0 && atMs <= LAST_INSTANT_MS;
});
const speed = suchThat(
  `a number above 0, at most ${HIGHEST_SPEED}`,
  (value) => typeof value === 'number' && value > 0 && value <= HIGHEST_SPEED,
);
const clockKind = oneOf(['real', 'faster', 'manual']);
const clocks: Readonly<Record<string, Shape>> = {
  real: fields({ kind: clockKind }),
  faster: fields({ kind: clockKind, speed, start }, ['speed']),
  manual: fields({ kind: clockKind, start }),
};

const clock: Shape = (value, path, faults) => {
  const kind = isRecord(value) ? value['kind'] : undefined;
  const shape = typeof kind === 'string' && Object.hasOwn(clocks, kind) ? clocks[kind] : undefined;
  (shape ?? fields({ kind: clockKind }, ['kind']))(value, path, faults);
};

const optionsShape = fields({
  credentials: someOf(
    fields(
      {
        accountSid,
        authToken: secret,
        apiKeys: listOf(fields({ sid: secret, secret }, ['sid', 'secret'])),
        parentAccountSid: accountSid,
      },
      ['accountSid', 'authToken'],
    ),
  ),
  port,
  storePort: port,
  clock,
  seed: text,
  // Is checked by itself.
  script: () => undefined,
  quotaDays: integer(0),
  quotaRejection: fields({ status: integer(400, 499), code: integer(0) }, ['status', 'code']),
  webhookTargets: oneOf(['loopback', 'any']),
  linkMinimumMs: suchThat('milliseconds, at least 0', (value) => typeof value === 'number' && value >= 0),
});
