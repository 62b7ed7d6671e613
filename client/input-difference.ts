import { InvalidExportInput, parseExportJobInput, type ResolvedExportJobInput } from '../workflows/input.ts';

/**
 * In which fields an export that is there was asked for something else, a sentence each.
 *
 * @param there the input that it was started with, as its caller gave it.
 */
export function differencesTo(there: unknown, wanted: ResolvedExportJobInput): string[] {
  try {
    return inputDifferences(parseExportJobInput(there, Date.now()), wanted);
  } catch (error) {
    if (!(error instanceof InvalidExportInput)) throw error;
    return [`its input is not valid (${error.faults.join('; ')})`];
  }
}

/**
 * In which fields two inputs differ, a sentence each; empty where they ask for the same. Both have their defaults
 * filled in, so that a field left out equals its default.
 */
export function inputDifferences(there: ResolvedExportJobInput, wanted: ResolvedExportJobInput): string[] {
  const fieldsThere = flatten(there);
  const wantedFields = flatten(wanted);
  const names = [...new Set([...fieldsThere.keys(), ...wantedFields.keys()])];
  return names
    .filter((name) => fieldsThere.get(name) !== wantedFields.get(name))
    .map((name) =>
      SECRET_FIELDS.has(name)
        ? `${name} is another`
        : `${name} is ${fieldsThere.get(name) ?? 'not set'} there, ${wantedFields.get(name) ?? 'not set'} here`,
    );
}

/** A webhook's URL may carry a token of the caller's: it is compared, never shown. */
const SECRET_FIELDS = new Set(['webhook.url']);

/** Field names as in the input: `cooldownMs` is `resubmit.cooldown` there. */
function flatten(value: object, path = ''): Map<string, string> {
  const fields = Object.entries(value).flatMap(([key, field]: [string, unknown]): [string, string][] => {
    if (typeof field === 'object' && field !== null) return Array.from(flatten(field, `${path}${key}.`));
    const isDuration = key.endsWith('Ms');
    const name = `${path}${isDuration ? key.slice(0, -'Ms'.length) : key}`;
    return [[name, isDuration ? durationText(Number(field)) : (JSON.stringify(field) ?? 'not set')]];
  });
  return new Map(fields);
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** In the largest unit of which it is whole ones: as a person would have written it. */
function durationText(durationMs: number): string {
  const [unit, unitMs] = UNITS.find(([, ms]) => durationMs > 0 && durationMs % ms === 0) ?? ['ms', 1];
  const count = durationMs / unitMs;
  return `${count} ${unit}${unit === 'ms' || count === 1 ? '' : 's'}`;
}
