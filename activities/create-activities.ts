import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import type { CreateActivitiesOptions } from './activities-options.ts';
import { readActivitiesOptions } from './activities-options.ts';
import type { ActivityParts, KnownAccount } from './activity-parts.ts';
import type { ExportActivities } from './api.ts';
import { createExportJob } from './create-export-job.ts';
import { deleteExportJob } from './delete-export-job.ts';
import { downloadExportDay } from './download-export-day.ts';
import { createDownloadSlots } from './download/download-slots.ts';
import { isPrivateHost } from './download/link-check.ts';
import { createPublicLookup } from './download/private-address.ts';
import { sweepExportFiles } from './sweep-export-files.ts';
import { sweepExportJobs } from './sweep-export-jobs.ts';
import type { TwilioAccount } from './twilio/twilio-account.ts';
import { createTwilioApi } from './twilio/twilio-api.ts';
import { createTwilioHttp } from './twilio/twilio-http.ts';
import { watchExportJob } from './watch-export-job.ts';
import { writeExportManifest } from './write-export-manifest.ts';

/** The activities and what they hold open. */
export interface CreatedActivities {
  /** To be registered with a worker under just these names. */
  activities: ExportActivities;
  /** Closes the connections, once the worker has ended. */
  close: () => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 15_000;
/** Twilio limits the concurrent requests of an account; more looks than these at once wait here instead of there. */
const API_CONNECTIONS = 16;

/**
 * Makes the seven activities. Nothing is connected to and nothing is written before the first of them runs.
 *
 * @throws a `TypeError` that names every faulty option at once.
 */
export function createActivities(options: CreateActivitiesOptions): CreatedActivities {
  const { accounts, destinations, apiUrl, downloadSlots, dispatcher, ...rest } =
    readActivitiesOptions(options);
  const { settings, random, isQuotaRejection } = rest;
  const agents = createAgents(apiUrl, dispatcher);
  const connect = (account: TwilioAccount): KnownAccount => {
    const http = createTwilioHttp({ account, dispatcher: agents.api, settings, random, isQuotaRejection });
    return { accountSid: account.accountSid, api: createTwilioApi(apiUrl, http, settings) };
  };

  const parts: ActivityParts = {
    accounts: new Map(Object.entries(accounts).map(([name, account]) => [name, connect(account)])),
    destinations: new Map(Object.entries(destinations)),
    apiUrl,
    storeDispatcher: agents.store,
    slots: createDownloadSlots(downloadSlots),
    settings,
    random,
  };

  return {
    activities: {
      createExportJob: (input) => createExportJob(parts, input),
      watchExportJob: (input) => watchExportJob(parts, input),
      downloadExportDay: (input) => downloadExportDay(parts, input),
      deleteExportJob: (input) => deleteExportJob(parts, input),
      sweepExportJobs: (input) => sweepExportJobs(parts, input),
      sweepExportFiles: (input) => sweepExportFiles(parts, input),
      writeExportManifest: (input) => writeExportManifest(parts, input),
    },
    close: agents.close,
  };
}

interface Agents {
  api: Dispatcher;
  store: Dispatcher;
  close: () => Promise<void>;
}

function createAgents(apiUrl: URL, dispatcher: Dispatcher | undefined): Agents {
  if (dispatcher !== undefined) {
    return { api: dispatcher, store: dispatcher, close: async () => {} };
  }
  const api = new Agent({ connections: API_CONNECTIONS, connect: { timeout: CONNECT_TIMEOUT_MS } });
  const lookup = isPrivateHost(apiUrl.hostname) ? undefined : createPublicLookup();
  const store = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS, lookup } });
  return {
    api,
    store,
    close: async () => {
      await Promise.all([api.destroy(), store.destroy()]);
    },
  };
}
