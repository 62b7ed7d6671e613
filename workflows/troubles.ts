/** What keeps activities that are tried again and again from their end. */
import type { ActivityFailureType, Instant } from '../activities/api.ts';
import type { ExportProblem } from './api.ts';
import { applicationFailureOf, isFailureOfType, problemOf } from './failures.ts';

/** Of which work something is told. No two of a name are under way at a time. */
export interface Work extends Pick<ExportProblem, 'day' | 'jobSid'> {
  name: string;
}

interface Trouble {
  type: ActivityFailureType;
  shown: ExportProblem;
}

/** The troubles of one export. They are over with the work. */
export class Troubles {
  private readonly byName = new Map<string, Trouble>();
  private readonly options: { now: () => Instant; announce: () => void };

  constructor(options: { now: () => Instant; announce: () => void }) {
    this.options = options;
  }

  /** As they are shown. */
  problems(): ExportProblem[] {
    return [...this.byName.values()].map(({ shown }) => shown);
  }

  /**
   * Calls an activity until it has ended, again each time when it has told what keeps it from its end. Cut short, what is
   * known stays known: whoever wants a look now learns nothing new from one that fails as before.
   *
   * @param call gets what the activity need not tell again.
   */
  async tryOn<Result>(
    { name, ...about }: Work,
    call: (toldOf: ActivityFailureType | null) => Promise<Result>,
  ): Promise<Result> {
    for (;;) {
      try {
        const result = await call(this.byName.get(name)?.type ?? null);
        this.byName.delete(name);
        return result;
      } catch (error) {
        if (!isFailureOfType(error, 'StillTrying')) {
          // Without a failure of its own it was cut short.
          if (applicationFailureOf(error)) this.byName.delete(name);
          throw error;
        }
        const type = applicationFailureOf(error)?.details?.[0] as ActivityFailureType;
        const since = this.byName.get(name)?.shown.since ?? this.options.now();
        this.byName.set(name, { type, shown: { ...about, problem: problemOf(error), since } });
        this.options.announce();
      }
    }
  }
}
