/**
 * What kept an answer from being a good one.
 *
 * - `unauthorized`: 401 or 403, the credentials are not taken.
 * - `notFound`: 404.
 * - `rateLimited`: 429, nothing was carried out.
 * - `quotaExhausted`: the days of this UTC day are spent.
 * - `rejected`: any other 4xx.
 * - `unavailable`: no answer, a 5xx, or an answer that is none of this API.
 */
export type TwilioProblemKind =
  'unauthorized' | 'notFound' | 'rateLimited' | 'quotaExhausted' | 'rejected' | 'unavailable';

/** What a {@link TwilioProblem} is made of. */
export interface TwilioProblemFields {
  kind: TwilioProblemKind;
  /** What came, in words, without ids of ours: `Twilio answered 400 (code 20001, "…", request id RQ…)`. */
  message: string;
  /** The HTTP status; null where no answer came. */
  status: number | null;
  /** Twilio's own clock, or ours where no answer came; milliseconds since 1970. */
  atMs: number;
  /** How long Twilio asks to wait; null where it does not say. */
  retryAfterMs: number | null;
  /** Whether the request may have been carried out though no good answer came. */
  carriedOut: 'no' | 'unknown';
  /** Its message is free of secrets. */
  cause?: Error;
}

/** A request to Twilio that did not end well. Its message holds neither a credential nor a signed link. */
export class TwilioProblem extends Error {
  readonly kind: TwilioProblemKind;
  readonly status: number | null;
  readonly atMs: number;
  readonly retryAfterMs: number | null;
  readonly carriedOut: 'no' | 'unknown';

  constructor(fields: TwilioProblemFields) {
    super(fields.message, { cause: fields.cause });
    this.name = 'TwilioProblem';
    this.kind = fields.kind;
    this.status = fields.status;
    this.atMs = fields.atMs;
    this.retryAfterMs = fields.retryAfterMs;
    this.carriedOut = fields.carriedOut;
  }
}
