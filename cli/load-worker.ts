/** Native code and packages that only a worker needs: loaded by the commands that run one, and by no other. */
import type * as worker from '../worker/index.ts';
import { CommandError } from './exit-codes.ts';

/**
 * The folder `worker/`, with the packages below it.
 *
 * @throws CommandError `failure` that says what to install, where one of the optional packages is missing.
 */
export async function loadWorker(): Promise<typeof worker> {
  try {
    return await import('../worker/index.ts');
  } catch (error) {
    const missing = missingPackage(error);
    if (missing === undefined) throw error;
    throw new CommandError(
      'failure',
      `A worker needs packages that are not installed here [${missing}]. ` +
        `Install them: npm install ${OPTIONAL_PACKAGES.join(' ')}`,
      error,
    );
  }
}

/** The optional peers that `worker/` imports. Who starts exports alone does without them. */
const OPTIONAL_PACKAGES = ['@temporalio/worker', '@temporalio/activity', '@temporalio/plugin'];

/** Node names it in the message alone. */
function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND')
    return undefined;
  return OPTIONAL_PACKAGES.find((name) => error.message.includes(`'${name}'`));
}
