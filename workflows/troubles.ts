/** What keeps activities that are tried again and again from their end. */
import type { Instant, NextAttempt, Persistence } from '../activities/api.ts';
import type { ExportProblem } from './api.ts';
import { applicationFailureOf, isFailureOfType, problemOf } from './failures.ts';

/** Of which work something is told. No two of a name are under way at a time. */
export interface Work extends Pick<ExportProblem, 'day' | 'jobSid'> {
  name: string;
}

/** Those of one work, by their names: two workers may each fail in their own way. */
type TroublesOfWork = Map<string, ExportProblem>;

/** Whether the attempt of now has gone well so far, or has been at work for hours, nobody tells the workflow. */
const TRIED_ON = 'It is being tried again: how the attempt of now fares is under Pending Activities.';

/** The troubles of one export. They are over with the work. */
export class Troubles {
  private readonly byWork = new Map<string, TroublesOfWork>();
  private readonly options: { now: () => Instant; announce: () => void };

  constructor(options: { now: () => Instant; announce: () => void }) {
    this.options = options;
  }

  /** As they are shown while the work goes on. */
  problems(): ExportProblem[] {
    return this.known().map(triedOn);
  }

  /** In the words of the failures alone: after the end nothing is tried any more. */
  known(): ExportProblem[] {
    return [...this.byWork.values()].flatMap((troubles) => Array.from(troubles.values()));
  }

  /**
   * Calls an activity until it has ended, again each time when it has told what keeps it from its end: then it goes on as
   * if it were the same. Cut short, what is known stays known: whoever wants a look now learns nothing new from one that
   * fails as before, and does not wait.
   */
  async tryOn<Result>(
    { name, ...about }: Work,
    call: (persistence: Persistence) => Promise<Result>,
  ): Promise<Result> {
    let goesOn: Persistence['goesOn'];
    for (;;) {
      const known = this.byWork.get(name);
      try {
        const toldOf = known === undefined ? null : [...known.keys()];
        const result = await call({ toldOf, ...(goesOn && { goesOn }) });
        this.byWork.delete(name);
        return result;
      } catch (error) {
        const failure = applicationFailureOf(error);
        if (!failure || !isFailureOfType(error, 'StillTrying')) {
          // Without a failure of its own it was cut short.
          if (failure) this.byWork.delete(name);
          throw error;
        }
        const [trouble, next] = failure.details as [string, NextAttempt?];
        goesOn = next && { ...next, message: failure.message };
        const since = known?.get(trouble)?.since ?? next?.failing.since ?? this.options.now();
        const shown = { ...about, problem: problemOf(error), since };
        this.byWork.set(name, new Map(known).set(trouble, shown));
        this.options.announce();
      }
    }
  }
}

function triedOn(trouble: ExportProblem): ExportProblem {
  return { ...trouble, problem: `${trouble.problem} ${TRIED_ON}` };
}
