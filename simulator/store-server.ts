import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseByteRange } from './byte-range.ts';
import { currentFile, fileBytes } from './day-files.ts';
import type { MetFaults } from './faults.ts';
import type { FileBytes } from './file-bytes.ts';
import { addTo } from './ledger.ts';
import { claimLink } from './links.ts';
import type { Link } from './links.ts';
import { hexOf } from './random.ts';
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
  response.setHeader('Date', new Date(world.clock.now()).toUTCString());
  response.setHeader('x-amz-request-id', hexOf(16, world.seed, 'store', world.nextNumber()).toUpperCase());
  request.resume();
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
  const url = new URL(request.url ?? '/', world.urls.store);
  const signed = world.links.get(url.searchParams.get('X-Amz-Signature') ?? '');
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
  const claim = claimLink(world, url);
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
    response.setHeader('Content-Range', `bytes */${file.sizeBytes}`);
    refuse(world, response, {
      status: 416,
      code: 'InvalidRange',
      message: 'The file does not reach so far.',
    });
    return;
  }
  const { start, end } = range === 'whole' ? { start: 0, end: file.sizeBytes } : range;
  const status = range === 'whole' ? 200 : 206;
  addTo(world.counts.answers, String(status));
  response.writeHead(status, {
    'Content-Type': 'binary/octet-stream',
    'Accept-Ranges': 'bytes',
    'Last-Modified': new Date(dayFile.generatedAtMs).toUTCString(),
    'Content-Length': end - start + (faults.wrongLength ? (faults.wrongLength.extraBytes ?? 1000) : 0),
    ...(etag === undefined ? {} : { ETag: etag }),
    ...(habits.contentEncoding === undefined ? {} : { 'Content-Encoding': habits.contentEncoding }),
    ...(status === 206 ? { 'Content-Range': `bytes ${start}-${end - 1}/${file.sizeBytes}` } : {}),
  });
  response.flushHeaders();
  const onSent = (bytes: number): void => {
    world.counts.bytesSent.total += bytes;
    addTo(world.counts.bytesSent.byDay, `${link.resourceType} ${link.day}`, bytes);
  };
  sendFile({ response, file, start, end, faults, onSent });
}

function cut(file: FileBytes, fault: MetFaults['truncated']): FileBytes {
  return fault === undefined ? file : { ...file, sizeBytes: Math.floor(file.sizeBytes * (fault.at ?? 0.5)) };
}

function refuse(
  world: World,
  response: ServerResponse,
  error: { status: number; code: string; message: string },
): void {
  const { status, code, message } = error;
  addTo(world.counts.answers, String(status));
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
}
