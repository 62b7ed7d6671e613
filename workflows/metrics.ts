/** What an export counts by the engine's meter, which counts nothing while a history is replayed. */
import { metricMeter } from '@temporalio/workflow';
import type { MetricTags } from '@temporalio/common';
import type { DayOutcome, Day, ResourceType } from '../activities/api.ts';
import { exportCounters, type ExportOutcome, waitSeconds } from './api.ts';
import type { Ending } from './ending.ts';
import { type DayRecord, type JobRecord, lastJobOf, type Ledger } from './ledger.ts';

/** Counts an export that has ended. */
export function countExport(resourceType: ResourceType | 'unknown', outcome: ExportOutcome): void {
  count('exports', 1, { resource_type: resourceType, outcome });
}

/** What an ending is called in the label `outcome`; `incomplete` also where the workflow fails because of that. */
export function outcomeOf(
  { kind }: Ending,
  { outcome }: { outcome: 'complete' | 'incomplete' | 'cancelled' },
): ExportOutcome {
  return kind === 'everyDayIsOver' ? outcome : kind;
}

/** What was counted of a day. */
interface CountedDay {
  outcome: DayOutcome | null;
  submissions: number;
  /** The submission for which its wait was measured; 0 before the first. */
  waitedFor: number;
}

/** Counts what changes in a ledger. What stood in it before this was made, the run before has counted. */
export class LedgerMetrics {
  private readonly days = new Map<Day, CountedDay>();
  private readonly quotaWaits = new Map<number, JobRecord['quotaWait']>();

  constructor(
    private readonly ledger: Ledger,
    private readonly resourceType: ResourceType,
  ) {
    for (const record of ledger.days) this.days.set(record.day, countedDay(record));
    for (const { submission, quotaWait } of ledger.jobs) this.quotaWaits.set(submission, quotaWait);
  }

  /** Takes what has changed of days as counted. */
  leaveDaysUncounted(): void {
    for (const record of this.ledger.days) this.days.set(record.day, countedDay(record));
  }

  /** Counts what has changed since this was last called. */
  count(): void {
    const { ledger } = this;
    for (const record of ledger.days) this.countDay(record);
    for (const { submission, quotaWait } of ledger.jobs) {
      // Each refusal brings one of its own; a look that is asked for changes the one that is there.
      if (quotaWait && quotaWait !== this.quotaWaits.get(submission)) this.add('quotaWaits', 1);
      this.quotaWaits.set(submission, quotaWait);
    }
  }

  private countDay(record: DayRecord): void {
    const before = this.days.get(record.day);
    const counted = countedDay(record);
    this.days.set(record.day, counted);
    if (!before) return;
    const again = Math.max(counted.submissions, 1) - Math.max(before.submissions, 1);
    if (again > 0) this.add('resubmittedDays', again);
    if (isThere(record) && before.waitedFor !== counted.waitedFor) this.measureWait(record);
    if (counted.outcome === null || before.outcome !== null) return;
    this.add('days', 1, { outcome: counted.outcome });
    if (!record.file) return;
    this.add('bytes', record.file.sizeBytes);
    this.add('records', record.file.records);
  }

  /** By Twilio's clock alone: from the making of the job to the look that has shown the day complete. */
  private measureWait(record: DayRecord): void {
    const job = lastJobOf(this.ledger, record);
    if (!job?.picture) return;
    const seconds = Math.max(0, Date.parse(job.picture.asOf) - Date.parse(job.createdAt)) / 1_000;
    const { name, unit, description } = waitSeconds;
    metricMeter
      .createHistogram(name, 'float', unit, description)
      .record(seconds, { resource_type: this.resourceType });
  }

  private add(counter: keyof typeof exportCounters, value: number, labels: MetricTags = {}): void {
    count(counter, value, { resource_type: this.resourceType, ...labels });
  }
}

function countedDay(record: DayRecord): CountedDay {
  const { outcome, attempts, submission } = record;
  return { outcome, submissions: attempts, waitedFor: isThere(record) ? submission : 0 };
}

function isThere({ stage }: DayRecord): boolean {
  return stage === 'toFetch' || stage === 'fetching';
}

function count(counter: keyof typeof exportCounters, value: number, labels: MetricTags): void {
  const { name, unit, description } = exportCounters[counter];
  metricMeter.createCounter(name, unit, description).add(value, labels);
}
