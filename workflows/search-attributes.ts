import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { type ExportPhase, type ExportProgress, exportSearchAttributes, NO_JOB_SID } from './api.ts';
import type { ResolvedExportJobInput } from './input.ts';

type AttributeName = keyof typeof exportSearchAttributes;
type AttributeValue = string | number | string[];

/** Every upsert is an event of the history, so days done are shown in quarters of the export. */
const DAYS_DONE_STEPS = 4;

/** The engine takes 2 kB a value: these are 1.5 kB, and twice as many as jobs of one export live at once. */
const MAXIMUM_JOB_SIDS = 40;

/**
 * Shows an export in the list of workflows. Only the attributes with which the workflow was started are set: one
 * that the namespace does not know would stall the workflow for ever.
 */
export class SearchAttributesOnDisplay {
  private readonly shown = new Map<AttributeName, AttributeValue>();

  constructor() {
    for (const { key, value } of workflowInfo().typedSearchAttributes.getAll())
      if (isAttributeName(key.name)) this.shown.set(key.name, value as AttributeValue);
  }

  /**
   * Sets what has changed since it was last shown.
   *
   * @param awaitsJobs whether more job sids are about to come: then they are shown together.
   */
  show(
    progress: ExportProgress,
    request: ResolvedExportJobInput,
    { awaitsJobs }: { awaitsJobs: boolean },
  ): void {
    const values = Object.entries(this.valuesOf(progress, request, awaitsJobs)) as [
      AttributeName,
      AttributeValue,
    ][];
    const changed = values.filter(
      ([name, value]) => this.shown.has(name) && !isSame(this.shown.get(name), value),
    );
    if (changed.length === 0) return;
    for (const [name, value] of changed) this.shown.set(name, value);
    upsertSearchAttributes(changed.map(([name, value]) => pairOf(name, value)));
  }

  private valuesOf(
    { phase, days, jobs }: ExportProgress,
    request: ResolvedExportJobInput,
    awaitsJobs: boolean,
  ): Partial<Record<AttributeName, AttributeValue>> {
    const done = days.downloaded + days.empty + days.failed + days.deleted;
    const step = Math.ceil(days.total / DAYS_DONE_STEPS);
    const shownBefore = this.shown.get('BulkExportDaysDone');
    const isStep =
      done === days.total || (typeof shownBefore === 'number' && Math.abs(done - shownBefore) >= step);
    const isEnd = phase === 'cleaning' || phase === 'cancelled' || phase === 'failed';
    const lost = days.failed + days.deleted;
    const isFirstLost = lost > 0 && this.shown.get('BulkExportDaysFailed') === 0;
    const jobSids = jobs.slice(-MAXIMUM_JOB_SIDS).map(({ jobSid }) => jobSid);
    return {
      BulkExportPhase: phase,
      BulkExportResourceType: request.resourceType,
      BulkExportAccount: request.account,
      BulkExportDaysTotal: days.total,
      ...((isStep || isEnd) && { BulkExportDaysDone: done }),
      ...((isStep || isEnd || isFirstLost) && { BulkExportDaysFailed: lost }),
      ...((!awaitsJobs || isEnd) && { BulkExportJobSid: jobSids.length > 0 ? jobSids : [NO_JOB_SID] }),
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

function isSame(one: AttributeValue | undefined, other: AttributeValue): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function pairOf(name: AttributeName, value: AttributeValue): SearchAttributePair {
  return { key: defineSearchAttributeKey(name, exportSearchAttributes[name]), value } as SearchAttributePair;
}
