import { CommandError } from './exit-codes.ts';

/** The environment variables of this process. Nothing else of the command line reads them. */
export function readEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}

/**
 * The account that a simulator is asked to know: the one that the worker has. Undefined where it is not complete.
 *
 * @throws CommandError `usage`, without the value: a token in the wrong variable is still a token.
 */
export function readSimulatedAccount(
  env: NodeJS.ProcessEnv,
): { accountSid: string; authToken: string } | undefined {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = env;
  if (!accountSid || !authToken) return undefined;
  if (/^AC[0-9a-f]{32}$/i.test(accountSid)) return { accountSid, authToken };
  throw new CommandError(
    'usage',
    `TWILIO_ACCOUNT_SID must be the letters AC and 32 hexadecimal digits, got ${accountSid.length} other characters. ` +
      "Without it the simulator's own test account is taken.",
  );
}
