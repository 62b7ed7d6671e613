import { formsOf } from '../../end-to-end/secret-search.ts';
import type { Evidence } from './evidence.ts';

/** Where something was found, and in which form. Never the secret itself. */
export interface FoundLeak {
  path: string;
  form: string;
}

/** Every form begins with so many characters that hardly anything else has: one pass finds all of them. */
const PREFIX_LENGTH = 8;

/** Searches anything for all secrets at once, of however many accounts: strings, bytes, and objects of them. */
export function createLeakSearch({
  secrets,
  patterns,
}: Pick<Evidence, 'secrets' | 'patterns'>): (place: string, value: unknown) => FoundLeak[] {
  const byPrefix = new Map<string, { form: string; text: string }[]>();
  for (const [name, secret] of Object.entries(secrets))
    for (const [form, text] of formsOf(secret)) {
      const prefix = text.slice(0, PREFIX_LENGTH);
      byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []), { form: `${name}, ${form}`, text }]);
    }

  const searchText = (path: string, text: string): FoundLeak[] => {
    const found = Object.entries(patterns)
      .filter(([, pattern]) => pattern.test(text))
      .map(([form]) => ({ path, form }));
    for (let at = 0; at + PREFIX_LENGTH <= text.length; at += 1)
      for (const one of byPrefix.get(text.slice(at, at + PREFIX_LENGTH)) ?? [])
        if (text.startsWith(one.text, at)) found.push({ path, form: one.form });
    return found;
  };
  const search = (path: string, value: unknown, seen: ReadonlySet<unknown>): FoundLeak[] => {
    if (typeof value === 'string') return searchText(path, value);
    if (value instanceof Uint8Array) return searchText(path, Buffer.from(value).toString('utf8'));
    if (typeof value !== 'object' || value === null || seen.has(value)) return [];
    const within = new Set([...seen, value]);
    return Object.entries(value).flatMap(([key, entry]) =>
      searchText(`${path} (a key)`, key).concat(search(`${path}.${key}`, entry, within)),
    );
  };
  return (place, value) => search(place, value, new Set());
}
