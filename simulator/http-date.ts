/** The last second that was written: within it all answers have the same date, and to write it takes a while. */
let written = { second: Number.NaN, date: '' };

/** An instant as HTTP writes it, to the second. */
export function httpDate(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (second !== written.second) {
    written = { second, date: new Date(atMs).toUTCString() };
  }
  return written.date;
}
