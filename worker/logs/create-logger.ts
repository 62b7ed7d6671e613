import { DefaultLogger, type LogLevel } from '@temporalio/worker';
import { createSecretRemover } from '../../activities/for-worker.ts';
import type { TwilioAccount } from '../../activities/index.ts';
import { formatLogLine, type LogFormat } from './log-format.ts';
import { plainAttributes } from './plain-attributes.ts';

/** What a worker's log is made of. */
export interface CreateLoggerInput {
  format: LogFormat;
  /** Never in the log, in no form that they are sent or quoted in. */
  accounts: Readonly<Record<string, TwilioAccount>>;
  /** Further secrets, such as the API key for Temporal or that of a bucket. */
  secrets: string[];
  /** Takes whole lines, line break included. */
  write: (line: string) => void;
  /** Default `INFO`. */
  level?: LogLevel;
}

/** A logger for the Runtime of Temporal's SDK: one line an entry, plain and without a secret. */
export function createLogger({ format, accounts, secrets, write, level }: CreateLoggerInput): DefaultLogger {
  const clean = createSecretRemover([...Object.values(accounts).flatMap(formsOf), ...secrets]);
  return new DefaultLogger(level ?? 'INFO', ({ level: ofLine, message, meta, timestampNanos }) => {
    const line = {
      time: new Date(Number(timestampNanos / NANOS_IN_MS)),
      level: ofLine,
      message: clean(message),
      attributes: plainAttributes(meta ?? {}, clean),
    };
    write(formatLogLine(line, format));
  });
}

const NANOS_IN_MS = 1_000_000n;

/** As it is, as it stands in a JSON text that is quoted, and as it is sent. */
function formsOf({ username, password }: TwilioAccount): string[] {
  return [
    password,
    JSON.stringify(password).slice(1, -1),
    Buffer.from(`${username}:${password}`).toString('base64'),
  ];
}
