/**
 * Whose exports are made, and with which credentials.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 *
 * const account: TwilioAccount = {
 *   accountSid: 'AC0123456789abcdef0123456789abcdef',
 *   username: 'SK0123456789abcdef0123456789abcdef',
 *   password: (await readFile('/run/secrets/twilio-api-key', 'utf8')).trim(),
 * };
 * ```
 */
export interface TwilioAccount {
  /** `AC` and 32 hex digits. It names the folder of the files; the credentials decide the account. */
  accountSid: string;
  /** The Account SID, or the SID of an API key (`SK…`). */
  username: string;
  /** The Auth Token, or the secret of the API key. */
  password: string;
}

/** Whether the text is an Account SID. */
export function isAccountSid(text: string): boolean {
  return /^AC[0-9a-f]{32}$/i.test(text);
}
