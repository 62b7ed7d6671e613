import type { CreateActivitiesOptions } from './activities-options.ts';
import { readActivitiesOptions } from './activities-options.ts';
import type { ActivityParts, KnownAccount } from './activity-parts.ts';
import type { ExportActivities, JobPicture, WatchExportJobInput } from './api.ts';
import type { BulkExportsApi } from './bulk-exports-api.ts';
import { createExportJob } from './create-export-job.ts';
import { deleteExportJob } from './delete-export-job.ts';
import { downloadExportDay } from './download-export-day.ts';
import { createDownloadSlots } from './download/download-slots.ts';
import { createHttpAgents } from './http-agents.ts';
import { findReusableDays } from './find-reusable-days.ts';
import { fetchExportConfiguration, updateExportConfiguration } from './operations/export-configuration.ts';
import { listExportDays } from './operations/export-days.ts';
import { createExportCustomJob, fetchExportJob, listExportCustomJobs } from './operations/export-jobs.ts';
import { createRedactor } from './redact.ts';
import { count, nameStatus } from './metrics.ts';
import { tellWhileTrying } from './still-trying.ts';
import { sweepExportFiles } from './sweep-export-files.ts';
import { sweepExportJobs } from './sweep-export-jobs.ts';
import { createTurns } from './turns.ts';
import type { Turns } from './turns.ts';
import { createListedFiles } from './twilio/listed-files.ts';
import type { TwilioAccount } from './twilio/twilio-account.ts';
import { createTwilioApi } from './twilio/twilio-api.ts';
import { createTwilioHttp } from './twilio/twilio-http.ts';
import { watchExportJob } from './watch-export-job.ts';
import { writeExportManifest } from './write-export-manifest.ts';

/**
 * The activities and what they hold open.
 *
 * @example
 * ```ts
 * import { MockActivityEnvironment } from '@temporalio/testing';
 *
 * const { activities, close }: CreatedActivities = createActivities({ accounts, destinations: { default: storage } });
 * const input: ListExportDaysInput = { resourceType: 'Messages', startDay: '2026-10-01' };
 * const list = await new MockActivityEnvironment().run(activities.listExportDays, input);
 * await close();
 * ```
 */
export interface CreatedActivities {
  /** To be registered with a worker under just these names. */
  activities: ExportActivities & BulkExportsApi;
  /** Closes the connections, once the worker has ended. */
  close: () => Promise<void>;
}

/**
 * Makes the activities. Nothing is connected to and nothing is written before the first of them runs.
 *
 * @throws a `TypeError` that names every faulty option at once.
 *
 * @example
 * ```ts
 * import { Worker } from '@temporalio/worker';
 *
 * // BulkExportsPlugin does this, and brings the workflow as well.
 * const { activities, close } = createActivities({ accounts, destinations: { default: storage } });
 * const worker = await Worker.create({ connection, taskQueue: 'mine', activities });
 * await worker.run();
 * await close();
 * ```
 */
export function createActivities(options: CreateActivitiesOptions): CreatedActivities {
  const {
    accounts,
    destinations,
    apiUrl,
    publicUrl,
    downloadSlots,
    requestsPerAccount,
    dispatcher,
    ...rest
  } = readActivitiesOptions(options);
  const { settings, random, isQuotaRejection } = rest;
  const agents = createHttpAgents(apiUrl, dispatcher);
  const turnsOf = createTurnsByAccount(requestsPerAccount);
  const connect = (name: string, account: TwilioAccount): KnownAccount => {
    const turns = turnsOf(account);
    const http = createTwilioHttp({
      account,
      turns,
      dispatcher: agents.api,
      settings,
      random,
      isQuotaRejection,
      onAnswer: (status) => count('twilioAnswers', 1, { account: name, status: nameStatus(status) }),
    });
    const api = createTwilioApi(apiUrl, http, settings);
    const redact = createRedactor([account.password]);
    const files = createListedFiles(api, { recentMs: settings.filesRecentMs, redact });
    return { accountSid: account.accountSid, api, files };
  };

  const parts: ActivityParts = {
    accounts: new Map(Object.entries(accounts).map(([name, account]) => [name, connect(name, account)])),
    destinations: new Map(Object.entries(destinations)),
    apiUrl,
    publicUrl,
    storeDispatcher: agents.store,
    slots: createDownloadSlots(downloadSlots),
    settings,
    random,
  };

  return {
    activities: {
      findReusableDays: (input) => tellWhileTrying(input, settings, () => findReusableDays(parts, input)),
      createExportJob: (input) => tellWhileTrying(input, settings, () => createExportJob(parts, input)),
      watchExportJob: (input) => watchWhileTrying(parts, input),
      downloadExportDay: (input) => tellWhileTrying(input, settings, () => downloadExportDay(parts, input)),
      deleteExportJob: (input) => deleteExportJob(parts, input),
      sweepExportJobs: (input) => sweepExportJobs(parts, input),
      sweepExportFiles: (input) => sweepExportFiles(parts, input),
      writeExportManifest: (input) => writeExportManifest(parts, input),
      createExportCustomJob: (input) => createExportCustomJob(parts, input),
      fetchExportJob: (input) => fetchExportJob(parts, input),
      listExportCustomJobs: (input) => listExportCustomJobs(parts, input),
      listExportDays: (input) => listExportDays(parts, input),
      fetchExportConfiguration: (input) => fetchExportConfiguration(parts, input),
      updateExportConfiguration: (input) => updateExportConfiguration(parts, input),
    },
    close: agents.close,
  };
}

/** A problem with Twilio is part of the picture of a job: what is there already need not be told. */
function watchWhileTrying(parts: ActivityParts, input: WatchExportJobInput): Promise<JobPicture> {
  const { seen } = input;
  const isTold = seen?.problems.some(({ type }) => type !== 'UnknownStatus') ?? false;
  return tellWhileTrying(isTold ? {} : input, parts.settings, () => watchExportJob(parts, input));
}

/** Two names may lead to one account at Twilio, whose limit they share. */
function createTurnsByAccount(places: number): (account: TwilioAccount) => Turns {
  const bySid = new Map<string, Turns>();
  return ({ accountSid }) => {
    const key = accountSid.toLowerCase();
    const turns = bySid.get(key) ?? createTurns(places);
    bySid.set(key, turns);
    return turns;
  };
}
