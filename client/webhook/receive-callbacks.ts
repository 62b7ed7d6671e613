import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallbackTarget } from './callback-target.ts';
import {
  checkHead,
  checkSignature,
  type CallbackJudge,
  type Refusal,
  type RefusalReason,
} from './check-callback.ts';
import { LookWishes, type WishEnd } from './look-wishes.ts';
import { readBody } from './read-body.ts';
import {
  answerNode,
  answerOf,
  asResponse,
  fetchedRequest,
  nodeRequest,
  type ReceivedRequest,
} from './received-request.ts';

/**
 * Receives Twilio's callbacks. It answers as soon as it knows that a callback is Twilio's, and tells the export
 * afterwards.
 *
 * | answer   | to                                                                                      |
 * | -------- | --------------------------------------------------------------------------------------- |
 * | 204      | a callback of Twilio's, also a repeated or late one, or for an unknown export           |
 * | 403      | whatever is not signed by Twilio, or not for a URL that a worker has made               |
 * | 405, 415 | another method or content type                                                          |
 * | 413      | a body above 64 kB, or a form of more than 1,000 fields                                 |
 * | 408, 400 | a body that takes longer than five seconds, or breaks off                               |
 * | 500      | a request whose body somebody has read before: mount the receiver before any body parser |
 * | 503      | a callback while more than 10,000 exports were told of within ten seconds, or after `close` |
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 *
 * const receiver: WebhookReceiver = createWebhookReceiver({ client, ...readWebhookConfig() });
 * createServer(receiver.requestListener).listen(8080, '127.0.0.1');
 * // Express, before any body parser: app.use('/bulk-exports', receiver.requestListener);
 * // In the fetch style, where the program goes on:
 * export const GET = receiver.fetch;
 * // and where the platform stops a program after its answer:
 * export const POST = async (request: Request, platform: { waitUntil: (work: Promise<void>) => void }) => {
 *   const answer = await receiver.fetch(request);
 *   platform.waitUntil(receiver.settled());
 *   return answer;
 * };
 * ```
 */
export interface WebhookReceiver {
  /** For `http.createServer` and what is like it. The path that it is mounted at does not matter. */
  readonly requestListener: (request: IncomingMessage, response: ServerResponse) => void;
  /** In the fetch style. Never fails. */
  readonly fetch: (request: Request) => Promise<Response>;
  /**
   * Resolves when every export has been told that was to be: ten seconds and a call to Temporal after the last
   * callback at the most, or a minute and a call where Temporal can not be reached. For platforms that stop a program
   * after its answer.
   */
  settled: () => Promise<void>;
  /**
   * Takes no more callbacks, and resolves when every export has been told that was to be. After 15 seconds what is left is
   * given up: `onEvent` hears of each as `notTold`. The connection of the client stays open.
   */
  close: () => Promise<void>;
}

/**
 * What came of a request.
 *
 * @example
 * ```ts
 * const onEvent = (event: WebhookEvent) => {
 *   if (event.kind === 'refused') console.warn('A callback was refused:', event.reason);
 * };
 * ```
 */
export type WebhookEvent =
  /** The export looks at Twilio now. */
  | { kind: 'told'; workflowId: string }
  /** It was told less than ten seconds ago, and will be once more when they have passed. */
  | { kind: 'repeated'; workflowId: string }
  /** There is no such export, or it is over: a callback that came late. Nothing is changed. */
  | { kind: 'over'; workflowId: string; why: 'ExportNotFound' | 'ExportEnded' }
  /** Temporal could not be reached, or refused, or there was no time left. Where it is not tried again, the export's own look finds it. */
  | { kind: 'notTold'; workflowId: string; error: unknown; isTriedAgain: boolean }
  /** Turned away, nothing is changed. */
  | { kind: 'refused'; reason: RefusalReason };

/** What came of telling an export. */
export type ToldEvent = Extract<WebhookEvent, { kind: WishEnd }>;

