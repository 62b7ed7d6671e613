import { readFile } from 'node:fs/promises';

/** The kernel counts in these, whatever the clock of the machine does. */
const TICKS_PER_SECOND = 100;

/** The processor time of this process and of those that it has started and seen end, in seconds. Linux alone. */
export async function cpuOfThisAndEnded(): Promise<{ own: number; ended: number }> {
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = await ticksOf('self');
  return { own: toSeconds(user + system), ended: toSeconds(endedUser + endedSystem) };
}

/** The processor time of another process that is at work. */
export async function cpuOf(pid: number): Promise<number> {
  const [user = 0, system = 0] = await ticksOf(String(pid));
  return toSeconds(user + system);
}

/** User and system, then those of ended children. The name before them may hold blanks and brackets. */
async function ticksOf(pid: string): Promise<number[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number);
}

function toSeconds(ticks: number): number {
  return ticks / TICKS_PER_SECOND;
}
