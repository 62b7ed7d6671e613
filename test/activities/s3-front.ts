import { createHash } from 'node:crypto';
import { request as send } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { listenOnLoopback } from './loopback.ts';

/** A request on its way to S3. */
export interface S3Request {
  /** As S3 calls it. */
  operation: Operation;
  /** The key, or the prefix of a list. */
  key: string;
  partNumber: number | null;
  sizeBytes: number;
  headers: IncomingHttpHeaders;
}

/** What the product asks of S3. */
export type Operation =
  | 'HeadObject'
  | 'GetObject'
  | 'ListObjectsV2'
  | 'PutObject'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListMultipartUploads'
  | 'unknown';

/**
 * What goes wrong. `alter`: a byte of the body is another one when it arrives. `cut`: the connection ends in the middle
 * of the body. `reset`: nothing arrives. `loseAnswer`: it is carried out, and its answer does not come back.
 */
export type S3Fault = 'alter' | 'cut' | 'reset' | 'loseAnswer' | { status: number; code?: string };

/** What stands before a store. */
export interface S3Front {
  endpoint: string;
  /** What came, in order. */
  requests: S3Request[];
}

/**
 * A server that hands on to a store what comes, and lets go wrong what a test asks for. It checks the header
 * `x-amz-checksum-sha256` as AWS does, which rclone takes and does not look at.
 */
export async function startS3Front(
  t: TestContext,
  behind: string,
  faultOf: (request: S3Request) => S3Fault | null | Promise<S3Fault | null> = () => null,
): Promise<S3Front> {
  const requests: S3Request[] = [];
  const endpoint = await listenOnLoopback(t, (incoming, response) => {
    void (async () => {
      const body = await readAll(incoming);
      const request = readRequest(incoming, body);
      requests.push(request);
      const fault = await faultOf(request);
      await answer({ behind, incoming, response, body, fault });
    })().catch(() => response.destroy());
  });
  return { endpoint, requests };
}

async function answer(input: {
  behind: string;
  incoming: IncomingMessage;
  response: ServerResponse;
  body: Buffer;
  fault: S3Fault | null;
}): Promise<void> {
  const { behind, incoming, response, fault } = input;
  if (fault === 'reset') {
    incoming.socket.destroy();
    return;
  }
  if (fault !== null && typeof fault === 'object') {
    sayError(response, incoming, fault);
    return;
  }
  const body = fault === 'alter' ? altered(input.body) : input.body;
  const sum = incoming.headers['x-amz-checksum-sha256'];
  if (sum !== undefined && sum !== createHash('sha256').update(body).digest('base64')) {
    sayError(response, incoming, { status: 400, code: 'BadDigest' });
    return;
  }
  const { status, headers, answered } = await handOn(behind, incoming, body, fault === 'cut');
  if (fault === 'loseAnswer') {
    incoming.socket.destroy();
    return;
  }
  response.writeHead(status, headers).end(answered);
}

function handOn(
  behind: string,
  incoming: IncomingMessage,
  body: Buffer,
  isCut: boolean,
): Promise<{ status: number; headers: IncomingHttpHeaders; answered: Buffer }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(behind);
    const { method, url: path, headers } = incoming;
    const outgoing = send({ hostname, port, method, path, headers, agent: false }, (received) => {
      readAll(received).then(
        (answered) => resolve({ status: received.statusCode ?? 500, headers: received.headers, answered }),
        reject,
      );
    });
    outgoing.once('error', reject);
    if (isCut) {
      outgoing.write(body.subarray(0, body.length / 2), () => outgoing.destroy(new Error('cut')));
    } else {
      outgoing.end(body);
    }
  });
}

/** With what a real one adds to it: what was signed, and the id of the key. None of it is for a reader's eyes. */
function sayError(
  response: ServerResponse,
  incoming: IncomingMessage,
  { status, code = '' }: { status: number; code?: string },
): void {
  const planted = `<AWSAccessKeyId>planted-key-id</AWSAccessKeyId><StringToSign>planted-secret</StringToSign>`;
  const body = `<Error><Code>${code}</Code><Message>planted-secret</Message>${planted}</Error>`;
  response
    .writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': 'REQUEST-1' })
    .end(incoming.method === 'HEAD' || code === '' ? undefined : body);
}

function readRequest({ method, url = '', headers }: IncomingMessage, body: Buffer): S3Request {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const key = decodeURIComponent(pathname).split('/').slice(2).join('/');
  const part = searchParams.get('partNumber');
  return {
    operation: readOperation(method ?? '', searchParams),
    key: key === '' ? (searchParams.get('prefix') ?? '') : key,
    partNumber: part === null ? null : Number(part),
    sizeBytes: body.length,
    headers,
  };
}

function readOperation(method: string, parameters: URLSearchParams): Operation {
  const has = (name: string): boolean => parameters.has(name);
  if (method === 'HEAD') return 'HeadObject';
  if (method === 'PUT') return has('uploadId') ? 'UploadPart' : 'PutObject';
  if (method === 'DELETE' && has('uploadId')) return 'AbortMultipartUpload';
  if (method === 'POST' && has('uploadId')) return 'CompleteMultipartUpload';
  if (method === 'POST' && has('uploads')) return 'CreateMultipartUpload';
  if (method !== 'GET') return 'unknown';
  if (has('uploads')) return 'ListMultipartUploads';
  return has('list-type') ? 'ListObjectsV2' : 'GetObject';
}

function altered(body: Buffer): Buffer {
  const other = Buffer.from(body);
  const at = Math.floor(other.length / 2);
  other.writeUInt8(other.readUInt8(at) ^ 1, at);
  return other;
}

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