/**
 * The numbers of a receiver, with their units and their reasons. Tests pass small ones; nobody else should need to.
 *
 * @example
 * ```ts
 * const settings: Partial<WebhookSettings> = { lookIntervalMs: 100 }; // for a test
 * const receiver = createWebhookReceiver({ client, ...readWebhookConfig(), settings });
 * ```
 */
export interface WebhookSettings {
  /** Between two times that one export is told to look: Twilio was seen to call four times for one job. */
  lookIntervalMs: number;
  /** How many exports are kept in mind, each for one interval: 10,000 take about 14 MB. */
  maximumExports: number;
  /** How many exports are told at once: a burst of them must not hold up the answers to Twilio. */
  tellsAtOnce: number;
  /** How long a wish is tried while Temporal can not be reached: the export looks by itself within 15 minutes. */
  tellForMs: number;
  /** How long Temporal may take for one of them. */
  tellTimeoutMs: number;
  /** A form of Twilio's has less than 2 kB. */
  bodyLimitBytes: number;
  /** How long a body may take to be whole. */
  bodyTimeoutMs: number;
}

/** What a receiver is made of, everything checked. */
export interface ReceiverParts {
  judge: CallbackJudge;
  settings: WebhookSettings;
  /** Tells an export to look; fails where that may pass. */
  tell: (target: CallbackTarget) => Promise<ToldEvent>;
  /** Never fails. */
  onEvent: (event: WebhookEvent) => void;
}

/** Makes a receiver of its parts. */
export function receiveCallbacks({ judge, settings, tell, onEvent }: ReceiverParts): WebhookReceiver {
  const wishes = new LookWishes<CallbackTarget>({
    intervalMs: settings.lookIntervalMs,
    maximumExports: settings.maximumExports,
    atOnce: settings.tellsAtOnce,
    giveUpAfterMs: settings.tellForMs,
    // One more interval, and one more call.
    closeWithinMs: settings.lookIntervalMs + settings.tellTimeoutMs,
    tell: async (target) => {
      const event = await tell(target);
      onEvent(event);
      return event.kind;
    },
    onFailure: ({ workflowId }, error, isTriedAgain) =>
      onEvent({ kind: 'notTold', workflowId, error, isTriedAgain }),
  });

  const receive = async (request: ReceivedRequest): Promise<Refusal | null> => {
    const ready = checkHead(request.head, judge);
    if ('refused' in ready) return ready;
    const body = ready.body === 'none' ? new Uint8Array() : await takeBody(request, settings);
    if ('refused' in body) return body;
    const target = checkSignature(request.head, ready, body, judge);
    if ('refused' in target) return target;
    const { workflowId, firstExecutionRunId } = target;
    const taken = wishes.add(`${firstExecutionRunId} ${workflowId}`, target);
    if (taken === 'tooMany') return { refused: 'tooMany' };
    if (taken === 'repeated') onEvent({ kind: 'repeated', workflowId });
    return null;
  };
  const receiveAndTell = async (request: ReceivedRequest): Promise<Refusal | null> => {
    const refusal = await receive(request);
    if (refusal) onEvent({ kind: 'refused', reason: refusal.refused });
    return refusal;
  };

  return {
    requestListener: (request, response) => {
      receiveAndTell(nodeRequest(request))
        .then((refusal) => answerNode(response, answerOf(refusal)))
        // Nothing that a stranger sends ends the process.
        .catch(() => response.destroy());
    },
    fetch: async (request) => {
      const received = fetchedRequest(request);
      const refusal = await receiveAndTell(received);
      if (refusal) received.hangUp();
      return asResponse(answerOf(refusal));
    },
    settled: () => wishes.settled(),
    close: () => wishes.close(),
  };
}

async function takeBody(request: ReceivedRequest, settings: WebhookSettings): Promise<Uint8Array | Refusal> {
  const chunks = request.takeBody();
  return chunks === null ? { refused: 'bodyTaken' } : readBody(chunks, settings);
}
