/** What `reap` shows to people. */
import type { ReapedJob, ReapReport, ReapVerdict } from '../worker/index.ts';
import { formatCount, formatCounts, formatInstant } from './amounts.ts';
import { plainTable } from './plain-table.ts';
import type { Terminal } from './terminal.ts';

/** A table of the jobs, then a sentence for each verdict that there is. */
export function reapText(
  report: ReapReport,
  { showAll, paint }: { showAll: boolean; paint: Terminal['paint'] },
): string {
  const where = `[namespace ${report.namespace}, accounts ${report.accounts.join(', ')}, ${report.resourceTypes.join(', ')}]`;
  if (report.jobs.length === 0)
    return report.failures.length > 0
      ? `No jobs of exports where Twilio gave an answer ${where}.`
      : `No jobs of exports at Twilio ${where}.`;

  const shown = report.jobs.filter(({ verdict }) => showAll || !NOTHING_RUNS.has(verdict));
  const lines = VERDICTS.flatMap((verdict) => sentenceOf(verdict, report.jobs) ?? []);
  if (!report.jobs.some(({ verdict }) => verdict === 'orphan'))
    lines.unshift(paint('green', `No orphans ${where}.`));
  if (report.isSearchCut)
    lines.push(
      'The namespace has more exports than are searched: of those that were not found, some may be there.',
    );
  return [...(shown.length > 0 ? [tableOf(shown), ''] : []), ...lines].join('\n');
}

const NOTHING_RUNS: ReadonlySet<ReapVerdict> = new Set(['beingDeleted', 'over']);

function tableOf(jobs: ReapedJob[]): string {
  return plainTable(
    { head: ['Verdict', 'Account', 'Type', 'Days', 'Job', 'Status', 'Export'] },
    jobs
      .toSorted((one, other) => VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict))
      .map((job) => [
        job.fate ?? job.verdict,
        job.account,
        job.resourceType,
        job.startDay === job.endDay ? (job.startDay ?? '') : `${job.startDay ?? ''}..${job.endDay ?? ''}`,
        job.jobSid,
        Object.keys(job.byStatus).length > 0 ? formatCounts(job.byStatus) : 'none yet',
        exportOf(job),
      ]),
  );
}

function exportOf({ workflowId, status, closedAt }: ReapedJob): string {
  if (workflowId === null) return '';
  const closed =
    status === null || closedAt === null ? '' : ` (${wordsOf(status)} ${formatInstant(closedAt)})`;
  return `${workflowId}${closed}`;
}

function wordsOf(status: string): string {
  return status.toLowerCase().replaceAll('_', ' ');
}

/** In the order in which they matter to a person. */
const VERDICTS: readonly ReapVerdict[] = [
  'orphan',
  'justClosed',
  'unreadable',
  'doesNotFit',
  'notFound',
  'otherNamespace',
  'kept',
  'running',
  'beingDeleted',
  'over',
];

function sentenceOf(verdict: ReapVerdict, jobs: ReapedJob[]): string | null {
  const of = jobs.filter((job) => job.verdict === verdict);
  return of.length === 0 ? null : `${formatCount(of.length)} ${meaningOf(verdict, of)}`;
}

function meaningOf(verdict: ReapVerdict, jobs: ReapedJob[]): string {
  switch (verdict) {
    case 'orphan':
      return orphansText(jobs);
    case 'justClosed':
      return 'justClosed: the export was closed some minutes ago. Look again later, or see --closed-for.';
    case 'unreadable':
      return `unreadable, not touched: the export is here, and ${reasonsOf(jobs)}.`;
    case 'doesNotFit':
      return (
        `doesNotFit, not touched: they bear the marker of an export that is closed, and ${reasonsOf(jobs)}. ` +
        'Somebody has copied its name.'
      );
    case 'notFound':
      return (
        'notFound, not touched: no export here fits. Its history is gone, it has just started, or it belongs to a ' +
        "namespace of the same name in another cluster. Who knows that a job is nobody's deletes it by its sid: docs/operations.md, " +
        '"Jobs that were left behind".'
      );
    case 'otherNamespace':
      return 'otherNamespace, not touched: run this with the --namespace of their exports.';
    case 'kept':
      return 'kept, not touched: the export was asked to leave its jobs at Twilio.';
    case 'running':
      return 'running, not touched: the export runs.';
    case 'beingDeleted':
      return 'beingDeleted: somebody has deleted them already.';
    case 'over':
      return "over: nothing runs any more, and they leave Twilio's list seven days after their end.";
  }
}

function reasonsOf(jobs: ReapedJob[]): string {
  return [...new Set(jobs.map(({ reason }) => reason ?? ''))].join('; ');
}

function orphansText(jobs: ReapedJob[]): string {
  const fates: Record<string, number> = {};
  for (const { fate } of jobs) if (fate !== null) fates[fate] = (fates[fate] ?? 0) + 1;
  return Object.keys(fates).length === 0
    ? 'orphan: the export is closed and the job still runs. To delete: bulk-exports reap --delete'
    : `orphan, of which ${formatCounts(fates)}.`;
}
