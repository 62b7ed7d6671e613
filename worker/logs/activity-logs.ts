import type { ActivityInterceptors, ActivityInterceptorsFactory } from '@temporalio/worker';
import type { ExportActivities, JobPicture } from '../../activities/index.ts';
import { isJsonObject } from '../../activities/for-worker.ts';

/**
 * Gives each log line of our activities what it is about (account, job, day), and says a line when one of them has done
 * its work. Activities of others are left as they are.
 */
export function logActivity(context: Parameters<ActivityInterceptorsFactory>[0]): ActivityInterceptors {
  const { log, info: about } = context;
  if (!isOurs(about.activityType)) return {};
  const sayEnd = ENDS[about.activityType] as (result: unknown) => LoggedEnd | null;
  let subject: Record<string, unknown> = {};
  return {
    inbound: {
      execute: async (input, next) => {
        subject = subjectOf(input.args[0]);
        const result = await next(input);
        const end = sayEnd(result);
        if (end !== null) log.info(...end);
        return result;
      },
    },
    outbound: { getLogAttributes: (attributes, next) => ({ ...next(attributes), ...subject }) },
  };
}

/** What happened, and with what. */
type LoggedEnd = [message: string, attributes: Record<string, unknown>];

/** In words of the operator, by activity; null where nothing is worth a line. */
const ENDS: { [Name in keyof ExportActivities]: (result: ResultOf<Name>) => LoggedEnd | null } = {
  findReusableDays: ({ published, available }) => [
    'Days that need no job were looked for',
    { inTheDestination: published.length, atTwilio: available.length },
  ],
  createExportJob: ({ jobSid, adopted }) => [
    adopted ? 'The job was found at Twilio' : 'The job was made at Twilio',
    { jobSid },
  ],
  watchExportJob: (picture) => ['The job at Twilio has changed', pictureInShort(picture)],
  downloadExportDay: (result) =>
    result.outcome === 'empty'
      ? ['The day is empty', {}]
      : ['The day is downloaded', { sizeBytes: result.file.sizeBytes, records: result.file.records }],
  deleteExportJob: ({ fate }) => [FATE_WORDS[fate], { fate }],
  sweepExportJobs: ({ swept }) =>
    swept.length === 0
      ? null
      : [
          'Jobs that no answer had told of were to be deleted at Twilio',
          { swept: swept.map(({ jobSid, fate }) => `${jobSid} ${fate}`) },
        ],
  sweepExportFiles: () => null,
  writeExportManifest: ({ location }) => ['The manifest is written', { location }],
};

const FATE_WORDS = {
  deleted: 'The job was deleted at Twilio',
  alreadyGone: 'The job to be deleted was gone at Twilio already',
  notDeletable: 'Twilio refused to delete the job',
} as const;

type ResultOf<Name extends keyof ExportActivities> = Awaited<ReturnType<ExportActivities[Name]>>;

function isOurs(activityType: string): activityType is keyof ExportActivities {
  return Object.hasOwn(ENDS, activityType);
}

function pictureInShort({ byStatus, problems }: JobPicture): Record<string, unknown> {
  return { byStatus, ...(problems.length > 0 && { problems: problems.map(({ type }) => type) }) };
}

/** Fields of the activities' inputs, by the names that they have there. */
const SUBJECT_FIELDS = [
  'account',
  'destination',
  'resourceType',
  'jobSid',
  'day',
  'startDay',
  'endDay',
] as const;

function subjectOf(input: unknown): Record<string, unknown> {
  if (!isJsonObject(input)) return {};
  return Object.fromEntries(
    SUBJECT_FIELDS.map((field) => [field, input[field]] as const).filter(
      ([, value]) => typeof value === 'string',
    ),
  );
}
