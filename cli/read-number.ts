import type { CommandOptions } from './cli.ts';
import { CommandError } from './exit-codes.ts';

/** What an option takes: from `minimum` to `maximum`, both included. */
export interface NumberLimits {
  default: number;
  minimum: number;
  maximum: number;
}

/**
 * The number that an option was given, or the default.
 *
 * @param name in camelCase.
 * @throws CommandError `usage`
 */
export function readNumber(options: CommandOptions, name: string, limits: NumberLimits): number {
  return readMatching(options, name, limits, { pattern: /^\d*\.?\d+$/, called: 'a number' });
}

/**
 * The same of a number without a fraction.
 *
 * @param name in camelCase.
 * @throws CommandError `usage`
 */
export function readWholeNumber(options: CommandOptions, name: string, limits: NumberLimits): number {
  return readMatching(options, name, limits, { pattern: /^\d+$/, called: 'a whole number' });
}

function readMatching(
  options: CommandOptions,
  name: string,
  limits: NumberLimits,
  form: { pattern: RegExp; called: string },
): number {
  const text = options.text(name);
  if (text === undefined) return limits.default;
  const value = Number(text);
  if (form.pattern.test(text) && value >= limits.minimum && value <= limits.maximum) return value;
  const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new CommandError(
    'usage',
    `--${option} must be ${form.called} from ${limits.minimum} to ${limits.maximum}, got "${text}".`,
  );
}
