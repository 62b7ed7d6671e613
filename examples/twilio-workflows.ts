import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { BulkExportsApi, ResourceType } from '../activities/index.ts';

const twilio = proxyActivities<BulkExportsApi>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '1 minute',
});

/** Has Twilio make the file of each day by itself from now on, and asks for a day that is missing until then. */
export async function keepDaysComing(resourceType: ResourceType, day: string) {
  const { enabled } = await twilio.fetchExportConfiguration({ resourceType });
  if (!enabled) await twilio.updateExportConfiguration({ resourceType, enabled: true });

  const { days } = await twilio.listExportDays({ resourceType, startDay: day, endDay: day });
  if (days.length > 0) return null;
  const requestId = workflowInfo().firstExecutionRunId; // also after a reset it is the same job
  const { jobSid } = await twilio.createExportCustomJob({
    resourceType,
    startDay: day,
    endDay: day,
    requestId,
  });
  return await twilio.fetchExportJob({ jobSid });
}
