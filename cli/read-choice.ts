import type { CommandOptions } from './cli.ts';
import { CommandError } from './exit-codes.ts';

/**
 * What an option chooses of a few words, several with commas between them; undefined where it was not given.
 *
 * @param name in camelCase.
 * @param choices by the words for them. Small and capital letters are the same.
 * @throws CommandError `usage`
 */
export function readChoices<T>(
  options: CommandOptions,
  name: string,
  choices: Readonly<Record<string, T>>,
): T[] | undefined {
  return options
    .text(name)
    ?.split(',')
    .map((text) => {
      const found = Object.entries(choices).find(
        ([word]) => word.toLowerCase() === text.trim().toLowerCase(),
      );
      if (found) return found[1];
      const option = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      throw new CommandError(
        'usage',
        `--${option} must be one of ${Object.keys(choices).join(', ')}, got "${text}".`,
      );
    });
}
