import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import type { ActivityParts, KnownAccount } from './activity-parts.ts';
import type { ExportActivities } from './api.ts';
import { createExportJob } from './create-export-job.ts';
import { deleteExportJob } from './delete-export-job.ts';
import { downloadExportDay } from './download-export-day.ts';
import { createDownloadSlots } from './download/download-slots.ts';
import { isPrivateHost } from './download/link-check.ts';
import { isLoopbackHost, lookupPublicHost } from './download/private-address.ts';
import type { ActivitySettings } from './settings.ts';
import { defaultSettings } from './settings.ts';
import type { DayStorage } from './storage/day-storage.ts';
import { sweepExportFiles } from './sweep-export-files.ts';
import { sweepExportJobs } from './sweep-export-jobs.ts';
import type { TwilioAccount } from './twilio/twilio-account.ts';
import { isAccountSid } from './twilio/twilio-account.ts';
import { createTwilioApi } from './twilio/twilio-api.ts';
import { createTwilioHttp } from './twilio/twilio-http.ts';
import { watchExportJob } from './watch-export-job.ts';
import { writeExportManifest } from './write-export-manifest.ts';

/** Twilio's own address: there is one region, and no edge changes it. */
export const TWILIO_BULKEXPORTS_URL = 'https://bulkexports.twilio.com';

/** What the activities of one worker are made of. */
export interface CreateActivitiesOptions {
  /** By the names that callers use. A caller never sends a credential. */
  accounts: Record<string, TwilioAccount>;
  /** By the names that callers use. A caller never sends a path. */
  destinations: Record<string, DayStorage>;
  /** Default {@link TWILIO_BULKEXPORTS_URL}. Plain http only to this machine. */
  twilioUrl?: string;
  /** How many days one worker fetches at once, over all exports. Default 8. */
  downloadSlots?: number;
  /** Overrides of the tuning numbers, for tests. */
  settings?: Partial<ActivitySettings>;
  /**
   * Carries all requests in place of own agents, for example through a proxy, and is not closed here. Whether a
   * name leads to a private address is then for it to see.
   */
  dispatcher?: Dispatcher;
  /** From 0 to 1. Default `Math.random`. */
  random?: () => number;
}

/** The activities and what they hold open. */
export interface CreatedActivities {
  /** To be registered with a worker under just these names. */
  activities: ExportActivities;
  /** Closes the connections, once the worker has ended. */
  close: () => Promise<void>;
}

const DEFAULT_DOWNLOAD_SLOTS = 8;
const CONNECT_TIMEOUT_MS = 15_000;
/** Twilio limits the concurrent requests of an account; more looks than these at once wait here instead of there. */
const API_CONNECTIONS = 16;

/**
 * Makes the seven activities. Nothing is connected to and nothing is written before the first of them runs.
 *
 * @throws a `TypeError` that names the faulty option.
 */
export function createActivities(options: CreateActivitiesOptions): CreatedActivities {
  const apiUrl = parseApiUrl(options.twilioUrl ?? TWILIO_BULKEXPORTS_URL);
  const slots = options.downloadSlots ?? DEFAULT_DOWNLOAD_SLOTS;
  if (!Number.isSafeInteger(slots) || slots < 1) {
    throw new TypeError(`downloadSlots must be a whole number of at least 1, got ${slots}`);
  }
  const settings = { ...defaultSettings, ...options.settings };
  const random = options.random ?? Math.random;
  const agents = createAgents(apiUrl, options.dispatcher);

  const parts: ActivityParts = {
    accounts: new Map(
      Object.entries(options.accounts).map(([name, account]): [string, KnownAccount] => {
        if (!isAccountSid(account.accountSid)) {
          throw new TypeError(`accounts.${name}.accountSid must be AC and 32 hex digits`);
        }
        const http = createTwilioHttp({ account, dispatcher: agents.api, settings, random });
        return [name, { accountSid: account.accountSid, api: createTwilioApi(apiUrl, http, settings) }];
      }),
    ),
    destinations: new Map(Object.entries(options.destinations)),
    apiUrl,
    storeDispatcher: agents.store,
    slots: createDownloadSlots(slots),
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
  const lookup = isPrivateHost(apiUrl.hostname) ? undefined : lookupPublicHost;
  const store = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS, lookup } });
  return {
    api,
    store,
    close: async () => {
      await Promise.all([api.destroy(), store.destroy()]);
    },
  };
}

function parseApiUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (url === null || !isSafe || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError(
      'twilioUrl must be an https URL, or http to this machine, without credentials or a query',
    );
  }
  return url;
}
