import {
  hashNamespace,
  inParallel,
  TwilioProblem,
  type MarkedJob,
  type MarkedJobs,
} from '../../activities/for-worker.ts';
import type { ResourceType } from '../../activities/index.ts';
import type { SoughtJob } from './find-exports.ts';
import { listFailure } from './reap-failures.ts';
import type { ReapedJob, ReapFailure, ReapVerdict } from './report.ts';

/** Where to look. */
export interface ListMarkedJobsInput {
  namespace: string;
  /** By the names of their accounts. */
  twilios: ReadonlyMap<string, MarkedJobs>;
  resourceTypes: readonly ResourceType[];
  signal: AbortSignal;
}

/** What is at Twilio. */
export interface ListedJobs {
  jobs: ReapedJob[];
  /** Those that live and are of this namespace, each with what finds its export. Their verdict is `notFound` till then. */
  sought: (SoughtJob & { job: ReapedJob })[];
  failures: ReapFailure[];
}

/** Twilio limits the requests of an account, and a company may have hundreds of accounts. */
export const ACCOUNTS_AT_ONCE = 8;

/** Every job with a marker, account by account. Two names of one account show its jobs once, under the first. */
export async function listMarkedJobs({
  namespace,
  twilios,
  resourceTypes,
  signal,
}: ListMarkedJobsInput): Promise<ListedJobs> {
  const places = await inParallel([...twilios], ACCOUNTS_AT_ONCE, ([account, twilio]) =>
    listAccount(twilio, account, { resourceTypes, signal }),
  );
  const listed: ListedJobs = { jobs: [], sought: [], failures: [] };
  const namespaceHash = hashNamespace(namespace);
  const seen = new Set<string>();
  for (const { place, found } of places.flat()) {
    if ('failure' in found) {
      listed.failures.push(found.failure);
      continue;
    }
    for (const marked of found.jobs.filter(({ jobSid }) => !seen.has(jobSid))) {
      seen.add(marked.jobSid);
      const job = newJob(marked, place, namespaceHash);
      listed.jobs.push(job);
      const { resourceType } = place;
      if (job.verdict === 'notFound')
        listed.sought.push({ ...marked, resourceType, exportHash: marked.marker.exportHash, job });
    }
  }
  return listed;
}

/** One type after the other: where its credentials are not taken, no other is asked for. */
async function listAccount(
  twilio: MarkedJobs,
  account: string,
  { resourceTypes, signal }: Pick<ListMarkedJobsInput, 'resourceTypes' | 'signal'>,
): Promise<{ place: Place; found: Found }[]> {
  const lists: { place: Place; found: Found }[] = [];
  for (const resourceType of resourceTypes) {
    const place = { account, resourceType };
    const found = await findOrFailure(twilio, place, signal);
    lists.push({ place, found });
    if ('failure' in found && found.failure.resourceType === null) break;
  }
  return lists;
}

interface Place {
  account: string;
  resourceType: ResourceType;
}

type Found = { jobs: MarkedJob[] } | { failure: ReapFailure };

async function findOrFailure(twilio: MarkedJobs, place: Place, signal: AbortSignal): Promise<Found> {
  try {
    return { jobs: await twilio.find(place.resourceType, signal) };
  } catch (error) {
    if (!(error instanceof TwilioProblem)) throw error;
    return { failure: listFailure(error, place) };
  }
}

function newJob(marked: MarkedJob, place: Place, namespaceHash: string): ReapedJob {
  const { jobSid, startDay, endDay, byStatus } = marked;
  return {
    ...place,
    jobSid,
    startDay,
    endDay,
    byStatus,
    verdict: firstVerdict(marked, namespaceHash),
    reason: null,
    workflowId: null,
    exportId: null,
    status: null,
    closedAt: null,
    fate: null,
  };
}

function firstVerdict({ state, marker }: MarkedJob, namespaceHash: string): ReapVerdict {
  if (state !== 'live') return state;
  return marker.namespaceHash === namespaceHash ? 'notFound' : 'otherNamespace';
}
