/** Where a worker is killed, and what has to have become of the export, its jobs and its requests. */
import type { ExportActivities, JobFate } from '../../../activities/index.ts';
import type { Hold } from './holding-front.ts';
import type { Stop } from './killable-worker.ts';

/** One place of one export at which the worker is killed. */
export interface KillPoint {
  /** Ends the sentence "a worker that is killed …". */
  when: string;
  at: Place;
  /** What is asked of the export, once it is there and before the worker is killed. */
  cancelled?: true;
  /** When a request that is held at its arrival is carried out after all. Default never. */
  carriedOut?: 'onceKilled' | { onceRuns: keyof ExportActivities; attempt: number };
  /** Requests that have come to Twilio's door in all, also those that were never carried out. */
  creates: number;
  deletes: number;
  /** Jobs that were made in all. */
  jobs: 0 | 1;
  /** What the export says of its job; null where it does not know any. */
  fate: JobFate | null;
}

/** By a request that is held before Twilio, or by an activity that is held in the worker. */
export type Place = Omit<Hold, 'accountSid'> | Omit<Stop, 'account'>;

/** By the name of the account that each export has for itself. */
export const killPoints: Readonly<Record<string, KillPoint>> = {
  'create-unsent': {
    when: 'before it has sent the create makes the job by its successor',
    at: { request: 'listJobs', at: 'arrival' },
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'create-lost': {
    when: 'with the create on its way, which never arrives, makes the job by its successor',
    at: { request: 'createJob', at: 'arrival' },
    creates: 2,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'create-late': {
    when: 'with the create on its way, which is carried out beside the successor, has the job adopted',
    at: { request: 'createJob', at: 'arrival' },
    carriedOut: { onceRuns: 'createExportJob', attempt: 2 },
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'create-unanswered': {
    when: 'when the create was carried out and not yet answered has the job adopted',
    at: { request: 'createJob', at: 'answer' },
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'create-unreported': {
    when: 'when the create was answered and the engine not yet told has the job adopted',
    at: { activity: 'createExportJob', when: 'after' },
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'create-reported': {
    when: 'when the engine was told of the job has it looked at by its successor',
    at: { request: 'fetchJob', at: 'arrival' },
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'file-unreported': {
    when: 'when a file was published and the engine not yet told has it found on the disk',
    at: { activity: 'downloadExportDay', when: 'after' },
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'manifest-unreported': {
    when: 'when the manifest was written and the engine not yet told has it written in its place',
    at: { activity: 'writeExportManifest', when: 'after' },
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'delete-unsent': {
    when: 'before it has sent the DELETE deletes the job by its successor',
    at: { activity: 'deleteExportJob', when: 'before' },
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'delete-lost': {
    when: 'with the DELETE on its way, which never arrives, deletes the job by its successor',
    at: { request: 'deleteJob', at: 'arrival' },
    creates: 1,
    deletes: 2,
    jobs: 1,
    fate: 'deleted',
  },
  'delete-late': {
    when: 'with the DELETE on its way, which is carried out once it is dead, finds the job gone',
    at: { request: 'deleteJob', at: 'arrival' },
    carriedOut: 'onceKilled',
    creates: 1,
    deletes: 2,
    jobs: 1,
    fate: 'alreadyGone',
  },
  'delete-unanswered': {
    when: 'when the DELETE was carried out and not yet answered finds the job gone',
    at: { request: 'deleteJob', at: 'answer' },
    creates: 1,
    deletes: 2,
    jobs: 1,
    fate: 'alreadyGone',
  },
  'delete-unreported': {
    when: 'when the DELETE was answered and the engine not yet told finds the job gone',
    at: { activity: 'deleteExportJob', when: 'after' },
    creates: 1,
    deletes: 2,
    jobs: 1,
    fate: 'alreadyGone',
  },
  'delete-reported': {
    when: 'when the engine was told of the DELETE sends no other',
    at: { activity: 'writeExportManifest', when: 'before' },
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'cancel-unsent': {
    when: 'in a cancelled create before it was sent makes no job',
    at: { request: 'listJobs', at: 'arrival' },
    cancelled: true,
    creates: 0,
    deletes: 0,
    jobs: 0,
    fate: null,
  },
  'cancel-lost': {
    when: 'in a cancelled create on its way, which never arrives, makes no job',
    at: { request: 'createJob', at: 'arrival' },
    cancelled: true,
    creates: 1,
    deletes: 0,
    jobs: 0,
    fate: null,
  },
  'cancel-late': {
    when: 'in a cancelled create on its way, which is carried out beside the clean-up, leaves the job deleted',
    at: { request: 'createJob', at: 'arrival' },
    cancelled: true,
    carriedOut: { onceRuns: 'sweepExportJobs', attempt: 1 },
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'cancel-unanswered': {
    when: 'in a cancelled create that was carried out and not yet answered leaves the job deleted',
    at: { request: 'createJob', at: 'answer' },
    cancelled: true,
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
  'cancel-unreported': {
    when: 'in a cancelled create that was answered leaves the job deleted',
    at: { activity: 'createExportJob', when: 'after' },
    cancelled: true,
    creates: 1,
    deletes: 1,
    jobs: 1,
    fate: 'deleted',
  },
};
