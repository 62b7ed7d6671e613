import type { ResourceType } from '../../../simulator/index.ts';
import type { Call, ReplyJson, Twilio } from '../caller.ts';

/** Where a walk asks its questions. */
export interface Walk {
  twilio: Twilio;
  /** Asks, notes the answer and gives its body. The path is the one after `/v1/Exports/`, or a whole URL. */
  ask: (path: string, call?: Call) => Promise<ReplyJson>;
  type: ResourceType;
}

/** What a create needs at least. */
export const BARE_FORM = { StartDay: '2026-10-01', EndDay: '2026-10-06', FriendlyName: 'Export1' };

/** All that a create takes, as in the documents. */
export const FULL_FORM = {
  ...BARE_FORM,
  WebhookUrl: 'https://www.example.com/bulkexporthook',
  WebhookMethod: 'POST',
  Email: 'you@example.com',
};
