import { setTimeout as pause } from 'node:timers/promises';
import type { ActivitySettings } from '../settings.ts';

/** What the pause is made of. */
export interface GetPauseOptions {
  settings: Pick<ActivitySettings, 'getPauseMinimumMs' | 'getPauseMaximumMs'>;
  random: () => number;
  signal: AbortSignal;
}

/** The short, jittered pause before a GET is sent once more within one attempt of an activity. */
export async function pauseBeforeGet({ settings, random, signal }: GetPauseOptions): Promise<void> {
  const { getPauseMinimumMs, getPauseMaximumMs } = settings;
  await pause(getPauseMinimumMs + random() * (getPauseMaximumMs - getPauseMinimumMs), undefined, { signal });
}
