import type { Client } from '@temporalio/client';
import { ExportError } from '../export-errors.ts';
import { ExportHandle } from '../export-handle.ts';
import { accountKey, type CallbackTarget } from './callback-target.ts';
import { PUBLIC_URL_RULE, readPublicUrl } from './public-url.ts';
import {
  receiveCallbacks,
  type ToldEvent,
  type WebhookEvent,
  type WebhookReceiver,
  type WebhookSettings,
} from './receive-callbacks.ts';

/** Their reasons stand with their names. */
const defaultSettings: WebhookSettings = {
  lookIntervalMs: 10_000,
  maximumExports: 10_000,
  tellsAtOnce: 8,
  tellForMs: 60_000,
  tellTimeoutMs: 5_000,
  bodyLimitBytes: 64 * 1024,
  bodyTimeoutMs: 5_000,
};

/**
 * What a receiver is made of. `readWebhookConfig` reads `publicUrl` and `authTokens` from the environment.
 *
 * @example
 * ```ts
 * const options: WebhookReceiverOptions = {
 *   client,
 *   publicUrl: 'https://hooks.example.com/bulk-exports',
 *   authTokens: { AC0123456789abcdef0123456789abcdef: ['the new token', 'the old one'] },
 * };
 * ```
 */
export interface WebhookReceiverOptions {
  /** The SDK's client: its connection and namespace are used. */
  client: Client;
  /**
   * Where Twilio reaches the receiver, exactly as the workers have it in `BULK_EXPORTS_PUBLIC_URL`: signatures are over
   * this. By https; by http to this machine alone.
   */
  publicUrl: string;
  /** By Account SID: its Auth Token, or several while they are rotated. An API key signs nothing. */
  authTokens: Readonly<Record<string, string | readonly string[]>>;
  /** Told of each request and what came of it, for logs and metrics. Never a credential. */
  onEvent?: (event: WebhookEvent) => void;
  /** Overrides of the tuning numbers, for tests. */
  settings?: Partial<WebhookSettings>;
}

/**
 * Makes a receiver of Twilio's callbacks, which turns each good one into `checkNow` for the export that it is for: at
 * most one in ten seconds, by one receiver.
 *
 * @throws TypeError that names every faulty option at once, and no token.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 *
 * const receiver = createWebhookReceiver({ client, ...readWebhookConfig() });
 * const server = createServer(receiver.requestListener).listen(8080, '127.0.0.1');
 * process.once('SIGTERM', () => {
 *   server.close(() => void receiver.close());
 *   // By itself a server waits for whoever stays silent.
 *   setTimeout(() => server.closeAllConnections(), 5_000).unref();
 * });
 * ```
 */
export function createWebhookReceiver(options: WebhookReceiverOptions): WebhookReceiver {
  const settings = { ...defaultSettings, ...options.settings };
  return receiveCallbacks({
    judge: { ...readOptions(options), bodyLimitBytes: settings.bodyLimitBytes },
    settings,
    tell: (target) => tellExport(options.client, target, settings.tellTimeoutMs),
    onEvent: toListener(options.onEvent),
  });
}

/** Tells the run in which the export is at now. */
async function tellExport(
  client: Client,
  { workflowId, firstExecutionRunId }: CallbackTarget,
  timeoutMs: number,
): Promise<ToldEvent> {
  const handle = new ExportHandle({ client, workflowId, firstExecutionRunId });
  try {
    await client.connection.withDeadline(Date.now() + timeoutMs, () => handle.checkNow());
    return { kind: 'told', workflowId };
  } catch (error) {
    const why = error instanceof ExportError ? error.type : null;
    if (why !== 'ExportNotFound' && why !== 'ExportEnded') throw error;
    return { kind: 'over', workflowId, why };
  }
}

/** What a listener throws is no reason to refuse a callback, or to end the process. */
function toListener(onEvent: WebhookReceiverOptions['onEvent']): (event: WebhookEvent) => void {
  return (event) => {
    try {
      onEvent?.(event);
    } catch {
      // It is the listener's own to tell.
    }
  };
}

function readOptions({ publicUrl, authTokens }: WebhookReceiverOptions): {
  publicUrl: URL;
  authTokens: Map<string, string[]>;
} {
  const read = readPublicUrl(publicUrl);
  const byAccount = new Map(
    Object.entries(authTokens).map(([accountSid, tokens]) => [accountSid, [tokens].flat()]),
  );
  const faults = [
    ...('fault' in read ? [`publicUrl must be ${PUBLIC_URL_RULE}, ${read.fault}`] : []),
    ...(byAccount.size === 0
      ? ['authTokens must have the Auth Token of one account at least, got none']
      : []),
    ...[...byAccount].flatMap(([accountSid, tokens], index) => accountFaults(accountSid, tokens, index)),
  ];
  if ('fault' in read || faults.length > 0) {
    const list = faults.map((fault) => `\n  - ${fault}`).join('');
    throw new TypeError(`Could not create the webhook receiver. Expected other options:${list}`);
  }
  const keyed = new Map<string, string[]>();
  for (const [accountSid, tokens] of byAccount)
    keyed.set(accountKey(accountSid), [...(keyed.get(accountKey(accountSid)) ?? []), ...tokens]);
  return { publicUrl: read.url, authTokens: keyed };
}

/** Neither is shown: a token in the place of the SID is still a token. */
function accountFaults(accountSid: string, tokens: readonly unknown[], index: number): string[] {
  const called = `authTokens, account ${index + 1}`;
  const isSid = /^AC[0-9a-f]{32}$/i.test(accountSid);
  const areTokens =
    tokens.length > 0 &&
    tokens.every((token) => typeof token === 'string' && /^[\u0021-\u007E]+$/.test(token));
  return [
    ...(isSid ? [] : [`${called} must be called by its SID, AC and 32 hexadecimal digits, got another text`]),
    ...(areTokens
      ? []
      : [`${called} must have one Auth Token or several, without blanks, got something else`]),
  ];
}
