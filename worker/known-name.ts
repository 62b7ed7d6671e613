/**
 * Whether callers can use the text as the name of an account or a destination. The check of the workflow's input
 * has the same rule: it becomes a part of workflow ids.
 */
export function isKnownName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text);
}

/** The rule in words. */
export const KNOWN_NAME_RULE = 'a name of 1 to 63 letters, digits, "-" and "_"';
