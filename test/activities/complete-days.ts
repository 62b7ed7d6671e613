/** An export whose days are complete at Twilio: where the tests of what is done with them begin. */
import type { TestContext } from 'node:test';
import type { Day, DownloadExportDayInput } from '../../activities/index.ts';
import type { DayScript } from '../../simulator/index.ts';
import { create, days, identity, startRig } from './rig.ts';
import type { Rig, RigOptions } from './rig.ts';

/** The first of its days. */
export const DAY: Day = days.startDay;

/** The download of that day. */
export const download: DownloadExportDayInput = {
  ...identity,
  destination: 'default',
  day: DAY,
  status: 'Completed',
};

/** The activities after the create of that export. `day` says what its days are like otherwise. */
export async function startDays(t: TestContext, day: DayScript = {}, options: RigOptions = {}): Promise<Rig> {
  const script = { ...options.simulator?.script, days: [{ ...COMPLETE, ...day }] };
  const rig = await startRig(t, { ...options, simulator: { ...options.simulator, script } });
  await rig.run('createExportJob', create);
  return rig;
}

const COMPLETE: DayScript = { statuses: [{ status: 'Completed' }] };
