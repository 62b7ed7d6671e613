import type { Connection } from '@temporalio/client';
import { isGrpcServiceError } from '@temporalio/client';
import type { Command } from 'commander';
import { exportSearchAttributes } from '../../client/index.ts';
import { createCommand, type Cli } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { CommandError } from '../exit-codes.ts';

/** `bulk-exports setup`: registers the search attributes of exports in the namespace. Repeating it is fine. */
export function setupCommand(cli: Cli): Command {
  const command = createCommand(cli, 'setup', async (options, { env }) =>
    withTemporal(options, env, async ({ connection, namespace }) => {
      try {
        const registered = await registerMissing(connection, namespace);
        const names = Object.keys(exportSearchAttributes).join(', ');
        return {
          document: { namespace, registered, searchAttributes: exportSearchAttributes },
          text:
            registered.length === 0
              ? `Nothing to do: ${namespace} has ${names}.`
              : `Registered in ${namespace}: ${registered.join(', ')}. Exports that start from now on have them.`,
        };
      } catch (error) {
        if (!isGrpcServiceError(error)) throw error;
        throw new CommandError('failure', refusal(namespace, error.details), error);
      }
    }),
  );
  command
    .summary('register the search attributes')
    .description(
      'Registers the search attributes by which exports can be filtered. Exports work without them; repeating it is fine.',
    );
  return withConnectOptions(command);
}

/** The attributes that were missing, now registered. */
async function registerMissing(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(exportSearchAttributes).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return [];
  const searchAttributes = Object.fromEntries(
    missing.map(([name, type]) => [name, INDEXED_VALUE_TYPES[type]]),
  );
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  return missing.map(([name]) => name);
}

/** `temporal.api.enums.v1.IndexedValueType`, and the same in words of the command line. */
const INDEXED_VALUE_TYPES = { KEYWORD: 2, INT: 3 } as const;
const TYPE_WORDS = { KEYWORD: 'Keyword', INT: 'Int' } as const;

function refusal(namespace: string, reason: string): string {
  const commands = Object.entries(exportSearchAttributes).map(
    ([name, type]) =>
      `  temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${TYPE_WORDS[type]}`,
  );
  return [
    `The search attributes can not be registered [namespace ${namespace}]: ${reason}. Who may, runs this:`,
    ...commands,
  ].join('\n');
}
