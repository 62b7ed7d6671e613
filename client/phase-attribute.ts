import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { ExportPhase } from '../workflows/api.ts';

type Attributes = WorkflowExecutionInfo['typedSearchAttributes'];

/** The phase of an export as its search attributes have it; null where they are not registered. */
export function phaseAttribute(attributes: Attributes): ExportPhase | null {
  const phase = attributeValue(attributes, 'BulkExportPhase');
  return isPhase(phase) ? phase : null;
}

/** The value of the search attribute of this name, of whatever type. */
export function attributeValue(attributes: Attributes, name: string): unknown {
  return attributes.getAll().find(({ key }) => key.name === name)?.value;
}

const PHASES: readonly string[] = [
  'creating',
  'waiting',
  'downloading',
  'waitingForQuota',
  'cleaning',
  'complete',
  'incomplete',
  'cancelled',
  'failed',
] satisfies ExportPhase[];

function isPhase(value: unknown): value is ExportPhase {
  return typeof value === 'string' && PHASES.includes(value);
}
