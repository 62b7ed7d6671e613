/** A process that proves one file and tells what that took: without what a worker holds in memory. See `s3.ts`. */
import { createReadStream } from 'node:fs';
import { verifyDayFile } from '../activities/download/verify-day-file.ts';
import { cpuOfThisAndEnded } from './cpu.ts';
import { MB, secondsOf } from './measure.ts';

const [file = ''] = process.argv.slice(2);
const before = await cpuOfThisAndEnded();
const seconds = await secondsOf(async () => {
  const bytes = createReadStream(file, { highWaterMark: MB });
  const { whole } = await verifyDayFile(bytes, null, new AbortController().signal);
  if (!whole) throw new Error(`Expected a whole file [${file}].`);
});
const { own } = await cpuOfThisAndEnded();
console.log(JSON.stringify({ seconds, cpuSeconds: own - before.own }));
