import type { ApplicationFailure } from '@temporalio/common';
import type { Dispatcher } from 'undici';
import type { ActivityFailureType, CreateRefusedDetails, ExportIdentity } from './api.ts';
import type { DownloadSlots } from './download/download-slots.ts';
import { createFailure } from './failures.ts';
import type { ActivitySettings } from './settings.ts';
import type { DayStorage } from './storage/day-storage.ts';
import type { ListedFiles } from './twilio/listed-files.ts';
import type { TwilioApi } from './twilio/twilio-api.ts';

/** An account that the worker knows. */
export interface KnownAccount {
  accountSid: string;
  api: TwilioApi;
  files: ListedFiles;
}

/** What the activities of one worker have in common. */
export interface ActivityParts {
  /** By name. */
  accounts: ReadonlyMap<string, KnownAccount>;
  /** By name. */
  destinations: ReadonlyMap<string, DayStorage>;
  apiUrl: URL;
  /** Where Twilio reaches the webhook receiver; null where there is none. */
  publicUrl: URL | null;
  /** For the links that Twilio gives. */
  storeDispatcher: Dispatcher;
  slots: DownloadSlots;
  settings: ActivitySettings;
  /** From 0 to 1, for jitter. */
  random: () => number;
}

/** What an activity was doing when it looked for a name. */
export interface NameLookup {
  doing: string;
  /** Given where an export begins: there an unknown name is the caller's mistake, and final. */
  refusal?: CreateRefusedDetails;
}

/**
 * The account of this name. Unknown where an export begins, it is final; later, it is a worker with another
 * configuration, and a person may put that right.
 */
export function findAccount(
  parts: ActivityParts,
  { account }: Pick<ExportIdentity, 'account'>,
  at: NameLookup,
): KnownAccount {
  return (
    parts.accounts.get(account) ??
    fail(
      unknownName(parts, {
        ...at,
        field: 'account',
        name: account,
        names: parts.accounts,
        later: 'AuthenticationRejected',
      }),
    )
  );
}

/** The destination of this name; see {@link findAccount}. */
export function findDestination(
  parts: ActivityParts,
  { destination }: { destination: string },
  at: NameLookup,
): DayStorage {
  return (
    parts.destinations.get(destination) ??
    fail(
      unknownName(parts, {
        ...at,
        field: 'destination',
        name: destination,
        names: parts.destinations,
        later: 'StorageRejected',
      }),
    )
  );
}

function unknownName(
  { settings }: ActivityParts,
  at: NameLookup & {
    field: string;
    name: string;
    names: ReadonlyMap<string, unknown>;
    later: ActivityFailureType;
  },
): ApplicationFailure {
  const known = [...at.names.keys()].map((name) => JSON.stringify(name)).join(', ');
  return createFailure(at.refusal ? 'InvalidInput' : at.later, {
    message:
      `${at.doing}: ${at.field} must be a name that the worker knows (${known}), got ${JSON.stringify(at.name)}. ` +
      `Use one of these, or add it to the configuration of every worker.`,
    nextRetryDelayMs: at.refusal ? undefined : settings.slowRetryMs,
    details: at.refusal && [at.refusal],
  });
}

function fail(failure: ApplicationFailure): never {
  throw failure;
}
