/**
 * Environment variables by name. An empty one counts as not set.
 *
 * @example
 * ```ts
 * const env: Environment = { ...process.env, BULK_EXPORTS_DOWNLOAD_SLOTS: '16' };
 * const { downloadSlots } = readWorkerConfig(env);
 * ```
 */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Gives a file's text or throws as `node:fs` does.
 *
 * @example
 * ```ts
 * const account = { accountSid: 'AC0123456789abcdef0123456789abcdef', authToken: 'token-of-the-test' };
 * const readFile: ReadFile = () => JSON.stringify({ default: account });
 * const { accounts } = readWorkerConfig({ BULK_EXPORTS_ACCOUNTS: 'accounts.json' }, readFile);
 * ```
 */
export type ReadFile = (path: string) => string;
