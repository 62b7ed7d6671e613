import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What may have been signed, and by whose tokens. */
export interface SignatureCheck {
  /** The value of `X-Twilio-Signature`. */
  signature: string;
  /** The Auth Tokens of the account: one, or two while they are rotated. */
  authTokens: readonly string[];
  /** The forms of one URL, of which any may have been signed. */
  urls: readonly string[];
  /** Of a form; none for a GET and for a body of JSON. */
  fields: URLSearchParams;
}

/** Whether the text can be a signature at all: 20 bytes in base64. */
export function isSignature(text: string): boolean {
  return /^[A-Za-z0-9+/]{27}=$/.test(text);
}

/**
 * Whether one of the tokens has signed one of the URLs with the fields: base64(HMAC-SHA1(token, URL and fields)). How
 * long that takes does not depend on where it differs, or on which of them fits.
 */
export function isSignedByTwilio({ signature, authTokens, urls, fields }: SignatureCheck): boolean {
  const given = Buffer.from(signature, 'latin1');
  const signedFields = textOf(fields);
  let fits = false;
  for (const authToken of authTokens)
    for (const url of urls) {
      // The texts are compared, and not the bytes that they stand for: the last letter leaves two bits unused.
      const expected = createHmac('sha1', authToken).update(`${url}${signedFields}`, 'utf8').digest('base64');
      const isEqual = equals(given, Buffer.from(expected, 'latin1'));
      fits = isEqual || fits;
    }
  return fits;
}

/** Whether this is the SHA-256 of the body, in hex. */
export function isHashOf(body: Uint8Array, hash: string): boolean {
  const expected = createHash('sha256').update(body).digest('hex');
  return equals(Buffer.from(hash.toLowerCase(), 'latin1'), Buffer.from(expected, 'latin1'));
}

/** The fields as they are signed: sorted by name, each name with its value; a value that is repeated stands once. */
function textOf(fields: URLSearchParams): string {
  // In one pass: a stranger's form may have thousands of names, and each `getAll` goes through all of them.
  const valuesByName = new Map<string, Set<string>>();
  for (const [name, value] of fields) {
    const values = valuesByName.get(name);
    if (values) values.add(value);
    else valuesByName.set(name, new Set([value]));
  }
  return [...valuesByName]
    .toSorted(([left], [right]) => byCodeUnits(left, right))
    .flatMap(([name, values]) => [...values].toSorted(byCodeUnits).map((value) => name + value))
    .join('');
}

function byCodeUnits(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

function equals(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
