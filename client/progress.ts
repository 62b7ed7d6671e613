import type {
  ExportJobResult,
  ExportPhase,
  ExportProblem,
  ExportProgress,
  JobSighting,
} from '../workflows/api.ts';

/**
 * How far an export is, with the freshest that is known about its jobs.
 *
 * @example
 * ```ts
 * const progress: ObservedProgress = await handle.progress();
 * if (progress.source === 'workflow') console.log(progress.days.byStatus);
 * ```
 */
export type ObservedProgress = WorkflowProgress | DescribedProgress;

/**
 * The workflow's own answer, brought up to date by the looks that are under way.
 *
 * @example
 * ```ts
 * const open = ({ days }: WorkflowProgress) => days.total - days.done;
 * ```
 */
export interface WorkflowProgress extends ExportProgress {
  source: 'workflow';
  workflowId: string;
  days: ExportProgress['days'] & {
    /** Days that have their outcome. */
    done: number;
  };
}

/**
 * What the server alone knows, where the workflow gave no answer: most often because no worker is up. The days'
 * outcomes are not known then, unless the export is over.
 *
 * @example
 * ```ts
 * const share = ({ days }: DescribedProgress) => (days.total && days.done !== null ? days.done / days.total : null);
 * ```
 */
export interface DescribedProgress {
  source: 'description';
  workflowId: string;
  /** Null where the server can not tell: the search attributes are not registered, and the export still runs. */
  phase: ExportPhase | null;
  resourceType: string | null;
  startDay: string | null;
  endDay: string | null;
  days: {
    total: number | null;
    /** Days that have their outcome. Null where the search attributes are not registered. */
    done: number | null;
  };
  /** As of the last look at each. */
  jobs: JobSighting[];
  problems: ExportProblem[];
  /** Null until the end, and after an end without a result. */
  result: ExportJobResult | null;
}

/** Whether a progress is the last one. */
export function isOver({ phase }: Pick<ObservedProgress, 'phase'>): boolean {
  return phase === 'complete' || phase === 'incomplete' || phase === 'cancelled' || phase === 'failed';
}

/** What the pending activities tell: the last look at each job, and what keeps failing. */
export interface PendingLooks {
  sightings: JobSighting[];
  problems: ExportProblem[];
  /** Those of which the workflow has been told: it says so itself, with what they are about and since when. */
  told: ExportProblem[];
}

/**
 * The workflow's answer with what is fresher in the pending activities: counts, queue position and estimate of a
 * job, and failures that are being retried and of which it has not been told.
 */
export function mergeProgress(
  workflowId: string,
  progress: ExportProgress,
  looks: PendingLooks,
): WorkflowProgress {
  const { downloaded, empty, failed, deleted } = progress.days;
  const jobs = progress.jobs.map((job) => {
    const sighting = looks.sightings.find(({ jobSid }) => jobSid === job.jobSid);
    return sighting && (job.asOf === null || sighting.asOf > job.asOf) ? { ...job, ...sighting } : job;
  });
  return {
    ...progress,
    source: 'workflow',
    workflowId,
    days: { ...progress.days, done: downloaded + empty + failed + deleted },
    jobs,
    problems: [...progress.problems, ...looks.problems],
  };
}
