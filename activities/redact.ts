/**
 * Makes a text from outside fit for a message: one line, at most `limit` characters, and no URL that carries a
 * query or credentials, since a signed link is a key.
 */
export function redactText(text: string, limit = 200): string {
  const line = text
    // Each letter is looked at once: a pattern that also seeks the `?` would be quadratic for a long text.
    .replaceAll(/https?:\/\/[^\s"'<>]*/gi, (url) => (/[?@]/.test(url) ? '[link removed]' : url))
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** Like {@link redactText}, for one who also knows the secrets: no form of them gets through. */
export function createRedactor(secrets: string[]): (text: string, limit?: number) => string {
  const forms = secrets
    .flatMap((secret) => (secret === '' ? [] : [secret, encodeURIComponent(secret)]))
    .toSorted((one, other) => other.length - one.length);
  return (text, limit) => {
    const clean = forms.reduce((rest, form) => rest.replaceAll(form, '[secret removed]'), text);
    return redactText(clean, limit);
  };
}
