import { Context } from '@temporalio/activity';
import type { ActivityParts } from '../activity-parts.ts';
import type {
  CreateExportCustomJobInput,
  CreateExportCustomJobResult,
  ExportCustomJob,
  FetchExportJobInput,
  ListExportCustomJobsInput,
  ListExportCustomJobsResult,
} from '../bulk-exports-api.ts';
import { createExportJob } from '../create-export-job.ts';
import { encodeDayRanges, isDay } from '../day-range.ts';
import { TwilioProblem } from '../twilio/twilio-problem.ts';
import type { TwilioJob } from '../twilio/twilio-shapes.ts';
import { askTwilio, DEFAULT_ACCOUNT } from './ask-twilio.ts';
import { keepFirst, readLimit } from './read-limit.ts';

/** Implements `createExportCustomJob` of the contract. */
export async function createExportCustomJob(
  parts: ActivityParts,
  { requestId, submission = 1, account = DEFAULT_ACCOUNT, ...job }: CreateExportCustomJobInput,
): Promise<CreateExportCustomJobResult> {
  const { workflowExecution, activityId } = Context.current().info;
  const { jobSid, friendlyName, createdAt, adopted } = await createExportJob(parts, {
    friendlyName: `${job.resourceType} ${job.startDay}..${job.endDay}`,
    ...job,
    account,
    // An activity that no workflow has started has an id of its own.
    exportId: requestId ?? workflowExecution?.runId ?? activityId,
    submission,
    destination: null,
    isUnderWay: false,
  });
  return { jobSid, friendlyName, createdAt, adopted };
}

/** Implements `fetchExportJob` of the contract. */
export async function fetchExportJob(
  parts: ActivityParts,
  { jobSid, account }: FetchExportJobInput,
): Promise<ExportCustomJob | null> {
  return await askTwilio(parts, {
    account,
    doing: 'Could not fetch the job',
    of: jobSid,
    ask: async (api, signal) => {
      try {
        return showJob((await api.fetchJob(jobSid, signal)).value);
      } catch (error) {
        if (error instanceof TwilioProblem && error.kind === 'notFound') {
          return null;
        }
        throw error;
      }
    },
  });
}

/** With their days as ranges, so many jobs fit into a payload. */
const MOST_JOBS = 500;

/** Implements `listExportCustomJobs` of the contract. */
export async function listExportCustomJobs(
  parts: ActivityParts,
  { resourceType, account, limit: wanted }: ListExportCustomJobsInput,
): Promise<ListExportCustomJobsResult> {
  const doing = 'Could not list the jobs';
  const limit = readLimit(wanted, { doing, of: resourceType, fallback: 100, maximum: MOST_JOBS });
  return await askTwilio(parts, {
    account,
    doing,
    of: resourceType,
    ask: async (api, signal) => {
      const { keep, isTruncated } = keepFirst<TwilioJob>(limit);
      const { value } = await api.listJobs({ resourceType, keep, signal });
      return { jobs: value.map(showJob), truncated: isTruncated() };
    },
  });
}

function showJob({ details, ...job }: TwilioJob): ExportCustomJob {
  return {
    ...job,
    details: details.map(({ status, count, days }) => ({
      status,
      count,
      days: days && encodeDayRanges(days.filter(isDay)),
    })),
  };
}
