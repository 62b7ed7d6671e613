import type { ExportJobInput } from '../../client/index.ts';
import type { SimulatorScript } from '../../simulator/index.ts';

/** So many minutes of Twilio's pass in one of ours: the half hour that the demo's jobs take is over in 20 seconds. */
export const DEMO_SPEED = 90;

const DEMO_DAYS = 30;
const DAY_MS = 86_400_000;

/** What the demo exports, and what happens to it at the simulated Twilio. */
export interface Demo {
  input: ExportJobInput;
  script: SimulatorScript;
  /** What there is to see, a sentence each. */
  story: string[];
}

/** The last 30 days of Messages that Twilio would export at `nowMs`, with all that a month may bring. */
export function createDemo(nowMs: number): Demo {
  // Twilio wants two days; one more, since the simulator's clock may pass midnight.
  const day = (index: number) =>
    new Date(nowMs - (DEMO_DAYS + 2 - index) * DAY_MS).toISOString().slice(0, 10);
  return {
    input: {
      resourceType: 'Messages',
      startDay: day(0),
      endDay: day(DEMO_DAYS - 1),
      resubmit: { maximumAttempts: 3, cooldown: '2 seconds' },
      poll: { minimumInterval: '1 second', maximumInterval: '2 seconds' },
    },
    script: {
      life: { submitted: '3 minutes', running: '4 minutes', parallelDays: 6 },
      days: [
        { records: 1_500 },
        { days: day(3), file: 'emptyFile' },
        { days: day(11), file: 'zeroBytes' },
        { days: day(24), file: 'missing' },
        {
          days: `${day(6)}..${day(7)}`,
          statuses: [
            { status: 'Submitted', for: '3 minutes' },
            { status: 'Running', for: '2 minutes' },
            { status: 'ErrorDuringRun', for: '8 minutes' },
            { status: 'Running', for: '3 minutes' },
            { status: 'Completed' },
          ],
        },
        {
          days: day(17),
          submissions: [1],
          statuses: [
            { status: 'Submitted', for: '3 minutes' },
            { status: 'Running', for: '5 minutes' },
            { status: 'Failed' },
          ],
        },
      ],
    },
    story: [
      `${day(3)}, ${day(11)} and ${day(24)} are empty, each in another of the forms that Twilio has for it`,
      `${day(6)} and ${day(7)} go through ErrorDuringRun; Twilio itself tries them again`,
      `${day(17)} fails for good; it is submitted again, alone, and comes back well`,
    ],
  };
}
