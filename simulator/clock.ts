/**
 * How the simulator's time passes. It may start between the years 1970 and 9999.
 *
 * @example
 * ```ts
 * const clock: ClockOptions = { kind: 'faster', speed: 600, start: '2026-11-02T09:00:00Z' }; // ten minutes a second
 * ```
 */
export type ClockOptions =
  | { kind: 'real' }
  /** So many times faster than real time, at most a million, from `start` (default: now). */
  | { kind: 'faster'; speed: number; start?: string | number }
  /** Only by `advance`, from `start` (default: now). */
  | { kind: 'manual'; start?: string | number };

/**
 * The simulator's clock: what its `Date` headers tell.
 *
 * @example
 * ```ts
 * const clock: SimulatorClock = simulator.clock;
 * clock.advance(20 * 60_000);
 * console.log(new Date(clock.now()).toISOString());
 * ```
 */
export interface SimulatorClock {
  /** Milliseconds since 1970. */
  now: () => number;
  /**
   * Lets time pass on a clock of kind `manual`; all that falls due happens in its order before this returns. Webhooks
   * are on their way then: the ledger says when they were answered.
   *
   * @throws on the other kinds, and beyond the year 9999; no time has passed then.
   */
  advance: (ms: number) => void;
}

/** The clock as the simulator itself uses it. */
export interface EventClock extends SimulatorClock {
  /** How much faster than real time it runs; 0 for a clock of kind `manual`. */
  speed: number;
  /** Calls back at the instant, or, on a running clock, as soon as possible after it. */
  schedule: (atMs: number, event: () => void) => void;
  /** Lets everything happen that is due. Timers may be late: every request asks for this first. */
  settle: () => void;
  /** Forgets all that is scheduled. */
  stop: () => void;
}

/** The last instant whose day is written `YYYY-MM-DD`. */
export const LAST_INSTANT_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The longest delay that a Node timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Makes a clock. Events of one instant happen in the order in which they were scheduled. */
export function createClock(options: ClockOptions): EventClock {
  const speed = speedOf(options);
  const startMs = options.kind === 'real' ? Date.now() : instantMs(options.start);
  const startedAt = performance.now();
  const events: { atMs: number; event: () => void }[] = [];
  let manualMs = startMs;
  /** While an event happens, the clock shows the instant for which it was scheduled. */
  let eventMs: number | null = null;
  let timer: NodeJS.Timeout | undefined;

  const outside = (): number => (speed === 0 ? manualMs : startMs + (performance.now() - startedAt) * speed);
  const now = (): number => Math.floor(eventMs ?? outside());
  const settle = (): void => {
    if (eventMs === null) {
      for (let due = events[0]; due !== undefined && due.atMs <= outside(); due = events[0]) {
        events.shift();
        eventMs = due.atMs;
        try {
          due.event();
        } finally {
          eventMs = null;
        }
      }
      wake();
    }
  };
  const wake = (): void => {
    clearTimeout(timer);
    const next = events[0];
    if (next !== undefined && speed > 0) {
      const delayMs = Math.min(Math.max(0, (next.atMs - outside()) / speed), LONGEST_TIMER_MS);
      timer = setTimeout(settle, Math.ceil(delayMs)).unref();
    }
  };

  return {
    speed,
    now,
    settle,
    schedule: (atMs, event) => {
      const later = events.findIndex((other) => other.atMs > atMs);
      events.splice(later === -1 ? events.length : later, 0, { atMs, event });
      if (eventMs === null && events[0]?.event === event) {
        wake();
      }
    },
    advance: (ms) => {
      if (options.kind !== 'manual' || !(ms >= 0) || manualMs + ms > LAST_INSTANT_MS) {
        throw new Error(
          `Could not advance the simulator's clock [${options.kind}, ${ms} ms]: expected a clock of kind "manual", at least 0 ms, and no instant after the year 9999. Start the simulator with clock: {kind: "manual"}.`,
        );
      }
      manualMs += ms;
      settle();
    },
    stop: () => {
      clearTimeout(timer);
      events.length = 0;
    },
  };
}

function speedOf(options: ClockOptions): number {
  switch (options.kind) {
    case 'real':
      return 1;
    case 'faster':
      return options.speed;
    case 'manual':
      return 0;
  }
}

function instantMs(start: string | number | undefined): number {
  return start === undefined ? Date.now() : new Date(start).getTime();
}
