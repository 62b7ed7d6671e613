import type { IsQuotaRejection } from './quota-rejection.ts';

/** What the form of a spent quota has to be, in words. */
export const QUOTA_FORM_RULE =
  'one or more of status=, code= and words= with commas between them, such as status=403,code=20008 or ' +
  'words=daily quota';

/** A test of one field of the refusal, or null for a value that this field never has. */
const conditions: Record<string, (value: string) => IsQuotaRejection | null> = {
  status: (value) => (/^4\d\d$/.test(value) ? ({ status }) => status === Number(value) : null),
  code: (value) => (/^\d{1,9}$/.test(value) ? ({ code }) => code === Number(value) : null),
  words: (value) =>
    value === '' ? null : ({ message }) => message.toLowerCase().includes(value.toLowerCase()),
};

/**
 * Reads how the refusal of a create is known to mean a spent quota: `status=403,code=20008`, `words=daily quota`. All
 * that is named has to hold. Null for a text that is none of this form.
 */
export function parseQuotaForm(text: string): IsQuotaRejection | null {
  const tests = new Map<string, IsQuotaRejection>();
  for (const part of text.split(',')) {
    const [, name = '', value = ''] = /^\s*([a-z]+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    const test = Object.hasOwn(conditions, name) ? conditions[name]?.(value) : null;
    if (test === null || test === undefined || tests.has(name)) {
      return null;
    }
    tests.set(name, test);
  }
  return (refused) => [...tests.values()].every((test) => test(refused));
}
