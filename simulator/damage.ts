import type { MetFaults } from './faults.ts';
import { GZIP_HEADER_BYTES } from './file-bytes.ts';
import type { FileBytes } from './file-bytes.ts';

/** What goes wrong while a part of a file is sent. Offsets are of the file. */
export interface Damage {
  /** Where the sending ends; not included. */
  stopAt: number;
  /** How it ends: with the answer, with the connection, or in silence on a connection that stays open. */
  ending: 'answer' | 'connection' | 'silence';
  /** The byte that is another one; -1 where all are right. */
  corruptAt: number;
}

/** What is sent, and the faults that it may meet. */
export interface DamageOccasion {
  file: FileBytes;
  start: number;
  /** Not included. */
  end: number;
  faults: MetFaults;
  /** Whether more bytes are promised than there are. */
  isTooShort: boolean;
}

/** Plays the faults of sending: one ending, and a wrong byte where one goes out before it. */
export function planDamage(occasion: DamageOccasion): Damage {
  const { faults, start, end, isTooShort } = occasion;
  if (faults.isNone) {
    return { stopAt: end, ending: isTooShort ? 'connection' : 'answer', corruptAt: -1 };
  }
  const offsetAt = (share: number): number => start + Math.floor((end - start) * share);
  const { stopAt, ending } = planEnding(occasion, offsetAt);
  const wrongByte = (share: number): number => corruptibleOffset(occasion.file, offsetAt(share), stopAt);
  const corrupt = faults.play('corrupt', ({ at }) => {
    const offset = wrongByte(at ?? CORRUPT_AT);
    return offset >= start && offset < stopAt;
  });
  return { stopAt, ending, corruptAt: corrupt === undefined ? -1 : wrongByte(corrupt.at ?? CORRUPT_AT) };
}

const CORRUPT_AT = 0.25;
const HALF_WAY = 0.5;

function planEnding(
  { faults, end, isTooShort }: DamageOccasion,
  offsetAt: (share: number) => number,
): Omit<Damage, 'corruptAt'> {
  const comesBeforeEnd = ({ at }: { at?: number }): boolean => offsetAt(at ?? HALF_WAY) < end;
  const stall = faults.play('stall', comesBeforeEnd);
  if (stall !== undefined) {
    return { stopAt: offsetAt(stall.at ?? HALF_WAY), ending: 'silence' };
  }
  const reset = faults.play('resetMidBody', comesBeforeEnd);
  if (reset !== undefined) {
    return { stopAt: offsetAt(reset.at ?? HALF_WAY), ending: 'connection' };
  }
  return { stopAt: end, ending: isTooShort ? 'connection' : 'answer' };
}

/** Never in a member's header, of which no checksum speaks: a change there might go unnoticed. */
function corruptibleOffset(file: FileBytes, asked: number, stopAt: number): number {
  const offset = Math.min(asked, stopAt - 1);
  const repeatedBytes = file.repeated.length * file.times;
  const inMember = offset < repeatedBytes ? offset % file.repeated.length : offset - repeatedBytes;
  return inMember < GZIP_HEADER_BYTES ? offset - inMember + GZIP_HEADER_BYTES : offset;
}
