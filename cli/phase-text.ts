import type { Terminal } from './terminal.ts';

/** The word for a phase in the colour that says how good that is. */
export function phaseText(phase: string | null, paint: Terminal['paint']): string {
  if (phase === null) return 'running';
  if (phase === 'complete') return paint('green', phase);
  if (phase === 'failed' || phase === 'incomplete') return paint('red', phase);
  return phase === 'cancelled' ? paint('yellow', phase) : phase;
}
