import { isJsonObject } from '../activities/for-worker.ts';
import type { TwilioAccount } from '../activities/index.ts';
import type { Environment, ReadFile } from './environment.ts';
import { isKnownName, KNOWN_NAME_RULE } from './known-name.ts';

/** The fields of one account and what a reader knows them as. */
interface AccountSource {
  accountSid: unknown;
  authToken: unknown;
  apiKey: unknown;
  apiSecret: unknown;
  /** How a fault calls each field. */
  called: (field: AccountField) => string;
}
type AccountField = 'accountSid' | 'authToken' | 'apiKey' | 'apiSecret';

const VARIABLES = {
  accountSid: 'TWILIO_ACCOUNT_SID',
  authToken: 'TWILIO_AUTH_TOKEN',
  apiKey: 'TWILIO_API_KEY',
  apiSecret: 'TWILIO_API_SECRET',
} as const;
/** The last is the webhook receiver's, which reads the same file. */
const FIELDS: string[] = [...Object.keys(VARIABLES), 'secondaryAuthToken'];

/**
 * Reads the account `default` from the variables and the further ones from the file. Where an Auth Token and an
 * API key are both there, the API key is used: the token may be there for other purposes. Adds what is wrong to
 * `faults`, never with a value that could be a credential in the wrong place.
 */
export function readAccounts(
  env: Environment,
  readFile: ReadFile,
  faults: string[],
): Record<string, TwilioAccount> {
  const path = env['BULK_EXPORTS_ACCOUNTS'];
  const sources = path ? readAccountsFile(path, readFile, faults) : new Map<string, AccountSource>();

  if (Object.values(VARIABLES).some((variable) => env[variable])) {
    if (sources.has('default')) {
      faults.push(
        `BULK_EXPORTS_ACCOUNTS must not name the account "default" while TWILIO_ACCOUNT_SID and its like give it`,
      );
    }
    sources.set('default', { ...readVariables(env), called: (field) => VARIABLES[field] });
  } else if (!path) {
    faults.push(
      'TWILIO_ACCOUNT_SID must be set, with TWILIO_AUTH_TOKEN or with TWILIO_API_KEY and TWILIO_API_SECRET ' +
        '(or BULK_EXPORTS_ACCOUNTS, the path of a file of accounts), got none of them',
    );
  }
  return Object.fromEntries([...sources].map(([name, source]) => [name, readAccount(source, faults)]));
}

function readVariables(env: Environment): Record<AccountField, string | undefined> {
  return {
    accountSid: env[VARIABLES.accountSid] || undefined,
    authToken: env[VARIABLES.authToken] || undefined,
    apiKey: env[VARIABLES.apiKey] || undefined,
    apiSecret: env[VARIABLES.apiSecret] || undefined,
  };
}

function readAccountsFile(path: string, readFile: ReadFile, faults: string[]): Map<string, AccountSource> {
  const sources = new Map<string, AccountSource>();
  if (/[{"\n]/.test(path)) {
    // Not shown: it is likely to be the accounts themselves.
    faults.push('BULK_EXPORTS_ACCOUNTS must be the path of a JSON file of accounts by name, got JSON itself');
    return sources;
  }
  const parsed = parseAccountsFile(path, readFile);
  if (typeof parsed === 'string') {
    faults.push(
      `BULK_EXPORTS_ACCOUNTS must be the path of a JSON file of accounts by name, got ${parsed} [${path}]`,
    );
    return sources;
  }
  for (const [name, entry] of Object.entries(parsed)) {
    const at = `BULK_EXPORTS_ACCOUNTS [${path}], ${JSON.stringify(name.slice(0, 80))}`;
    if (!isKnownName(name)) {
      faults.push(`${at} must be ${KNOWN_NAME_RULE}`);
      continue;
    }
    if (!isJsonObject(entry)) {
      faults.push(
        `${at} must be an object with accountSid and authToken, or accountSid, apiKey and apiSecret`,
      );
      continue;
    }
    const unknown = Object.keys(entry).filter((field) => !FIELDS.includes(field));
    for (const field of unknown) {
      faults.push(
        `${at}: ${JSON.stringify(field.slice(0, 40))} is not a field, expected ${FIELDS.join(', ')}`,
      );
    }
    const { accountSid, authToken, apiKey, apiSecret } = entry;
    sources.set(name, { accountSid, authToken, apiKey, apiSecret, called: (field) => `${at}: ${field}` });
  }
  return sources;
}

/** The object, or what came instead. The parser's own message is not used: it quotes the file. */
function parseAccountsFile(path: string, readFile: ReadFile): Record<string, unknown> | string {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    return `a file that can not be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isJsonObject(parsed)) return 'JSON that is no object';
    return Object.keys(parsed).length === 0 ? 'an object without any account' : parsed;
  } catch {
    return 'text that is no JSON';
  }
}

/** What is at fault is left empty: the configuration is refused as a whole. */
function readAccount(source: AccountSource, faults: string[]): TwilioAccount {
  const demand = (field: AccountField, test: (text: string) => boolean, expected: string): string => {
    const value = source[field];
    if (typeof value === 'string' && test(value)) return value;
    faults.push(`${source.called(field)} must be ${expected}, got ${shapeOf(value)}`);
    return '';
  };

  const accountSid = demand('accountSid', isSid('AC'), 'the letters AC and 32 hexadecimal digits');
  if (source.apiKey === undefined && source.apiSecret === undefined) {
    const password = demand('authToken', isSecret, 'the Auth Token of that account (or give an API key)');
    return { accountSid, username: accountSid, password };
  }
  return {
    accountSid,
    username: demand('apiKey', isSid('SK'), 'the letters SK and 32 hexadecimal digits'),
    password: demand('apiSecret', isSecret, 'the secret of that API key'),
  };
}

function isSid(prefix: 'AC' | 'SK'): (text: string) => boolean {
  return (text) => text.startsWith(prefix) && /^..[0-9a-f]{32}$/i.test(text);
}

/** Printable and without blanks, as both kinds are: a line break copied along would break the request's header. */
function isSecret(text: string): boolean {
  return /^[\u0021-\u007E]+$/.test(text);
}

/** Says what came without saying it: a token in the wrong variable is still a token. */
function shapeOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'string') return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
  if (value !== value.trim()) return 'a text with blanks or a line break at its ends';
  const prefix = /^(AC|SK)/.test(value) ? ` that begin with ${value.slice(0, 2)}` : '';
  return value === '' ? 'an empty text' : `${value.length} other characters${prefix}`;
}
