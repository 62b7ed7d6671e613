import type { ServerResponse } from 'node:http';
import type { MetFaults } from './faults.ts';
import { bytesAt } from './file-bytes.ts';
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

/** A gzip header's first bytes: a fault there is not covered by the checksum and might go unnoticed. */
const GZIP_HEADER_BYTES = 10;

/** Sends the bytes as fast as the receiver takes them. The headers have been written. */
export function sendFile(sending: FileSending): void {
  const { response, file, faults, onSent } = sending;
  const { stall, resetMidBody, corrupt, wrongLength } = faults;
  const at = (share: number): number => sending.start + Math.floor((sending.end - sending.start) * share);
  const corruptAt = corrupt === undefined ? -1 : corruptibleOffset(file, at(corrupt.at ?? 0.25));
  const end = Math.min(
    stall ? at(stall.at ?? 0.5) : sending.end,
    resetMidBody ? at(resetMidBody.at ?? 0.5) : sending.end,
  );
  let offset = sending.start;

  const finish = (): void => {
    if (resetMidBody !== undefined || wrongLength !== undefined) {
      // Ends the connection once the bytes before it have gone out: a reset would take some of them back.
      response.socket?.destroySoon();
    } else if (stall === undefined) {
      response.end();
    }
    // After a stall nothing more comes: the connection stays open until the receiver or the simulator ends it.
  };
  const pump = (): void => {
    let isFull = false;
    while (offset < end && !isFull && !response.destroyed) {
      const before = offset;
      response.socket?.cork();
      while (offset < end && offset - before < BATCH_BYTES) {
        const bytes = withFault(bytesAt(file, offset).subarray(0, end - offset), corruptAt - offset);
        isFull = !response.write(bytes);
        offset += bytes.length;
      }
      response.socket?.uncork();
      onSent(offset - before);
    }
    if (response.destroyed) {
      return;
    }
    if (isFull) {
      response.once('drain', pump);
    } else {
      finish();
    }
  };
  pump();
}

function corruptibleOffset(file: FileBytes, offset: number): number {
  const inMember = file.times > 0 ? offset % file.repeated.length : offset;
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
