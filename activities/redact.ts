/**
 * Makes a text from outside fit for a message: one line, at most `limit` characters, and no URL that carries a
 * query or credentials, since a signed link is a key.
 */
export function redactText(text: string, limit = 200): string {
  const line = removeLinks(text)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** Like {@link redactText}, for one who also knows the secrets: no form of them gets through. */
export function createRedactor(secrets: string[]): (text: string, limit?: number) => string {
  const remove = createSecretRemover(secrets);
  return (text, limit) => redactText(remove(text), limit);
}

/** Takes every form of the secrets out of a text, and every link that is a key; all else stays, line breaks too. */
export function createSecretRemover(secrets: string[]): (text: string) => string {
  const forms = secrets
    .flatMap((secret) => (secret === '' ? [] : [secret, encodeURIComponent(secret)]))
    .toSorted((one, other) => other.length - one.length);
  return (text) => removeLinks(forms.reduce((rest, form) => rest.replaceAll(form, '[secret removed]'), text));
}

function removeLinks(text: string): string {
  // Each letter is looked at once: a pattern that also seeks the `?` would be quadratic for a long text.
  return text.replaceAll(/https?:\/\/[^\s"'<>]*/gi, (url) => (/[?@]/.test(url) ? '[link removed]' : url));
}
