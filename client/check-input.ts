import { countDays } from '../workflows/calendar.ts';
import { InvalidExportInput, parseExportJobInput, type ResolvedExportJobInput } from '../workflows/input.ts';
import { InvalidInputError } from './export-errors.ts';
import { defaultWorkflowId } from '../workflows/workflow-id.ts';

/**
 * An input that may be started, and the workflow id under which that would be.
 *
 * @example
 * ```ts
 * const { workflowId, resolved, daysTotal }: CheckedInput = checkExportInput(input);
 * ```
 */
export interface CheckedInput {
  workflowId: string;
  /** With every default filled in, durations in milliseconds. */
  resolved: ResolvedExportJobInput;
  daysTotal: number;
}

/**
 * Checks an input as `startExport` does, without a connection.
 *
 * @param workflowId default: made of the input.
 * @throws `InvalidInputError` naming every fault.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 *
 * try {
 *   checkExportInput(JSON.parse(await readFile('input.json', 'utf8')));
 * } catch (error) {
 *   if (error instanceof InvalidInputError) console.error(error.faults);
 * }
 * ```
 */
export function checkExportInput(input: unknown, workflowId?: string): CheckedInput {
  try {
    const resolved = parseExportJobInput(input, Date.now());
    const daysTotal = countDays(resolved.startDay, resolved.endDay);
    return { workflowId: workflowId ?? defaultWorkflowId(resolved), resolved, daysTotal };
  } catch (error) {
    if (!(error instanceof InvalidExportInput)) throw error;
    const { message, faults } = error;
    throw new InvalidInputError({ workflowId: workflowId ?? '', message, faults, cause: error });
  }
}
