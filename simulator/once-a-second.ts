/** Writes instants to the second. Within one second all answers tell the same, and to write it anew takes a while. */
export function onceASecond(write: (atMs: number) => string): (atMs: number) => string {
  let second = Number.NaN;
  let written = '';
  return (atMs) => {
    if (Math.floor(atMs / 1000) !== second) {
      second = Math.floor(atMs / 1000);
      written = write(atMs);
    }
    return written;
  };
}
