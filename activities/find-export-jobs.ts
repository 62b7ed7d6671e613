import { hashExportId, hashNamespace, parseMarker } from './marker.ts';
import type { JobMarker } from './marker.ts';
import { isKnownStatus } from './twilio/day-status.ts';
import type { TwilioJob } from './twilio/twilio-shapes.ts';

/** A job of ours on Twilio's list. */
export interface FoundJob {
  jobSid: string;
  friendlyName: string;
  startDay: string | null;
  endDay: string | null;
  submission: number;
  /** Whether somebody has it deleted already: such a job is never adopted and needs no clean-up. */
  isBeingDeleted: boolean;
}

/** The jobs that carry the marker of this export, the lowest sid first. */
export function findExportJobs(
  jobs: TwilioJob[],
  owner: { namespace: string; exportId: string },
): FoundJob[] {
  const namespaceHash = hashNamespace(owner.namespace);
  const exportHash = hashExportId(owner.exportId);
  const isOurs = (marker: JobMarker | null): marker is JobMarker =>
    marker?.namespaceHash === namespaceHash && marker.exportHash === exportHash;

  return jobs
    .flatMap(({ jobSid, friendlyName, startDay, endDay, details }) => {
      const marker = parseMarker(friendlyName ?? '');
      if (jobSid === null || friendlyName === null || !isOurs(marker)) {
        return [];
      }
      const isBeingDeleted = details.some(
        ({ status, count, days }) => isDeletion(status) && (count ?? days?.length ?? 1) > 0,
      );
      return [{ jobSid, friendlyName, startDay, endDay, submission: marker.submission, isBeingDeleted }];
    })
    .toSorted((one, other) => (one.jobSid < other.jobSid ? -1 : 1));
}

function isDeletion(status: string): boolean {
  return isKnownStatus(status) && (status === 'RunningToBeDeleted' || status === 'DeletedByUserRequest');
}
