import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { type ExportPhase, type ExportProgress, exportSearchAttributes } from './api.ts';
import type { ResolvedExportJobInput } from './input.ts';

type AttributeName = keyof typeof exportSearchAttributes;

/** Every upsert is an event of the history, so days done are shown in quarters of the export. */
const DAYS_DONE_STEPS = 4;

/**
 * Shows an export in the list of workflows. Only the attributes with which the workflow was started are set: one
 * that the namespace does not know would stall the workflow for ever.
 */
export class SearchAttributesOnDisplay {
  private readonly shown = new Map<AttributeName, string | number>();

  constructor() {
    for (const { key, value } of workflowInfo().typedSearchAttributes.getAll())
      if (isAttributeName(key.name)) this.shown.set(key.name, value as string | number);
  }

  /** Sets what has changed since it was last shown. */
  show(progress: ExportProgress, request: ResolvedExportJobInput): void {
    const changed = Object.entries(this.valuesOf(progress, request)).filter(
      ([name, value]) =>
        this.shown.has(name as AttributeName) && this.shown.get(name as AttributeName) !== value,
    );
    if (changed.length === 0) return;
    for (const [name, value] of changed) this.shown.set(name as AttributeName, value);
    upsertSearchAttributes(changed.map(([name, value]) => pairOf(name, value)));
  }

  private valuesOf(
    { phase, days }: ExportProgress,
    request: ResolvedExportJobInput,
  ): Record<AttributeName, string | number> {
    const done = days.downloaded + days.empty + days.failed + days.deleted;
    const step = Math.ceil(days.total / DAYS_DONE_STEPS);
    const shownBefore = this.shown.get('BulkExportDaysDone');
    const isStep =
      typeof shownBefore !== 'number' || done === days.total || Math.abs(done - shownBefore) >= step;
    const isEnd = phase === 'cleaning' || phase === 'cancelled' || phase === 'failed';
    return {
      BulkExportPhase: phase,
      BulkExportResourceType: request.resourceType,
      BulkExportAccount: request.account,
      BulkExportDaysDone: isStep || isEnd ? done : shownBefore,
      BulkExportDaysTotal: days.total,
    };
  }
}

/** Shows the phase of an export that ends before it has begun, where it was started with that attribute. */
export function showPhase(phase: ExportPhase): void {
  const names = workflowInfo()
    .typedSearchAttributes.getAll()
    .map(({ key }) => key.name);
  if (names.includes('BulkExportPhase')) upsertSearchAttributes([pairOf('BulkExportPhase', phase)]);
}

function isAttributeName(name: string): name is AttributeName {
  return Object.hasOwn(exportSearchAttributes, name);
}

function pairOf(name: string, value: string | number): SearchAttributePair {
  return typeof value === 'number'
    ? { key: defineSearchAttributeKey(name, 'INT'), value }
    : { key: defineSearchAttributeKey(name, 'KEYWORD'), value };
}
