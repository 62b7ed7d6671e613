/** The options of `list` and the filter that they make. */
import type { Command } from 'commander';
import type { ExportPhase, ExportsFilter, ExportStatus, ResourceType } from '../client/index.ts';
import type { CommandOptions } from './cli.ts';
import { CommandError } from './exit-codes.ts';
import { readChoices } from './read-choice.ts';

/** Adds the filters to a command. */
export function withFilterOptions(command: Command): Command {
  return command
    .option('--status <words>', `${Object.keys(STATUSES).join(', ')}; several with commas`)
    .option('--phase <words>', 'such as downloading or incomplete; several with commas (needs setup)')
    .option(
      '--resource-type <types>',
      `${Object.keys(RESOURCE_TYPES).join(', ')}; several with commas (needs setup)`,
    )
    .option('--account <name>', 'an account that the worker knows (needs setup)')
    .option('--failed-days', 'those with days that failed for good or were deleted (needs setup)')
    .option('--started-after <time>', 'such as 2026-10-01 or 2026-10-01T12:00:00Z')
    .option('--closed-after <time>', 'the same, of their ends')
    .option('--query <filter>', "a filter of Temporal's beside these");
}

/**
 * The filter of the options.
 *
 * @throws CommandError `usage`
 */
export function readFilter(options: CommandOptions): ExportsFilter {
  const account = options.text('account');
  const query = options.text('query');
  const status = readChoices(options, 'status', STATUSES);
  const phase = readChoices(options, 'phase', PHASES);
  const resourceType = readChoices(options, 'resourceType', RESOURCE_TYPES);
  const startedAfter = readInstant(options, 'startedAfter', '--started-after');
  const closedAfter = readInstant(options, 'closedAfter', '--closed-after');
  return {
    ...(status && { status }),
    ...(phase && { phase }),
    ...(resourceType && { resourceType }),
    ...(account !== undefined && { account }),
    ...(options.has('failedDays') && { withFailedDays: true }),
    ...(startedAfter && { startedAfter }),
    ...(closedAfter && { closedAfter }),
    ...(query !== undefined && { query }),
  };
}

/** @throws CommandError `usage` */
function readInstant(options: CommandOptions, name: string, option: string): string | undefined {
  const text = options.text(name);
  if (text === undefined || isInstant(text)) return text;
  throw new CommandError(
    'usage',
    `${option} must be a day or an instant (UTC), such as 2026-10-01 or 2026-10-01T12:00:00Z, got "${text}".`,
  );
}

/** `Date` itself takes the 30th of February for a day in March. */
function isInstant(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d(T.*Z)?$/.test(text) || Number.isNaN(Date.parse(text))) return false;
  const day = text.slice(0, 'YYYY-MM-DD'.length);
  return new Date(text).toISOString().startsWith(day);
}

/** As the list shows them. */
const STATUSES = {
  running: 'RUNNING',
  completed: 'COMPLETED',
  failed: 'FAILED',
  cancelled: 'CANCELLED',
  terminated: 'TERMINATED',
  timed_out: 'TIMED_OUT',
} satisfies Record<string, ExportStatus>;

const PHASES: { [Phase in ExportPhase]: Phase } = {
  creating: 'creating',
  waiting: 'waiting',
  downloading: 'downloading',
  waitingForQuota: 'waitingForQuota',
  cleaning: 'cleaning',
  complete: 'complete',
  incomplete: 'incomplete',
  cancelled: 'cancelled',
  failed: 'failed',
};

const RESOURCE_TYPES: { [Type in ResourceType]: Type } = {
  Messages: 'Messages',
  Calls: 'Calls',
  Conferences: 'Conferences',
  Participants: 'Participants',
};
