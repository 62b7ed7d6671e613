import type { Command } from 'commander';
import type { JobReaper, ReapReport, WorkerConfig } from '../../worker/index.ts';
import { createCommand, type Answer, type Cli, type CommandContext, type CommandOptions } from '../cli.ts';
import { withConnectOptions, withTemporal } from '../connect.ts';
import { CommandError, type ExitReason } from '../exit-codes.ts';
import { loadWorker } from '../load-worker.ts';
import { readNumber } from '../read-number.ts';
import { reapText } from '../reap-text.ts';

/** `bulk-exports reap`: shows the jobs that exports have left behind at Twilio, and deletes them if told to. */
export function reapCommand(cli: Cli): Command {
  const command = createCommand(cli, 'reap', async (options, context) => {
    const minutes = readNumber(options, 'closedFor', CLOSED_FOR_MINUTES);
    const { createJobReaper, RESOURCE_TYPES, ...worker } = await loadWorker();
    const resourceTypes = choose(options, 'resourceType', RESOURCE_TYPES);
    const { accounts, twilioUrl } = readConfig(worker, context);
    const accountNames = choose(options, 'account', Object.keys(accounts));
    return withTemporal(options, context.env, async ({ client }) => {
      const reaper = createJobReaper({
        accounts,
        accountNames,
        twilioUrl,
        client,
        resourceTypes,
        closedForMs: minutes * 60_000,
        signal: context.interruption(),
      });
      try {
        return await reap(reaper, options, context);
      } finally {
        await reaper.close();
      }
    });
  });
  command
    .summary('find jobs that were left behind at Twilio')
    .description(DESCRIPTION)
    .option('--delete', 'delete the orphans')
    .option('--account <name>', 'look at this one alone (default: all that the environment names)')
    .option('--resource-type <type>', 'look at this one alone (default: all four)')
    .option(
      '--closed-for <minutes>',
      `how long an export must be closed before its jobs are orphans (default: ${CLOSED_FOR_MINUTES.default})`,
    )
    .option('--all', 'show the jobs that are over, too');
  return withConnectOptions(command).addHelpText('after', MORE);
}

const DESCRIPTION =
  'Shows the jobs at Twilio that exports have made, each with its export. One that still runs though its export is ' +
  'closed, and that nobody asked to keep, is an orphan: an export that was terminated leaves such a job behind. ' +
  'Orphans alone are deleted, with --delete. Accounts and credentials are those of a worker, by the same environment.';

const MORE = `
Verdicts:
  orphan          its export is closed: deleted with --delete
  running         its export runs
  justClosed      its export was closed some minutes ago: see --closed-for
  kept            its export is closed; it was asked to keep its jobs
  notFound        no export here fits: its history is gone, it has just started,
                  or it is one of another cluster
  doesNotFit      bears the marker of a closed export that can not have made it
  unreadable      its export is here; what it was asked for can not be read
  otherNamespace  made by an export of another namespace
  beingDeleted    somebody has deleted it
  over            nothing runs any more; it leaves Twilio's list by itself

Exit codes: 0, also where there is nothing to do; 1 where something could not be
looked at or deleted; 5 where that is an account's credentials; all else was done.

Examples:
  bulk-exports reap
  bulk-exports reap --delete
  bulk-exports reap --account east --resource-type Messages --json`;

/** The default stands in the worker in milliseconds, too. */
const CLOSED_FOR_MINUTES = { default: 5, minimum: 0, maximum: 525_600 };

async function reap(reaper: JobReaper, options: CommandOptions, context: CommandContext): Promise<Answer> {
  const { terminal } = context;
  const interrupted = context.interruption();
  terminal.say('Looking at the jobs at Twilio and at their exports …');
  const found = await reaper.find().catch((error: unknown) => {
    if (!interrupted.aborted) throw error;
    throw new CommandError(
      'interrupted',
      'Interrupted before all jobs were looked at: nothing was deleted.',
      error,
    );
  });
  const report = options.has('delete') ? await reaper.delete(found) : found;
  const text = reapText(report, { showAll: options.has('all'), paint: terminal.paint });
  const failures = report.failures.map(({ message }) => message);
  if (interrupted.aborted) failures.push('Interrupted: orphans without a fate were not tried.');
  return {
    document: report,
    text,
    ...(failures.length > 0 && { failure: failures.join('\n') }),
    reason: interrupted.aborted ? 'interrupted' : reasonOf(report),
  };
}

function reasonOf({ failures }: ReapReport): ExitReason {
  if (failures.length === 0) return 'success';
  return failures.every(({ type }) => type === 'AuthenticationRejected') ? 'rejected' : 'failure';
}

/** The one that an option names, or all. */
function choose<Name extends string>(
  options: CommandOptions,
  option: 'account' | 'resourceType',
  names: readonly Name[],
): readonly Name[] {
  const text = options.text(option);
  if (text === undefined) return names;
  const chosen = names.filter((name) => name === text);
  if (chosen.length > 0) return chosen;
  const called = option === 'account' ? '--account' : '--resource-type';
  const known = names.map((name) => JSON.stringify(name)).join(', ');
  throw new CommandError('usage', `${called} must be one of ${known}, got ${JSON.stringify(text)}.`);
}

function readConfig(
  {
    readWorkerConfig,
    InvalidWorkerConfig,
  }: Pick<Awaited<ReturnType<typeof loadWorker>>, 'readWorkerConfig' | 'InvalidWorkerConfig'>,
  { env }: CommandContext,
): WorkerConfig {
  try {
    return readWorkerConfig(env);
  } catch (error) {
    if (error instanceof InvalidWorkerConfig) throw new CommandError('usage', error.message, error);
    throw error;
  }
}
