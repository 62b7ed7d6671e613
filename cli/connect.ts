import { Client, Connection, isGrpcServiceError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Command } from 'commander';
import { BulkExportsClient } from '../client/index.ts';
import type { CommandOptions } from './cli.ts';
import { CommandError } from './exit-codes.ts';

/** A connection that is closed by its owner. */
export interface TemporalConnection {
  connection: Connection;
  client: Client;
  exports: BulkExportsClient;
  address: string;
  namespace: string;
}

/** Adds `--address` and `--namespace` to a command. */
export function withConnectOptions(command: Command): Command {
  return command
    .option(
      '--address <host:port>',
      'of Temporal (default: TEMPORAL_ADDRESS, or the profile of the temporal CLI)',
    )
    .option('--namespace <name>', 'in Temporal (default: TEMPORAL_NAMESPACE, or the profile)');
}

/**
 * Calls `work` with a connection to Temporal, made of the options, the environment (`TEMPORAL_…`) and the
 * configuration file of the `temporal` command line, in this order.
 *
 * @throws {@link CommandError} `unreachable` with the address, or `usage` where it has no such namespace.
 */
export async function withTemporal<T>(
  options: CommandOptions,
  env: NodeJS.ProcessEnv,
  work: (temporal: TemporalConnection) => Promise<T>,
): Promise<T> {
  const temporal = await connect(options, env);
  try {
    await refuseUnknownNamespace(temporal);
    return await work(temporal);
  } finally {
    await temporal.connection.close();
  }
}

/** A server that is up answers in milliseconds; one behind a slow line in a second or two. */
const CONNECT_TIMEOUT_MS = 5_000;

async function connect(options: CommandOptions, env: NodeJS.ProcessEnv): Promise<TemporalConnection> {
  const loaded = loadConfig(env);
  const address = options.text('address') ?? loaded.connectionOptions.address ?? 'localhost:7233';
  const namespace = options.text('namespace') ?? loaded.namespace ?? 'default';
  try {
    const connection = await Connection.connect({
      ...loaded.connectionOptions,
      address,
      connectTimeout: CONNECT_TIMEOUT_MS,
    });
    const client = new Client({ connection, namespace });
    const taskQueue = options.text('taskQueue') ?? env['BULK_EXPORTS_TASK_QUEUE'];
    const exports = new BulkExportsClient({ client, ...(taskQueue && { taskQueue }) });
    return { connection, client, exports, address, namespace };
  } catch (error) {
    throw new CommandError(
      'unreachable',
      `Temporal can not be reached [${address}, namespace ${namespace}]: ${reasonOf(error)}. ` +
        'Start it with "temporal server start-dev", or say where it is with --address or TEMPORAL_ADDRESS.',
      error,
    );
  }
}

/** gRPC's own number. */
const NOT_FOUND = 5;

/** A list of a namespace that is not there would be empty, and what is said of it misleading. */
async function refuseUnknownNamespace(temporal: TemporalConnection): Promise<void> {
  const { address, connection, namespace } = temporal;
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    // Whoever may not ask for it may work in it all the same; what else is wrong, the command itself finds.
    const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
    if (code !== NOT_FOUND) return;
    throw new CommandError(
      'usage',
      `Temporal has no such namespace [${namespace}, Temporal ${address}]. Correct --namespace, TEMPORAL_NAMESPACE or ` +
        `the profile, or make it: "temporal operator namespace create --namespace ${namespace}".`,
      error,
    );
  }
}

function loadConfig(env: NodeJS.ProcessEnv): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({ overrideEnvVars: definedOnly(env) });
  } catch (error) {
    throw new CommandError('usage', `Temporal's configuration can not be read: ${reasonOf(error)}`, error);
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, ' ').replace(/\.$/, '');
}
