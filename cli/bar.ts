/** `████░░░░`, so many letters wide. */
export function bar({ done, total }: { done: number; total: number }, width: number): string {
  const filled = total > 0 ? Math.min(width, Math.floor((done / total) * width)) : 0;
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
}

/** Wide enough to see a day of a month move, narrow enough for a small terminal. */
export const BAR_MAXIMUM = 30;

/** As much as shows that it moves; where there is less room, a bar is of no use. */
export const BAR_MINIMUM = 8;
