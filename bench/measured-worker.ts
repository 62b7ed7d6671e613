/** The worker process of the product, which tells its parent how much memory it takes: forked by `memory.ts`. */
import { builtWorker } from './built.ts';

/** From parent to worker: begin to look for a new peak, or tell what was seen since. */
export type Question = 'begin' | 'tell';

/** From worker to parent. */
export type Message = { kind: 'ready' } | { kind: 'memory'; memory: MemoryUse };

/** Resident memory in bytes. */
export interface MemoryUse {
  nowBytes: number;
  /** The most that any sample showed since the last `begin`. */
  peakBytes: number;
  samples: number;
}

/** Often enough: a buffer that lives shorter than this is seen in one of the next samples. */
const SAMPLE_INTERVAL_MS = 10;

let peakBytes = 0;
let samples = 0;

function sample(): number {
  const nowBytes = process.memoryUsage.rss();
  peakBytes = Math.max(peakBytes, nowBytes);
  samples += 1;
  return nowBytes;
}

setInterval(sample, SAMPLE_INTERVAL_MS).unref();

process.on('message', (question: Question) => {
  switch (question) {
    case 'begin':
      peakBytes = 0;
      samples = 0;
      return;
    case 'tell': {
      const nowBytes = sample();
      tell({ kind: 'memory', memory: { nowBytes, peakBytes, samples } });
    }
  }
});
// Only the parent's end, or its signal, ends the worker.
process.channel?.unref();

const { runWorker } = await builtWorker();
await runWorker({
  say: (line) => {
    if (line.startsWith('The worker is ready')) tell({ kind: 'ready' });
  },
});
process.disconnect();

function tell(message: Message): void {
  process.send?.(message);
}
