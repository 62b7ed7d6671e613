import type { Duration } from '@temporalio/common';
import {
  type DurationRule,
  parseQuotaForm,
  QUOTA_FORM_RULE,
  readDuration,
} from '../activities/for-worker.ts';
import { type IsQuotaRejection, isQuotaRejection } from '../activities/index.ts';
import type { Environment } from './environment.ts';
import type { LogFormat } from './logs/log-format.ts';

/** Reads a whole number, and adds what is wrong to `faults`. */
export function readWholeNumber(
  env: Environment,
  variable: string,
  limits: { fallback: number; maximum: number },
  faults: string[],
): number {
  const { fallback, maximum } = limits;
  const text = env[variable] || String(fallback);
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= 1 && number <= maximum)) {
    faults.push(`${variable} must be a whole number from 1 to ${maximum}, got ${show(text)}`);
  }
  return number;
}

/** Reads a duration, and adds what is wrong to `faults`. */
export function readDurationVariable(
  env: Environment,
  variable: string,
  rule: DurationRule,
  faults: string[],
): Duration {
  const text = env[variable] || undefined;
  if (text === undefined) return rule.fallback;
  if (readDuration(text as Duration, rule) === null) {
    faults.push(`${variable} must be ${rule.words}, got ${show(text)}`);
  }
  return text as Duration;
}

/** Fewer let an export stand still for minutes; more are no limit. */
const ACTIVITIES_PER_SECOND = { minimum: 0.1, maximum: 10_000 };

/** Reads the limit of a whole task queue, and adds what is wrong to `faults`. Undefined is none. */
export function readActivitiesPerSecond(env: Environment, faults: string[]): number | undefined {
  const text = env['BULK_EXPORTS_ACTIVITIES_PER_SECOND'] || undefined;
  if (text === undefined) return undefined;
  const number = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  const { minimum, maximum } = ACTIVITIES_PER_SECOND;
  if (!(number >= minimum && number <= maximum)) {
    faults.push(
      `BULK_EXPORTS_ACTIVITIES_PER_SECOND must be a number from ${minimum} to ${maximum}, got ${show(text)}`,
    );
  }
  return number;
}

/** Reads how a spent quota is told from other refusals, and adds what is wrong to `faults`. */
export function readQuotaRejection(env: Environment, faults: string[]): IsQuotaRejection {
  const text = env['BULK_EXPORTS_QUOTA_REJECTION'] || undefined;
  if (text === undefined) return isQuotaRejection;
  const parsed = parseQuotaForm(text);
  if (parsed !== null) return parsed;
  faults.push(`BULK_EXPORTS_QUOTA_REJECTION must be ${QUOTA_FORM_RULE}, got ${show(text)}`);
  return isQuotaRejection;
}

/** Reads how the log is written, and adds what is wrong to `faults`. */
export function readLogFormat(env: Environment, faults: string[]): LogFormat {
  const text = env['BULK_EXPORTS_LOG_FORMAT'] || 'pretty';
  if (text === 'json' || text === 'pretty') return text;
  faults.push(`BULK_EXPORTS_LOG_FORMAT must be json or pretty, got ${show(text)}`);
  return 'pretty';
}

function show(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
