/** What a wish came to: the export looks, or it is over or unknown, and nothing will ever come of it. */
export type WishEnd = 'told' | 'over';

/** What the wishes of a receiver are made of. */
export interface LookWishesOptions<Target> {
  /** Between two wishes that one export is told. */
  intervalMs: number;
  /** How many exports may have been told within the interval: what is kept in memory. */
  maximumExports: number;
  /** How many exports are told at once; the others follow, in order. After a failure one at a time, until one succeeds. */
  atOnce: number;
  /** How long a wish is tried, from when it came; an interval lies between two tries. */
  giveUpAfterMs: number;
  /** How long closing may take. */
  closeWithinMs: number;
  /** Tells the export to look. A failure is one that may pass. */
  tell: (target: Target) => Promise<WishEnd>;
  /** Told of each failure, and of each wish that is given up before its turn has come. */
  onFailure: (target: Target, error: unknown, isTriedAgain: boolean) => void;
  /** Calls back once, so much later; what it returns takes that back. Default `setTimeout`. */
  later?: (delayMs: number, call: () => void) => () => void;
  /** Default `performance.now`. */
  nowMs?: () => number;
}

/** One export in the memory of a receiver: from a wish that it is told until an interval after the last of them. */
interface WishedLook<Target> {
  target: Target;
  /** When the last wish for it came. */
  wantedAtMs: number;
  /** Whether another wish came since the one that was told last. */
  isWanted: boolean;
  isTelling: boolean;
  isOver: boolean;
  /** Takes back what waits for the end of its interval, or for the end of its patience. */
  takeBack: () => void;
}

/**
 * Passes wishes for a look on, for each export at most one in an interval. The first goes out at once. Of those that
 * come in the interval after it one goes out at the end: what it tells of may have happened after the look that the
 * first one brought, so none of them may be the last word.
 *
 * While Temporal is away one wish at a time finds out when it is back: were each of thousands to wait for an answer that
 * does not come, the last would have its turn in an hour.
 */
export class LookWishes<Target> {
  readonly #options: Required<LookWishesOptions<Target>>;
  readonly #byExport = new Map<string, WishedLook<Target>>();
  #isClosing = false;
  /** Wishes that wait for their turn, in order. */
  readonly #turns = new Map<string, WishedLook<Target>>();
  #tellingCount = 0;
  /** Of the wish that was told last; null once one has arrived. */
  #failure: { error: unknown } | null = null;
  #whenSettled: (() => void)[] = [];

  constructor(options: LookWishesOptions<Target>) {
    this.#options = { later, nowMs: () => performance.now(), ...options };
  }

  /** Takes a wish in: to be told at once, later, with others together, or not at all where there is no room. */
  add(key: string, target: Target): 'first' | 'repeated' | 'tooMany' {
    const wantedAtMs = this.#options.nowMs();
    const known = this.#byExport.get(key);
    if (known) {
      if (!known.isOver) Object.assign(known, { isWanted: true, wantedAtMs });
      return 'repeated';
    }
    if (this.#isClosing || this.#byExport.size >= this.#options.maximumExports) return 'tooMany';
    const look = {
      target,
      wantedAtMs,
      isWanted: true,
      isTelling: false,
      isOver: false,
      takeBack: () => {},
    };
    this.#byExport.set(key, look);
    this.#takeTurn(key, look);
    return 'first';
  }

  /** Resolves when no wish is left to be told; none is lost by waiting for it. */
  async settled(): Promise<void> {
    if (!this.#isUnsettled) return;
    // Only who waits for the wishes keeps the process alive for them.
    const keptAlive = setInterval(() => {}, 60_000);
    await new Promise<void>((resolve) => {
      this.#whenSettled.push(resolve);
    });
    clearInterval(keptAlive);
  }

  /** Takes no more wishes in, and resolves when those that were taken in have been told, or are given up for lack of time. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const takeBack = this.#options.later(this.#options.closeWithinMs, () => {
      for (const [key, look] of this.#byExport) if (look.isWanted || look.isTelling) this.#giveUp(key, look);
    });
    await this.settled();
    takeBack();
    for (const look of this.#byExport.values()) look.takeBack();
    this.#byExport.clear();
  }

  #takeTurn(key: string, look: WishedLook<Target>): void {
    this.#turns.set(key, look);
    this.#tellNext();
    if (this.#turns.has(key)) this.#losePatience(key, look);
  }

  /** For who waits while nothing comes through: nothing else would end that in time. */
  #losePatience(key: string, look: WishedLook<Target>): void {
    const leftMs = this.#patienceEndMs(look) - this.#options.nowMs();
    if (leftMs <= 0) this.#giveUp(key, look);
    else look.takeBack = this.#options.later(leftMs, () => this.#losePatience(key, look));
  }

  #patienceEndMs({ wantedAtMs }: WishedLook<Target>): number {
    return wantedAtMs + this.#options.giveUpAfterMs;
  }

  #tellNext(): void {
    for (const [key, look] of this.#turns) {
      if (this.#tellingCount >= (this.#failure ? 1 : this.#options.atOnce)) return;
      this.#turns.delete(key);
      look.takeBack();
      void this.#tell(key, look);
    }
  }

  async #tell(key: string, look: WishedLook<Target>): Promise<void> {
    const { tell, intervalMs, nowMs, onFailure } = this.#options;
    Object.assign(look, { isWanted: false, isTelling: true });
    this.#tellingCount += 1;
    try {
      look.isOver = (await tell(look.target)) === 'over';
      if (look.isOver) look.isWanted = false;
      this.#failure = null;
    } catch (error) {
      this.#failure = { error };
      look.isWanted ||= !this.#isClosing && nowMs() + intervalMs <= this.#patienceEndMs(look);
      if (this.#byExport.get(key) === look) onFailure(look.target, error, look.isWanted);
    }
    look.isTelling = false;
    this.#tellingCount -= 1;
    // From the end on: a wish that took long to arrive is not followed at once by the next one.
    if (this.#byExport.get(key) === look)
      look.takeBack = this.#options.later(intervalMs, () => this.#enterNextInterval(key, look));
    this.#tellNext();
    this.#settle();
  }

  #enterNextInterval(key: string, look: WishedLook<Target>): void {
    if (look.isWanted) this.#takeTurn(key, look);
    else this.#byExport.delete(key);
  }

  #giveUp(key: string, look: WishedLook<Target>): void {
    this.#turns.delete(key);
    this.#byExport.delete(key);
    look.takeBack();
    const { error } = this.#failure ?? { error: new Error('There was no time left to tell it') };
    this.#options.onFailure(look.target, error, false);
    this.#settle();
  }

  get #isUnsettled(): boolean {
    for (const { isWanted, isTelling } of this.#byExport.values()) if (isWanted || isTelling) return true;
    return false;
  }

  #settle(): void {
    if (this.#whenSettled.length === 0 || this.#isUnsettled) return;
    for (const resolve of this.#whenSettled.splice(0)) resolve();
  }
}

function later(delayMs: number, call: () => void): () => void {
  const timer = setTimeout(call, delayMs).unref();
  return () => clearTimeout(timer);
}
