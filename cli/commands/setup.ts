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
      let missing = attributeNames;
      try {
        const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
        refuseOtherTypes(customAttributes, namespace);
        missing = attributeNames.filter((name) => !(name in customAttributes));
        if (missing.length > 0) await register(connection, namespace, missing);
        return {
          document: { namespace, registered: missing, searchAttributes: exportSearchAttributes },
          text:
            missing.length === 0
              ? `Nothing to do: ${namespace} has ${attributeNames.join(', ')}.`
              : `Registered in ${namespace}: ${missing.join(', ')}. Exports that start from now on have them.`,
        };
      } catch (error) {
        if (!isGrpcServiceError(error)) throw error;
        throw new CommandError('failure', refusal(namespace, error.details, missing), error);
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

type AttributeName = keyof typeof exportSearchAttributes;
const attributeNames = Object.keys(exportSearchAttributes) as AttributeName[];

/** @throws CommandError `failure`: a type can not be changed, so nothing else would help either. */
function refuseOtherTypes(customAttributes: Record<string, number>, namespace: string): void {
  const others = attributeNames.filter((name) => {
    const registered = customAttributes[name];
    return registered !== undefined && registered !== INDEXED_VALUE_TYPES[exportSearchAttributes[name]];
  });
  if (others.length === 0) return;
  const faults = others.map((name) => {
    const found = VALUE_TYPE_WORDS[customAttributes[name] ?? 0] ?? 'another type';
    return `${name} must be ${TYPE_WORDS[exportSearchAttributes[name]]}, it is ${found}`;
  });
  const commands = others.map(
    (name) => `  temporal operator search-attribute remove --namespace ${namespace} --name ${name}`,
  );
  throw new CommandError(
    'failure',
    [
      `The namespace has search attributes of these names with other types [namespace ${namespace}]: ` +
        `${faults.join('; ')}. Nothing was registered, and exports start without them. ` +
        'Use another namespace, or, if nobody needs those, remove them and repeat the setup:',
      ...commands,
    ].join('\n'),
  );
}

async function register(connection: Connection, namespace: string, names: AttributeName[]): Promise<void> {
  const types = names.map((name) => [name, INDEXED_VALUE_TYPES[exportSearchAttributes[name]]] as const);
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(types),
  });
}

/** `temporal.api.enums.v1.IndexedValueType`, and the same in words of the command line. */
const INDEXED_VALUE_TYPES = { KEYWORD: 2, INT: 3, KEYWORD_LIST: 7 } as const;
const VALUE_TYPE_WORDS = ['no type', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'];
const TYPE_WORDS = { KEYWORD: 'Keyword', INT: 'Int', KEYWORD_LIST: 'KeywordList' } as const;

function refusal(namespace: string, reason: string, names: AttributeName[]): string {
  const commands = names.map(
    (name) =>
      `  temporal operator search-attribute create --namespace ${namespace} --name ${name} ` +
      `--type ${TYPE_WORDS[exportSearchAttributes[name]]}`,
  );
  return [
    `The search attributes can not be registered [namespace ${namespace}]: ${reason}. Who may, runs this:`,
    ...commands,
  ].join('\n');
}
