import { TEST_ACCOUNT_SID, TEST_AUTH_TOKEN } from './api.ts';
import type { SimulatorCredentials, SimulatorOptions } from './api.ts';
import { parseScript } from './parse-script.ts';

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
  const [first = TEST_CREDENTIALS, ...others] = options.credentials ?? [];
  const clock = options.clock ?? { kind: 'real' };
  const resolved: ResolvedOptions = {
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
  const faults = faultsOf(resolved);
  if (faults.length > 0) {
    throw new Error(`Could not start the simulator: ${faults.join('; ')}.`);
  }
  return resolved;
}

const TEST_CREDENTIALS: SimulatorCredentials = { accountSid: TEST_ACCOUNT_SID, authToken: TEST_AUTH_TOKEN };

function faultsOf(options: ResolvedOptions): string[] {
  const { clock } = options;
  const faults: string[] = [];
  for (const name of ['port', 'storePort'] as const) {
    if (!Number.isInteger(options[name]) || options[name] < 0 || options[name] > 65_535) {
      faults.push(`${name} must be a whole number from 0 to 65535, got ${options[name]}`);
    }
  }
  if (clock.kind === 'faster' && !(Number.isFinite(clock.speed) && clock.speed > 0)) {
    faults.push(`clock.speed must be a number above 0, got ${clock.speed}`);
  }
  if (clock.kind !== 'real' && clock.start !== undefined && Number.isNaN(new Date(clock.start).getTime())) {
    faults.push(`clock.start must be an instant, got ${clock.start}`);
  }
  options.credentials.forEach(({ accountSid }, index) => {
    if (!/^AC[0-9a-fA-F]{32}$/.test(accountSid)) {
      faults.push(
        `credentials[${index}].accountSid must be AC and 32 hexadecimal digits, got "${accountSid}"`,
      );
    }
  });
  return faults;
}
