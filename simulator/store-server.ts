import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseByteRange } from './byte-range.ts';
import { currentFile, fileBytes } from './day-files.ts';
import type { MetFaults } from './faults.ts';
import { isMemberEnd } from './file-bytes.ts';
import type { FileBytes } from './file-bytes.ts';
import { addTo } from './ledger.ts';
import { claimLink, parseLink } from './links.ts';
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
  const signed = world.links.get(asked.signature);
  const faults = world.faults.meet(
    signed === undefined
      ? { operation: 'getFile' }
      : { operation: 'getFile', resourceType: signed.resourceType, day: signed.day },
  );
  if (faults.slow !== undefined) {
    await sleep(faults.slow.delayMs, undefined, { signal: world.stopping });
  }
  if (faults.resetBefore !== undefined) {
    request.socket.resetAndDestroy();
    return;
  }
  if (faults.status500 !== undefined) {
    refuse(world, response, { status: 500, code: 'InternalError', message: 'Please try again.' });
    return;
  }
  if (faults.status503 !== undefined) {
    refuse(world, response, { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' });
    return;
  }
  const claim = claimLink(world, asked);
  if (faults.resetAfter !== undefined) {
    request.socket.resetAndDestroy();
  } else if ('refused' in claim) {
    const message = claim.refused === 'expired' ? 'Request has expired' : 'Access Denied';
    refuse(world, response, { status: 403, code: 'AccessDenied', message });
  } else {
    answerWithFile({ world, request, response, link: claim.link, faults });
  }
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
  const file = cut(fileBytes({ world, account, file: dayFile }), faults.truncated);
  const habits = world.script.store ?? {};
  const etag = { strong: file.etag, weak: `W/${file.etag}`, none: undefined }[habits.etag ?? 'strong'];
  const ifMatch = request.headers['if-match'];
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etag) {
    refuse(world, response, { status: 412, code: 'PreconditionFailed', message: 'The file is another one.' });
    return;
  }
  const header = habits.ranges === 'ignored' ? undefined : request.headers.range;
  const range = parseByteRange(header, file.sizeBytes);
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
  headers['Last-Modified'] = dayFile.lastModified;
  headers['Content-Length'] =
    end - start + (faults.wrongLength ? (faults.wrongLength.extraBytes ?? 1000) : 0);
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
  response.writeHead(status, headers);
  sendFile({ response, file, start, end, faults, onSent: counterOf(world, link) });
}

function counterOf({ counts: { bytesSent } }: World, { resourceType, day }: Link): (bytes: number) => void {
  return (bytes) => {
    bytesSent.total += bytes;
    addTo(bytesSent.byDay, `${resourceType} ${day}`, bytes);
  };
}

/** The file without its end. It never ends where a member does: then what is left would be whole. */
function cut(file: FileBytes, fault: MetFaults['truncated']): FileBytes {
  if (fault === undefined || file.sizeBytes === 0) {
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
    Date: new Date(world.clock.now()).toUTCString(),
    'x-amz-request-id': world.nextNumber().toString(16).toUpperCase().padStart(16, '0'),
  };
}
