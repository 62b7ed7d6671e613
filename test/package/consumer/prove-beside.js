/** Proves files by the package, and says how many threads it has started for them: `prove-beside.js MODULE`. */
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const { proveWhileWritten } = await import(process.argv[2]);
let threads = 0;
process.on('worker', () => threads++);

const small = gzipSync('{}');
const large = gzipSync(JSON.stringify(randomBytes(4_000_000).toString('hex')), { level: 0 });
console.log(
  JSON.stringify({
    small: await prove([small]),
    large: await prove([large]),
    three: await prove([large, large, large]),
    later: await prove([large]),
  }),
);

async function prove(files) {
  threads = 0;
  const { signal } = new AbortController();
  const proofs = files.map((file) => {
    const half = {
      sizeBytes: () => file.length,
      read: async function* read() {
        yield file;
      },
    };
    return proveWhileWritten(half, file.length, signal).finish();
  });
  const found = await Promise.all(proofs);
  await setImmediate();
  return { whole: found.every(({ whole }) => whole), threads };
}
