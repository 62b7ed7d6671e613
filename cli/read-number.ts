import type { CommandOptions } from './cli.ts';
import { CommandError } from './exit-codes.ts';

/**
 * The number that an option was given, or the default.
 *
 * @param name in camelCase.
 * @throws CommandError `usage`
 */
export function readNumber(
  options: CommandOptions,
  name: string,
  limits: { default: number; minimum: number; maximum: number },
): number {
  const text = options.text(name);
  if (text === undefined) return limits.default;
  const value = Number(text);
  if (text.trim() !== '' && value >= limits.minimum && value <= limits.maximum) return value;
  const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new CommandError(
    'usage',
    `--${option} must be a number from ${limits.minimum} to ${limits.maximum}, got "${text}".`,
  );
}
