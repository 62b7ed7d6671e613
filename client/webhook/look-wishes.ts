/** What a wish came to: the export looks, or it is over or unknown, and nothing will ever come of it. */
export type WishEnd = 'told' | 'over';

/** What the wishes of a receiver are made of. */
export interface LookWishesOptions<Target> {
  /** Between two wishes that one export is told. */
  intervalMs: number;
  /** How many exports may have been told within the interval: what is kept in memory. */
  maximumExports: number;
  /** How many exports are told at once; the others follow, in order. */
  atOnce: number;
  /** How often one wish is tried; an interval lies between two tries. */
  tries: number;
  /** Tells the export to look. A failure is one that may pass. */
  tell: (target: Target) => Promise<WishEnd>;
  /** Told of each failure. */
  onFailure: (target: Target, error: unknown, triesLeft: number) => void;
  /** Calls back once, so much later; what it returns takes that back. Default `setTimeout`. */
  later?: (delayMs: number, call: () => void) => () => void;
}

/** One export in the memory of a receiver: from a wish that it is told until an interval after the last of them. */
interface WishedLook<Target> {
  target: Target;
  /** Whether another wish came since the one that was told last. */
  isWanted: boolean;
  isTelling: boolean;
  isOver: boolean;
  triesLeft: number;
  takeBack: () => void;
}

/**
 * Passes wishes for a look on, for each export at most one in an interval. The first goes out at once. Of those that
 * come in the interval after it one goes out at the end: what it tells of may have happened after the look that the
 * first one brought, so none of them may be the last word.
 */
export class LookWishes<Target> {
  readonly #options: Required<LookWishesOptions<Target>>;
  readonly #byExport = new Map<string, WishedLook<Target>>();
  #isClosing = false;
  /** Wishes that wait for their turn. */
  #turns: { key: string; look: WishedLook<Target> }[] = [];
  #tellingCount = 0;
  #whenSettled: (() => void)[] = [];

  constructor(options: LookWishesOptions<Target>) {
    this.#options = { later, ...options };
  }

  /** Takes a wish in: to be told at once, later, with others together, or not at all where there is no room. */
  add(key: string, target: Target): 'first' | 'repeated' | 'tooMany' {
    const known = this.#byExport.get(key);
    if (known) {
      known.isWanted ||= !known.isOver;
      return 'repeated';
    }
    if (this.#isClosing || this.#byExport.size >= this.#options.maximumExports) return 'tooMany';
    const look = {
      target,
      isWanted: true,
      isTelling: false,
      isOver: false,
      triesLeft: 0,
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

  /** Takes no more wishes in, and resolves when those that were taken in have been told: an interval at the most. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.settled();
    for (const { takeBack } of this.#byExport.values()) takeBack();
    this.#byExport.clear();
  }

  #takeTurn(key: string, look: WishedLook<Target>): void {
    this.#turns.push({ key, look });
    this.#tellNext();
  }

  #tellNext(): void {
    if (this.#tellingCount >= this.#options.atOnce) return;
    const next = this.#turns.shift();
    if (next) void this.#tell(next.key, next.look);
  }

  async #tell(key: string, look: WishedLook<Target>): Promise<void> {
    const { tell, tries, onFailure } = this.#options;
    Object.assign(look, { isWanted: false, isTelling: true });
    this.#tellingCount += 1;
    if (look.triesLeft === 0) look.triesLeft = tries;
    look.triesLeft -= 1;
    try {
      look.isOver = (await tell(look.target)) === 'over';
      look.triesLeft = 0;
      if (look.isOver) look.isWanted = false;
    } catch (error) {
      if (this.#isClosing) look.triesLeft = 0;
      look.isWanted ||= look.triesLeft > 0;
      onFailure(look.target, error, look.triesLeft);
    }
    // From the end on: a wish that took long to arrive is not followed at once by the next one.
    look.isTelling = false;
    this.#tellingCount -= 1;
    look.takeBack = this.#options.later(this.#options.intervalMs, () => this.#enterNextInterval(key, look));
    this.#tellNext();
    this.#settle();
  }

  #enterNextInterval(key: string, look: WishedLook<Target>): void {
    if (look.isWanted) this.#takeTurn(key, look);
    else this.#byExport.delete(key);
  }

  get #isUnsettled(): boolean {
    return [...this.#byExport.values()].some(({ isWanted, isTelling }) => isWanted || isTelling);
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
