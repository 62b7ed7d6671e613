/** Callbacks as Twilio sends them, signed by Twilio's own library. */
import twilio from 'twilio';
import { createWebhookUrl } from '../../../activities/webhook-url.ts';
import {
  checkHead,
  checkSignature,
  type CallbackHead,
  type CallbackJudge,
} from '../../../client/webhook/check-callback.ts';
import { type CallbackTarget, readCallbackTarget } from '../../../client/webhook/callback-target.ts';

export const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
export const OTHER_ACCOUNT = `AC${'f'.repeat(32)}`;
export const TOKEN = 'a'.repeat(32);
export const OLD_TOKEN = 'b'.repeat(32);
export const OTHER_TOKEN = 'c'.repeat(32);
export const RUN = '01890a5d-ac96-774b-bcce-b302099a8057';
export const WORKFLOW = 'bulk-export-Messages-2026-10-01..2026-10-30';
export const PUBLIC_URL = 'https://hooks.example.com/bulk-exports';

/** A request that has come whole. */
export interface Callback extends CallbackHead {
  body: string;
}

export const FORM = 'application/x-www-form-urlencoded';
export const FIELDS = { status: 'completed', job_sid: `JS${'1'.repeat(32)}`, friendly_name: 'October ü +&=' };

export function judgeOf(publicUrl = PUBLIC_URL): CallbackJudge {
  const authTokens = new Map([
    [ACCOUNT, [TOKEN, OLD_TOKEN]],
    [OTHER_ACCOUNT, [OTHER_TOKEN]],
  ]);
  return { publicUrl: new URL(publicUrl), authTokens, bodyLimitBytes: 65_536 };
}

/** The URL that a worker gives to Twilio. */
export function urlOf(
  more: { publicUrl?: string; workflowId?: string; accountSid?: string; exportId?: string } = {},
): string {
  const { publicUrl = PUBLIC_URL, workflowId = WORKFLOW, accountSid = ACCOUNT, exportId = RUN } = more;
  const url = createWebhookUrl({ publicUrl: new URL(publicUrl), accountSid, workflowId, exportId });
  if (url === null) throw new Error('the URL is too long');
  return url;
}

/** A POST of a form. `url` is what is signed; what is called may be otherwise. */
export function formOf(
  fields: Record<string, string> = FIELDS,
  { url = urlOf(), token = TOKEN }: { url?: string; token?: string } = {},
): Callback {
  const signature = twilio.getExpectedTwilioSignature(token, url, fields);
  const body = new URLSearchParams(fields).toString();
  return {
    method: 'POST',
    query: queryOf(url),
    contentType: FORM,
    signature,
    contentLength: Buffer.byteLength(body),
    body,
  };
}

export function getOf({ url = `${urlOf()}&status=completed`, token = TOKEN } = {}): Callback {
  const signature = twilio.getExpectedTwilioSignature(token, url, {});
  return { method: 'GET', query: queryOf(url), contentType: '', signature, contentLength: null, body: '' };
}

export function jsonOf(value: unknown = FIELDS, { token = TOKEN, base = urlOf() } = {}): Callback {
  const body = JSON.stringify(value);
  const url = `${base}&bodySHA256=${twilio.getExpectedBodyHash(body)}`;
  const signature = twilio.getExpectedTwilioSignature(token, url, {});
  const contentType = 'application/json; charset=utf-8';
  return {
    method: 'POST',
    query: queryOf(url),
    contentType,
    signature,
    contentLength: Buffer.byteLength(body),
    body,
  };
}

/** The export that it is found to be for, or why it is turned away. */
export function judgementOf(callback: Callback, judge = judgeOf()): CallbackTarget | string {
  const ready = checkHead(callback, judge);
  if ('refused' in ready) return ready.refused;
  const target = checkSignature(callback, ready, Buffer.from(callback.body), judge);
  return 'refused' in target ? target.refused : target;
}

/** What the callbacks above are for, whatever stands behind it in the query. */
export function targetOf(callback: Callback): CallbackTarget {
  const target = readCallbackTarget(callback.query);
  if (target === null) throw new Error('no URL of a worker');
  return target;
}

export function queryOf(url: string): string {
  return url.slice(url.indexOf('?') + 1);
}
