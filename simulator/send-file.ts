import type { ServerResponse } from 'node:http';
import type { MetFaults } from './faults.ts';
import { bytesAt, GZIP_HEADER_BYTES } from './file-bytes.ts';
import type { FileBytes } from './file-bytes.ts';

/** Which part of a file is sent, and what goes wrong on the way. Offsets are of the file. */
export interface FileSending {
  response: ServerResponse;
  file: FileBytes;
  start: number;
  /** Not included. */
  end: number;
  faults: MetFaults;
  /** Told of every batch that was handed to the network. */
  onSent: (bytes: number) => void;
}

/** So much is handed to the network at a time: one system call, and no copy since members are sent as they are. */
const BATCH_BYTES = 1_048_576;

/** Sends the bytes as fast as the receiver takes them. The headers are ready, and go out with the first bytes. */
export function sendFile(sending: FileSending): void {
  const { response, start, end, faults } = sending;
  if (response.socket === null) {
    // Requests may be sent ahead: the answers before this one have the connection still.
    response.once('socket', () => {
      process.nextTick(sendFile, sending);
    });
    return;
  }
  const { stall, resetMidBody, corrupt } = faults;
  const stopAt = Math.min(
    stall ? offsetAt(sending, stall.at ?? 0.5) : end,
    resetMidBody ? offsetAt(sending, resetMidBody.at ?? 0.5) : end,
  );
  const corruptAt = corrupt === undefined ? -1 : corruptibleOffset(sending, corrupt.at ?? 0.25);
  sendFrom(sending, { offset: start, stopAt, corruptAt });
}

/** Hands over one batch, and the rest when there is room again. */
function sendFrom(sending: FileSending, from: { offset: number; stopAt: number; corruptAt: number }): void {
  const { response, file, onSent } = sending;
  const { stopAt, corruptAt } = from;
  if (response.destroyed) {
    return;
  }
  let { offset } = from;
  let hasRoom = true;
  // Headers, bytes and end in one system call.
  response.cork();
  while (offset < stopAt && (hasRoom || offset - from.offset < BATCH_BYTES)) {
    const bytes = withFault(bytesAt(file, offset, stopAt), corruptAt - offset);
    hasRoom = response.write(bytes);
    offset += bytes.length;
  }
  onSent(offset - from.offset);
  if (offset < stopAt) {
    response.once('drain', () => {
      sendFrom(sending, { offset, stopAt, corruptAt });
    });
  } else {
    finish(sending);
  }
  response.uncork();
}

function finish({ response, faults }: FileSending): void {
  const { stall, resetMidBody, wrongLength } = faults;
  if (resetMidBody !== undefined || wrongLength !== undefined) {
    response.flushHeaders();
    // Ends the connection once the bytes before it have gone out: a reset would take some of them back.
    response.socket?.destroySoon();
  } else if (stall !== undefined) {
    // Nothing more comes: the connection stays open until the receiver or the simulator ends it.
    response.flushHeaders();
  } else {
    response.end();
  }
}

function offsetAt({ start, end }: FileSending, share: number): number {
  return start + Math.floor((end - start) * share);
}

/** Never in a member's header, of which no checksum speaks: a change there might go unnoticed. */
function corruptibleOffset(sending: FileSending, share: number): number {
  const { file, end } = sending;
  const offset = Math.min(offsetAt(sending, share), end - 1);
  const repeatedBytes = file.repeated.length * file.times;
  const inMember = offset < repeatedBytes ? offset % file.repeated.length : offset - repeatedBytes;
  return inMember < GZIP_HEADER_BYTES ? offset - inMember + GZIP_HEADER_BYTES : offset;
}

/** The bytes, with another one at the index where that lies among them. The file's own stay as they are. */
function withFault(bytes: Buffer, index: number): Buffer {
  if (index < 0 || index >= bytes.length) {
    return bytes;
  }
  const changed = Buffer.from(bytes);
  changed[index] = (changed[index] ?? 0) ^ 0xff;
  return changed;
}
