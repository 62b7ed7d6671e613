import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Account } from './accounts.ts';
import { durationMs } from './duration.ts';
import type { LedgerWebhook } from './ledger.ts';
import { signWebhook, urlWithBodyHash } from './webhook-signature.ts';
import type { World } from './world.ts';

/** One event and whom to tell. */
export interface WebhookEvent {
  world: World;
  account: Account;
  /** Null for the webhook of a configuration. */
  jobSid: string | null;
  url: string;
  method: string;
  fields: Readonly<Record<string, string>>;
}

/** Delivers an event as the script says. Never fails: what the receiver did stands in the ledger. */
export function sendWebhook(event: WebhookEvent): void {
  const { world } = event;
  const { times = 1, delay } = world.script.webhook ?? {};
  world.clock.schedule(world.clock.now() + durationMs(delay, 0), () => {
    for (let time = 0; time < times; time += 1) {
      deliver(event);
    }
  });
}

/** How long a receiver may take before the delivery is given up (real time). */
const DELIVERY_TIMEOUT_MS = 15_000;

function deliver(event: WebhookEvent): void {
  const { world, jobSid, url, method } = event;
  const entry: LedgerWebhook = {
    url: withoutUser(url),
    method,
    jobSid,
    sentAt: new Date(world.clock.now()).toISOString(),
    outcome: 'notSent',
    status: null,
  };
  world.counts.webhooks.push(entry);
  if (world.limits.webhookTargets === 'loopback' && !isLoopback(new URL(url).hostname)) {
    return;
  }
  entry.outcome = 'sent';
  const message = compose(event);
  const target = new URL(message.url);
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = send(target, {
    method,
    headers: message.headers,
    agent: false,
    signal: world.stopping,
    timeout: DELIVERY_TIMEOUT_MS,
  });
  request.on('response', (response) => {
    entry.outcome = 'answered';
    entry.status = response.statusCode ?? null;
    response.on('error', () => {
      // The status is known, and nothing else of the answer matters.
    });
    response.resume();
  });
  request.on('timeout', () => request.destroy(new Error('The receiver of the webhook does not answer.')));
  request.on('error', () => {
    if (entry.status === null) {
      entry.outcome = 'failed';
    }
  });
  request.end(message.body);
}

function compose(event: WebhookEvent): { url: string; headers: Record<string, string>; body: string } {
  const { world, account, fields } = event;
  const { signature = 'signed', body: form = 'form' } = world.script.webhook ?? {};
  const authToken = signature === 'forged' ? `not ${account.authToken}` : account.authToken;
  const sign = (url: string, signed: Readonly<Record<string, string>>): Record<string, string> =>
    signature === 'none' ? {} : { 'X-Twilio-Signature': signWebhook({ authToken, url, fields: signed }) };
  if (event.method === 'GET') {
    const url = new URL(event.url);
    Object.entries(fields).forEach(([name, value]) => {
      url.searchParams.append(name, value);
    });
    return { url: url.href, headers: sign(url.href, {}), body: '' };
  }
  const body = form === 'json' ? JSON.stringify(fields) : new URLSearchParams(fields).toString();
  const url = form === 'json' ? urlWithBodyHash(event.url, body) : event.url;
  const contentType = form === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  return {
    url,
    headers: {
      'Content-Type': contentType,
      'Content-Length': String(Buffer.byteLength(body)),
      ...sign(url, form === 'json' ? {} : fields),
    },
    body,
  };
}

/** As it was given, but for the user and the password: the ledger is shown to whoever asks. */
function withoutUser(url: string): string {
  return url.replace(/^(https?:\/\/)[^/?#]*@/i, '$1');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
