const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Counts the lines of JSON that are not empty; the last one counts without its newline too. */
export interface RecordCounter {
  add: (chunk: Uint8Array) => void;
  /** The records, once all is added. */
  finish: () => number;
}

/** A counter that keeps nothing of what it was given. */
export function createRecordCounter(): RecordCounter {
  let records = 0;
  /** Whether the line that is being read has anything in it. */
  let hasContent = false;

  return {
    add: (chunk) => {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        if (hasContent || isContent(chunk, start, end)) {
          records++;
        }
        hasContent = false;
        start = end + 1;
      }
      hasContent ||= isContent(chunk, start, chunk.length);
    },
    finish: () => (hasContent ? records + 1 : records),
  };
}

function isContent(chunk: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  return length > 1 || (length === 1 && chunk[start] !== CARRIAGE_RETURN);
}
