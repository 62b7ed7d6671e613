import { IllegalStateError } from '@temporalio/common';
import { type Logger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/**
 * Gives the process its one Runtime of Temporal's SDK: before the first connection, which makes a default one else.
 * What its native part logs goes through the same logger. Where somebody has installed one already, theirs stays.
 */
export function installRuntime(logger: Logger): void {
  try {
    Runtime.install({
      logger,
      telemetryOptions: {
        logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      },
    });
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
  }
}
