/** A failed request in words, and whether any of it can have reached the other side. */
export interface NetworkError {
  /** `connection refused (ECONNREFUSED)`; no address, no link. */
  words: string;
  sent: 'no' | 'unknown';
  kind: NetworkErrorKind;
}

/**
 * `silent`: the other side kept the connection and said nothing. `privateAddress`: the name leads to an address
 * that is none of the open Internet, and was not connected to. `broken`: anything else.
 */
export type NetworkErrorKind = 'silent' | 'privateAddress' | 'broken';

const wordsByCode: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection could not be made in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped coming',
  UND_ERR_SOCKET: 'the connection was closed',
  PRIVATE_ADDRESS: 'its host name leads to a private address',
};

const kindByCode: Record<string, NetworkErrorKind> = {
  UND_ERR_HEADERS_TIMEOUT: 'silent',
  UND_ERR_BODY_TIMEOUT: 'silent',
  PRIVATE_ADDRESS: 'privateAddress',
};

/** Reads an error of undici or of a socket. */
export function readNetworkError(error: unknown): NetworkError {
  const code = readCode(error);
  const words = wordsByCode[code] ?? 'the request failed';
  return {
    words: code === '' ? words : `${words} (${code})`,
    sent: isBeforeSending(error, code) ? 'no' : 'unknown',
    kind: kindByCode[code] ?? 'broken',
  };
}

function isBeforeSending(error: unknown, code: string): boolean {
  if (
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    code === 'PRIVATE_ADDRESS' ||
    /CERT|_TLS_|SELF_SIGNED/.test(code)
  ) {
    return true;
  }
  // A host with several addresses fails with one error for each.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.every((one) => isBeforeSending(one, readCode(one)));
  }
  const syscall = readField(error, 'syscall');
  return syscall === 'connect' || syscall === 'getaddrinfo';
}

function readCode(error: unknown): string {
  return readField(error, 'code') ?? readField(readCause(error), 'code') ?? '';
}

function readCause(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function readField(error: unknown, field: 'code' | 'syscall'): string | undefined {
  if (typeof error !== 'object' || error === null || !(field in error)) {
    return undefined;
  }
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
}
