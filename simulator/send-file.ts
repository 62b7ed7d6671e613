import type { ServerResponse } from 'node:http';
import type { Damage } from './damage.ts';
import { bytesAt } from './file-bytes.ts';
import type { FileBytes } from './file-bytes.ts';

/** Which part of a file is sent, and what goes wrong on the way. Offsets are of the file. */
export interface FileSending {
  response: ServerResponse;
  file: FileBytes;
  start: number;
  damage: Damage;
  /** Told of every batch that was handed to the network. */
  onSent: (bytes: number) => void;
}

/** So much is handed to the network at a time: one system call, and no copy since members are sent as they are. */
const BATCH_BYTES = 1_048_576;

/** Sends the bytes as fast as the receiver takes them. The headers are ready, and go out with the first bytes. */
export function sendFile(sending: FileSending): void {
  const { response, start } = sending;
  if (response.socket === null) {
    // Requests may be sent ahead: the answers before this one have the connection still.
    response.once('socket', () => {
      process.nextTick(sendFile, sending);
    });
    return;
  }
  sendFrom(sending, start);
}

/** Hands over one batch, and the rest when there is room again. */
function sendFrom(sending: FileSending, from: number): void {
  const { response, file, damage, onSent } = sending;
  const { stopAt, corruptAt } = damage;
  if (response.destroyed) {
    return;
  }
  let offset = from;
  let hasRoom = true;
  // Headers, bytes and end in one system call.
  response.cork();
  while (offset < stopAt && (hasRoom || offset - from < BATCH_BYTES)) {
    const bytes = withFault(bytesAt(file, offset, stopAt), corruptAt - offset);
    hasRoom = response.write(bytes);
    offset += bytes.length;
  }
  onSent(offset - from);
  if (offset < stopAt) {
    response.once('drain', () => {
      sendFrom(sending, offset);
    });
  } else {
    finish(sending);
  }
  response.uncork();
}

function finish({ response, damage }: FileSending): void {
  switch (damage.ending) {
    case 'answer':
      response.end();
      break;
    case 'connection':
      response.flushHeaders();
      // Ends the connection once the bytes before it have gone out: a reset would take some of them back.
      response.socket?.destroySoon();
      break;
    case 'silence':
      // Nothing more comes: the connection stays open until the receiver or the simulator ends it.
      response.flushHeaders();
  }
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
