import type { RefusalReason, WebhookEvent } from '../client/index.ts';

/** What a log is made of. */
export interface WebhookNewsOptions {
  say: (line: string) => void;
  nowMs?: () => number;
}

/** Whoever finds the port may call as often as he likes: he fills no log. */
const QUIET_MS = 60_000;

/**
 * Says of callbacks what an operator wants to know: each export that looks now; of all that went wrong, by its kind, the
 * first and then at most one line a minute, with how many there were.
 */
export function createWebhookNews({
  say,
  nowMs = Date.now,
}: WebhookNewsOptions): (event: WebhookEvent) => void {
  const said = new Map<string, { atMs: number; since: number }>();
  const sayNowAndThen = (kind: string, line: string): void => {
    const last = said.get(kind);
    if (last && nowMs() - last.atMs < QUIET_MS) {
      last.since += 1;
      return;
    }
    said.set(kind, { atMs: nowMs(), since: 0 });
    say(last && last.since > 0 ? `${line} (${last.since} more since the last line about it)` : line);
  };
  return (event) => {
    switch (event.kind) {
      case 'told':
        say(`Told to look now [${event.workflowId}].`);
        return;
      case 'repeated':
        return;
      case 'over':
        sayNowAndThen(event.why, `${OVER[event.why]} [${event.workflowId}]. Nothing was changed.`);
        return;
      case 'notTold':
        sayNowAndThen(
          event.kind,
          `An export could not be told to look [${event.workflowId}]: ${wordsOf(event.error)}. ` +
            (event.isTriedAgain ? 'It is tried again.' : 'It finds by its own looks what there is to see.'),
        );
        return;
      case 'refused':
        sayNowAndThen(event.reason, `Refused a request: ${REFUSED[event.reason]}. Nothing was changed.`);
    }
  };
}

const OVER = {
  ExportEnded: 'A callback came for an export that is over',
  ExportNotFound: 'A callback came for an export that this namespace does not have',
};

const REFUSED: Record<RefusalReason, string> = {
  method: 'neither GET nor POST',
  notOurs: 'its URL is none that a worker has made',
  signature:
    'no Auth Token of its account has signed it for this public URL. If Twilio sent it, BULK_EXPORTS_PUBLIC_URL and ' +
    'TWILIO_AUTH_TOKEN have to say here what they say where workers run',
  contentType: 'its body is neither a form nor JSON',
  tooLarge: 'its body is too long',
  tooSlow: 'its body took too long',
  brokenOff: 'it broke off',
  bodyTaken: 'its body had been read already',
  tooMany: 'too many exports were told of within ten seconds, or the receiver is being closed',
};

function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const words = cause instanceof Error ? cause.message : String(cause);
  return words.replaceAll(/\s+/g, ' ').replace(/\.$/, '');
}
