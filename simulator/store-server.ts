import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { askedRange, ifMatchHolds } from './asked-bytes.ts';
import type { ByteRange } from './byte-range.ts';
import { planDamage } from './damage.ts';
import { currentFile } from './day-files.ts';
import type { MetFaults } from './faults.ts';
import { isMemberEnd } from './file-bytes.ts';
import type { FileBytes } from './file-bytes.ts';
import { httpDate } from './http-date.ts';
import { addTo } from './ledger.ts';
import { checkLink, parseLink } from './links.ts';
import type { Link } from './links.ts';
import { sendFile } from './send-file.ts';
import type { World } from './world.ts';

/** Answers one request to the file store, in the manner of S3. */
export async function answerStoreRequest(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  world.clock.settle();
  addTo(world.counts.requests, 'getFile');
  if (request.headers.authorization !== undefined) {
    world.counts.authorizationAtStore += 1;
    refuse(world, response, {
      status: 400,
      code: 'InvalidArgument',
      message: 'Only one auth mechanism allowed.',
    });
    return;
  }
  if (request.method !== 'GET') {
    refuse(world, response, { status: 405, code: 'MethodNotAllowed', message: 'Only GET is allowed here.' });
    return;
  }
  const asked = parseLink(request.url ?? '/');
  // Whose link opens nothing meets no fault.
  const first = checkLink(world, asked);
  if ('refused' in first) {
    refuseLink(world, response, first.refused);
    return;
  }
  const { resourceType, day } = first.link;
  const faults = world.faults.meet({ operation: 'getFile', resourceType, day });
  const slow = faults.play('slow');
  if (slow !== undefined) {
    await sleep(slow.delayMs, undefined, { signal: world.stopping });
    world.clock.settle();
    if (response.destroyed) {
      // Nobody is there to see what would follow.
      return;
    }
  }
  if (faults.play('resetBefore') !== undefined) {
    request.socket.resetAndDestroy();
    return;
  }
  if (faults.play('status500') !== undefined) {
    refuse(world, response, { status: 500, code: 'InternalError', message: 'Please try again.' });
    return;
  }
  if (faults.play('status503') !== undefined) {
    refuse(world, response, { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' });
    return;
  }
  // It may have become too old in the meantime, or another request was faster.
  const now = slow === undefined ? first : checkLink(world, asked);
  if ('refused' in now) {
    refuseLink(world, response, now.refused);
    return;
  }
  now.link.isUsed = true;
  if (faults.play('resetAfter') !== undefined) {
    request.socket.resetAndDestroy();
    return;
  }
  answerWithFile({ world, request, response, link: now.link, faults });
}

function refuseLink(world: World, response: ServerResponse, why: 'unknown' | 'usedTwice' | 'expired'): void {
  const message = why === 'expired' ? 'Request has expired' : 'Access Denied';
  refuse(world, response, { status: 403, code: 'AccessDenied', message });
}

function answerWithFile(input: {
  world: World;
  request: IncomingMessage;
  response: ServerResponse;
  link: Link;
  faults: MetFaults;
}): void {
  const { world, request, response, link, faults } = input;
  const account = world.accounts.find(({ accountSid }) => accountSid === link.accountSid);
  const dayFile = account && currentFile(world, account, link);
  if (account === undefined || dayFile === undefined) {
    refuse(world, response, { status: 404, code: 'NoSuchKey', message: 'The specified key does not exist.' });
    return;
  }
  const { bytes, lastModified } = dayFile;
  const habits = world.script.store ?? {};
  const etag = { strong: bytes.etag, weak: `W/${bytes.etag}`, none: undefined }[habits.etag ?? 'strong'];
  if (!ifMatchHolds(request.headers['if-match'], { etag, lastModified })) {
    refuse(world, response, { status: 412, code: 'PreconditionFailed', message: 'The file is another one.' });
    return;
  }
  const rangeOf = (sizeBytes: number): ByteRange =>
    habits.ranges === 'ignored' ? 'whole' : askedRange(request.headers, sizeBytes, { etag, lastModified });
  // What does not exist in the whole file is missing without any fault.
  const file = rangeOf(bytes.sizeBytes) === 'unsatisfiable' ? bytes : cut(bytes, faults);
  const range = rangeOf(file.sizeBytes);
  if (range === 'unsatisfiable') {
    refuse(world, response, {
      status: 416,
      code: 'InvalidRange',
      message: 'The file does not reach so far.',
      headers: { 'Content-Range': `bytes */${file.sizeBytes}` },
    });
    return;
  }
  const { start, end } = range === 'whole' ? { start: 0, end: file.sizeBytes } : range;
  const status = range === 'whole' ? 200 : 206;
  const headers = usualHeaders(world);
  headers['Content-Type'] = 'binary/octet-stream';
  headers['Accept-Ranges'] = 'bytes';
  headers['Last-Modified'] = lastModified;
  const wrongLength = faults.play('wrongLength');
  headers['Content-Length'] = end - start + (wrongLength ? (wrongLength.extraBytes ?? 1000) : 0);
  if (etag !== undefined) {
    headers['ETag'] = etag;
  }
  if (habits.contentEncoding !== undefined) {
    headers['Content-Encoding'] = habits.contentEncoding;
  }
  if (status === 206) {
    headers['Content-Range'] = `bytes ${start}-${end - 1}/${file.sizeBytes}`;
  }
  addTo(world.counts.answers, String(status));
  world.counts.links.used += 1;
  response.writeHead(status, headers);
  const damage = planDamage({ file, start, end, faults, isTooShort: wrongLength !== undefined });
  sendFile({ response, file, start, damage, onSent: counterOf(world, link) });
}

function counterOf({ counts: { bytesSent } }: World, { resourceType, day }: Link): (bytes: number) => void {
  return (bytes) => {
    bytesSent.total += bytes;
    addTo(bytesSent.byDay, `${resourceType} ${day}`, bytes);
  };
}

/** The file without its end. It never ends where a member does: then what is left would be whole. */
function cut(file: FileBytes, faults: MetFaults): FileBytes {
  const fault = file.sizeBytes === 0 ? undefined : faults.play('truncated');
  if (fault === undefined) {
    return file;
  }
  const sizeBytes = Math.max(1, Math.floor(file.sizeBytes * (fault.at ?? 0.5)));
  return { ...file, sizeBytes: isMemberEnd(file, sizeBytes) ? sizeBytes - 1 : sizeBytes };
}

function refuse(
  world: World,
  response: ServerResponse,
  error: { status: number; code: string; message: string; headers?: OutgoingHttpHeaders },
): void {
  const { status, code, message, headers } = error;
  addTo(world.counts.answers, String(status));
  response.writeHead(status, { ...usualHeaders(world), 'Content-Type': 'application/xml', ...headers });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
}

/** For `writeHead`, with all others: it takes a slower way where headers have been set before it. */
function usualHeaders(world: World): OutgoingHttpHeaders {
  return {
    Date: httpDate(world.clock.now()),
    'x-amz-request-id': world
      .nextNumber('requests to the store')
      .toString(16)
      .toUpperCase()
      .padStart(16, '0'),
  };
}
