import { CancellationScope, isCancellation } from '@temporalio/workflow';

/** Waits that can be cut short from outside, without being cancelled for good. */
export class Interruptions {
  private readonly waits = new Set<CancellationScope>();

  /** Cuts every wait short that is under way. */
  interrupt(): void {
    for (const wait of this.waits) wait.cancel();
  }

  /** Waits, and says whether it came to its end. A cancellation from further out goes on outwards. */
  async wait<T>(wait: () => Promise<T>): Promise<{ interrupted: true } | { interrupted: false; value: T }> {
    const outer = CancellationScope.current();
    const scope = new CancellationScope();
    this.waits.add(scope);
    try {
      return { interrupted: false, value: await scope.run(wait) };
    } catch (error) {
      if (isCancellation(error) && !outer.consideredCancelled) return { interrupted: true };
      throw error;
    } finally {
      this.waits.delete(scope);
    }
  }
}
