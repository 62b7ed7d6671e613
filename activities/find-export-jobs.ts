import type { Day, ResourceType } from './api.ts';
import { hashExportId, hashNamespace, parseMarker } from './marker.ts';
import type { JobMarker } from './marker.ts';
import { isKnownStatus } from './twilio/day-status.ts';
import type { Told, TwilioApi } from './twilio/twilio-api.ts';
import type { TwilioJob } from './twilio/twilio-shapes.ts';

/** Whose jobs are sought. */
export interface FindExportJobsInput {
  resourceType: ResourceType;
  namespace: string;
  /** The first run id. */
  exportId: string;
  signal: AbortSignal;
}

/** A job of ours on Twilio's list. */
export interface FoundJob {
  jobSid: string;
  startDay: string | null;
  endDay: string | null;
  submission: number;
  /** Whether somebody has it deleted already: such a job is never adopted and needs no clean-up. */
  isBeingDeleted: boolean;
}

/** The jobs on Twilio's list that carry the marker of this export, the lowest sid first. */
export async function findExportJobs(
  api: TwilioApi,
  { resourceType, namespace, exportId, signal }: FindExportJobsInput,
): Promise<Told<FoundJob[]>> {
  const namespaceHash = hashNamespace(namespace);
  const exportHash = hashExportId(exportId);
  const isOurs = (marker: JobMarker | null): marker is JobMarker =>
    marker?.namespaceHash === namespaceHash && marker.exportHash === exportHash;

  const { value: jobs, atMs } = await api.listJobs({
    resourceType,
    keep: ({ friendlyName }) => isOurs(parseMarker(friendlyName ?? '')),
    signal,
  });
  const found = jobs
    .flatMap(({ jobSid, friendlyName, startDay, endDay, details }) => {
      const marker = parseMarker(friendlyName ?? '');
      return jobSid === null || marker === null
        ? []
        : [
            {
              jobSid,
              startDay,
              endDay,
              submission: marker.submission,
              isBeingDeleted: isBeingDeleted(details),
            },
          ];
    })
    .toSorted((one, other) => (one.jobSid < other.jobSid ? -1 : 1));
  return { value: found, atMs };
}

/** Whether an export of these days may have made the job. Where Twilio does not say which days it has, it may. */
export function isWithin(
  job: { startDay: string | null; endDay: string | null },
  { startDay, endDay }: { startDay: Day; endDay: Day },
): boolean {
  return (job.startDay ?? startDay) >= startDay && (job.endDay ?? endDay) <= endDay;
}

/** Whether somebody has had the job deleted: some of its days are, or are on their way. */
export function isBeingDeleted(details: TwilioJob['details']): boolean {
  return details.some(({ status, count, days }) => isDeletion(status) && (count ?? days?.length ?? 1) > 0);
}

function isDeletion(status: string): boolean {
  return isKnownStatus(status) && (status === 'RunningToBeDeleted' || status === 'DeletedByUserRequest');
}
