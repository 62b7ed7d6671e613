import { createHash } from 'node:crypto';
import type { AskedExport, WorkflowEvidence } from './evidence.ts';

/** What a result and a manifest say of one day. */
export interface ReceiptDay {
  day: string;
  outcome: string;
  location?: string;
  sizeBytes: number;
  records: number;
  sha256?: string;
  attempts: number;
  problem?: string;
}

/** What a result and a manifest both say. */
export interface Receipt {
  outcome: string;
  days: ReceiptDay[];
  jobs: { jobSid: string; startDay: string; endDay: string; fate: string }[];
  totals: Record<string, number>;
  notCleaned: string[];
}

/** The result with which a workflow completed, or that its failure carries; null where there is none. */
export function resultOf({ result, failure }: WorkflowEvidence): Receipt | null {
  return (result ?? failure?.details.find(isReceipt) ?? null) as Receipt | null;
}

/** Whether it has the form of a receipt. */
export function isReceipt(value: unknown): value is Receipt {
  if (typeof value !== 'object' || value === null) return false;
  const { outcome, days, jobs, totals, notCleaned } = value as Record<string, unknown>;
  return (
    typeof outcome === 'string' &&
    [days, jobs, notCleaned].every(Array.isArray) &&
    typeof totals === 'object' &&
    totals !== null
  );
}

/** Where the manifest of an export lies, below the destination. The ids of a run are safe names as they are. */
export function manifestPath({ workflowId }: AskedExport, { firstRunId }: WorkflowEvidence): string {
  return `_manifests/${workflowId}/${firstRunId}.json`;
}

/** Where the file of a day lies, below the destination. */
export function dayPath(of: { accountSid: string; resourceType: string; day: string }): string {
  return `account=${of.accountSid}/type=${of.resourceType}/day=${of.day}/part-0.json.gz`;
}

/** Every day of a range, both ends included. */
export function daysBetween(startDay: string, endDay: string): string[] {
  const days: string[] = [];
  for (
    let at = Date.parse(`${startDay}T00:00:00Z`);
    at <= Date.parse(`${endDay}T00:00:00Z`);
    at += 86_400_000
  )
    days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

/** What markers and the names of half files have of an export. */
export function hashOf(firstRunId: string): string {
  return createHash('sha256').update(firstRunId).digest('hex').slice(0, 12);
}
