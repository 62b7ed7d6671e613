import { readFileSync } from 'node:fs';
import { PUBLIC_URL_RULE, readPublicUrl } from './public-url.ts';

/**
 * What a receiver runs with. It holds credentials: do not log it.
 *
 * @example
 * ```ts
 * const { publicUrl, authTokens }: WebhookConfig = readWebhookConfig();
 * const receiver = createWebhookReceiver({ client, publicUrl, authTokens });
 * ```
 */
export interface WebhookConfig {
  publicUrl: string;
  /** By Account SID. Two while they are rotated. */
  authTokens: Record<string, string[]>;
  /** The names of accounts without an Auth Token: nobody can check callbacks of theirs. */
  unchecked: string[];
}

/**
 * The configuration can not be used.
 *
 * @example
 * ```ts
 * if (error instanceof InvalidWebhookConfig) console.error(error.faults);
 * ```
 */
export class InvalidWebhookConfig extends Error {
  override readonly name = 'InvalidWebhookConfig';
  /** One sentence a fault: variable, expected, got. Never a credential. */
  readonly faults: string[];

  constructor(faults: string[]) {
    const list = faults.map((fault) => `\n  - ${fault}`).join('');
    super(
      `Could not read the configuration of the webhook receiver. Expected other environment variables:${list}`,
    );
    this.faults = faults;
  }
}

/**
 * Reads the configuration of a receiver from the variables of a worker: `BULK_EXPORTS_PUBLIC_URL`, `TWILIO_ACCOUNT_SID`
 * with `TWILIO_AUTH_TOKEN`, and `BULK_EXPORTS_ACCOUNTS`; besides, `TWILIO_SECONDARY_AUTH_TOKEN`, in the file
 * `secondaryAuthToken`, while tokens are rotated. An empty variable counts as not set.
 *
 * @throws {@link InvalidWebhookConfig} that names every fault at once.
 * @example
 * ```ts
 * const receiver = createWebhookReceiver({ client, ...readWebhookConfig() });
 * ```
 */
export function readWebhookConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
  readFile: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): WebhookConfig {
  const faults: string[] = [];
  const publicUrl = env['BULK_EXPORTS_PUBLIC_URL'] || undefined;
  const read = readPublicUrl(publicUrl);
  if ('fault' in read) faults.push(`BULK_EXPORTS_PUBLIC_URL must be ${PUBLIC_URL_RULE}, ${read.fault}`);

  const { length: faultsBefore } = faults;
  const path = env['BULK_EXPORTS_ACCOUNTS'];
  const accounts = [
    ...(ACCOUNT_VARIABLES.some((variable) => env[variable]) ? [accountOfVariables(env)] : []),
    ...(path ? accountsOfFile(path, readFile, faults) : []),
  ];
  const authTokens: Record<string, string[]> = {};
  const unchecked: string[] = [];
  for (const account of accounts) {
    const accountSid = sidOf(account, faults);
    const tokens = tokensOf(account, faults);
    if (tokens.length === 0) unchecked.push(account.name);
    else authTokens[accountSid] = [...new Set([...(authTokens[accountSid] ?? []), ...tokens])];
  }
  if (faults.length === faultsBefore && Object.keys(authTokens).length === 0)
    faults.push(
      'TWILIO_AUTH_TOKEN must be set, with TWILIO_ACCOUNT_SID (or authToken in the file of BULK_EXPORTS_ACCOUNTS), ' +
        'got none: Twilio signs its callbacks with it, and never with an API key',
    );
  if (publicUrl === undefined || faults.length > 0) throw new InvalidWebhookConfig(faults);
  return { publicUrl, authTokens, unchecked };
}

/** What the environment says of an account. */
interface AccountSource {
  name: string;
  /** How a fault calls a field. */
  called: (field: TokenField | 'accountSid') => string;
  accountSid: unknown;
  authToken: unknown;
  secondaryAuthToken: unknown;
}
type TokenField = 'authToken' | 'secondaryAuthToken';

const VARIABLES = {
  accountSid: 'TWILIO_ACCOUNT_SID',
  authToken: 'TWILIO_AUTH_TOKEN',
  secondaryAuthToken: 'TWILIO_SECONDARY_AUTH_TOKEN',
} as const;
/** Of any of these a worker makes its account, and so demands the SID. */
const ACCOUNT_VARIABLES = [...Object.values(VARIABLES), 'TWILIO_API_KEY', 'TWILIO_API_SECRET'];
/** What the file may say of an account. The worker reads it as well, and takes no others either. */
const FIELDS = ['accountSid', 'authToken', 'apiKey', 'apiSecret', 'secondaryAuthToken'];

function accountOfVariables(env: Readonly<Record<string, string | undefined>>): AccountSource {
  return {
    name: 'default',
    called: (field) => VARIABLES[field],
    accountSid: env[VARIABLES.accountSid] || undefined,
    authToken: env[VARIABLES.authToken] || undefined,
    secondaryAuthToken: env[VARIABLES.secondaryAuthToken] || undefined,
  };
}

function accountsOfFile(path: string, readFile: (path: string) => string, faults: string[]): AccountSource[] {
  const parsed = parse(path, readFile);
  if (parsed === null) {
    // The path is not shown: it may be the accounts themselves.
    faults.push(
      'BULK_EXPORTS_ACCOUNTS must be the path of a JSON file of accounts by name, got another text or file',
    );
    return [];
  }
  return Object.entries(parsed).flatMap(([name, entry]) => {
    const at = `BULK_EXPORTS_ACCOUNTS, ${JSON.stringify(name.slice(0, 80))}`;
    if (!isObject(entry)) {
      faults.push(`${at} must be an object with accountSid and authToken, got something else`);
      return [];
    }
    // One that is misspelt would leave its account without a token, and its callbacks refused.
    for (const field of Object.keys(entry).filter((key) => !FIELDS.includes(key)))
      faults.push(
        `${at}: ${JSON.stringify(field.slice(0, 40))} is not a field, expected ${FIELDS.join(', ')}`,
      );
    const { accountSid, authToken, secondaryAuthToken } = entry;
    return [
      { name, called: (field: string) => `${at}: ${field}`, accountSid, authToken, secondaryAuthToken },
    ];
  });
}

/** The parser's own message is not used: it quotes the file. */
function parse(path: string, readFile: (path: string) => string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(readFile(path));
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** Empty where it is at fault: the configuration is refused as a whole. */
function sidOf({ accountSid, called }: AccountSource, faults: string[]): string {
  if (typeof accountSid === 'string' && /^AC[0-9a-f]{32}$/i.test(accountSid)) return accountSid;
  const got = accountSid === undefined ? 'nothing' : 'something else';
  faults.push(`${called('accountSid')} must be the letters AC and 32 hexadecimal digits, got ${got}`);
  return '';
}

function tokensOf({ called, ...fields }: AccountSource, faults: string[]): string[] {
  return (['authToken', 'secondaryAuthToken'] as const).flatMap((field) => {
    const token = fields[field];
    if (token === undefined) return [];
    if (typeof token === 'string' && /^[\u0021-\u007E]+$/.test(token)) return [token];
    faults.push(`${called(field)} must be an Auth Token, without blanks and line breaks, got something else`);
    return [];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
