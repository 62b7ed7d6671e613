import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { ExportJobResult, ExportPhase, ExportProblem } from '../workflows/api.ts';
import { countDays } from '../workflows/calendar.ts';
import { attributeValue, phaseAttribute } from './phase-attribute.ts';
import type { DescribedProgress, PendingLooks, WorkflowProgress } from './progress.ts';

/** How a workflow that is over ended. Empty for one that runs. */
export interface Ending {
  result?: ExportJobResult;
  /** Of the failure. */
  type?: string;
  /** Of the failure. */
  message?: string;
}

/**
 * How far an export is, by what the server alone knows: status, search attributes, the input and the pending
 * activities.
 *
 * @param input as the caller gave it, not necessarily valid.
 */
export function describedProgress(
  description: WorkflowExecutionDescription,
  input: unknown,
  looks: PendingLooks,
  ending: Ending,
): DescribedProgress {
  const { resourceType, startDay, endDay } = textFields(input);
  const total = startDay && endDay ? countDays(startDay, endDay) : Number.NaN;
  const { result } = ending;
  const done = result
    ? result.totals.days - result.totals.cancelled
    : attributeValue(description.typedSearchAttributes, 'BulkExportDaysDone');
  return {
    source: 'description',
    workflowId: description.workflowId,
    phase: phaseOf(description, ending),
    resourceType: resourceType ?? null,
    startDay: startDay ?? null,
    endDay: endDay ?? null,
    days: { total: total > 0 ? total : null, done: typeof done === 'number' ? done : null },
    jobs: looks.sightings,
    problems: [...looks.problems, ...looks.told, ...endingProblems(description, ending.message)],
    result: result ?? null,
  };
}

/**
 * The workflow's last answer, with how the server says that it ended: a workflow that was terminated, or that failed
 * in an unforeseen way, does not know its own end.
 */
export function endedProgress(
  progress: WorkflowProgress,
  description: WorkflowExecutionDescription,
  ending: Ending,
): WorkflowProgress {
  // A day may say it, too, with the status in which it was.
  const known = progress.problems.some(({ problem }) => problem.includes(ending.message ?? ''));
  return {
    ...progress,
    phase: phaseOf(description, ending) ?? progress.phase,
    problems: known
      ? progress.problems
      : [...progress.problems, ...endingProblems(description, ending.message)],
    result: progress.result ?? ending.result ?? null,
  };
}

function endingProblems(description: WorkflowExecutionDescription, message?: string): ExportProblem[] {
  if (message === undefined) return [];
  return [{ problem: message, since: (description.closeTime ?? description.startTime).toISOString() }];
}

function phaseOf(
  { status, typedSearchAttributes }: WorkflowExecutionDescription,
  ending: Ending,
): ExportPhase | null {
  if (ending.result && status.name === 'COMPLETED') return ending.result.outcome;
  if (status.name === 'CANCELLED') return 'cancelled';
  if (status.name === 'FAILED') return ending.type === 'ExportIncomplete' ? 'incomplete' : 'failed';
  if (status.name === 'TERMINATED' || status.name === 'TIMED_OUT') return 'failed';
  return phaseAttribute(typedSearchAttributes);
}

function textFields(input: unknown): Partial<Record<'resourceType' | 'startDay' | 'endDay', string>> {
  if (typeof input !== 'object' || input === null) return {};
  return Object.fromEntries(Object.entries(input).filter(([, value]) => typeof value === 'string'));
}
