/** Finds secrets in whatever the engine keeps or shows, and says where. */

/** Where a secret was found: the path to it, and the form that it has there. Never the secret itself. */
export interface FoundSecret {
  path: string;
  form: string;
}

/** Looks through anything: strings, bytes, and objects of them, payloads and failures included. */
export type SecretSearch = (place: string, value: unknown) => FoundSecret[];

/** What is searched for. */
export interface SecretSearchInput {
  /** By a name for the report: tokens and passwords. */
  secrets: Record<string, string>;
  /** By a name for the report: what also must not be there, such as signed links. */
  patterns?: Record<string, RegExp>;
}

/** Makes a search for each secret raw, in base64 wherever it begins, URL-encoded and as JSON; and for patterns. */
export function createSecretSearch({ secrets, patterns = {} }: SecretSearchInput): SecretSearch {
  const forms = Object.entries(secrets).flatMap(([name, secret]) =>
    formsOf(secret).map(([form, text]) => ({ form: `${name}, ${form}`, text })),
  );
  const searchText = (path: string, text: string): FoundSecret[] => [
    ...forms.filter((one) => text.includes(one.text)).map(({ form }) => ({ path, form })),
    ...Object.entries(patterns)
      .filter(([, pattern]) => pattern.test(text))
      .map(([form]) => ({ path, form })),
  ];

  const search = (path: string, value: unknown, seen: ReadonlySet<unknown>): FoundSecret[] => {
    if (typeof value === 'string') return searchText(path, value);
    if (value instanceof Uint8Array) return searchText(path, Buffer.from(value).toString('utf8'));
    if (typeof value !== 'object' || value === null || seen.has(value)) return [];
    const within = new Set([...seen, value]);
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    // A stack and a message are no enumerable properties of an Error.
    const hidden =
      value instanceof Error
        ? [
            ['message', value.message],
            ['stack', value.stack],
            ['cause', value.cause],
          ]
        : [];
    return [...entries, ...hidden].flatMap(([key, entry]) =>
      searchText(`${path} (a key)`, String(key)).concat(search(`${path}.${String(key)}`, entry, within)),
    );
  };
  return (place, value) => search(place, value, new Set());
}

/** A secret as it may be written: raw, URL-encoded, as JSON, hexadecimal, in base64 wherever it begins. */
export function formsOf(secret: string): [form: string, text: string][] {
  const forms: [string, string][] = [
    ['raw', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['as a form field', new URLSearchParams({ '': secret }).toString().slice(1)],
    ['as JSON', JSON.stringify(secret).slice(1, -1)],
    ['hexadecimal', Buffer.from(secret).toString('hex')],
    ...[0, 1, 2].flatMap((offset): [string, string][] => {
      const text = base64Core(secret, offset);
      return [
        [`base64 from byte ${offset}`, text],
        [`base64url from byte ${offset}`, text.replaceAll('+', '-').replaceAll('/', '_')],
        [`base64 from byte ${offset}, URL-encoded`, encodeURIComponent(text)],
      ];
    }),
  ];
  return forms.filter(([, text], index) => forms.findIndex(([, other]) => other === text) === index);
}

/** The characters of base64 that depend on the secret alone, where so many other bytes stand before it. */
function base64Core(secret: string, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)])
    .toString('base64')
    .replaceAll('=', '');
  return text.slice(offset === 0 ? 0 : offset + 1, -1);
}
