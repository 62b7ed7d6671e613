/** What the parts of one running export share: its ledger, its running tasks, and how it is told to stop. */
import {
  CancellationScope,
  condition,
  isCancellation,
  log,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import type { ExportedJob, ExportIdentity, Instant } from '../activities/api.ts';
import type { ExportJobResult, ExportPhase, ExportProgress } from './api.ts';
import { cardOf } from './card.ts';
import type { ResolvedExportJobInput } from './input.ts';
import { Interruptions } from './interruptions.ts';
import type { Ledger } from './ledger.ts';
import { LedgerMetrics } from './metrics.ts';
import { nextSubmissionAt } from './plan.ts';
import { awaitsJobs, phaseOf, progressOf } from './progress.ts';
import { locationsOf } from './result.ts';
import { SearchAttributesOnDisplay } from './search-attributes.ts';
import type { TimeLimit } from './time-limit.ts';
import { Troubles } from './troubles.ts';

/** Why an export stops before all its days are over. The engine's own cancellation needs no word: it is the rest. */
export type StopReason =
  { kind: 'cancelSignal' } | { kind: TimeLimit['kind'] } | { kind: 'failure'; error: unknown };

/** One running export. */
export class ExportRun {
  readonly request: ResolvedExportJobInput;
  /** Handed to every activity. */
  readonly identity: ExportIdentity;
  readonly ledger: Ledger;
  /** The waits that `checkNow` cuts short. */
  readonly waits = new Interruptions();
  /** What keeps activities from their end. */
  readonly troubles = new Troubles({ now, announce: () => this.announce() });
  /** Why it stops; the first reason stays. */
  stopReason: StopReason | null = null;
  /** Given with the `cancel` signal. */
  cancelReason: string | undefined;
  /** The input's `deleteJob`, unless the `cancel` signal said otherwise. */
  deleteJob: boolean;
  /** Jobs that clean-up found at Twilio and that no answer had told of. */
  readonly sweptJobs: ExportedJob[] = [];

  /** Cancelled by the engine alone. */
  private readonly whole = CancellationScope.current();
  /** Everything that ends when the export stops: created before the handlers, so that an early cancel counts. */
  private readonly work = new CancellationScope();
  private readonly tasks = new Set<Promise<void>>();
  private readonly attributes = new SearchAttributesOnDisplay();
  private readonly metrics: LedgerMetrics;
  private result: ExportJobResult | null = null;
  /** What the ledger does not tell: that the export cleans up, or how it ended. */
  private finalPhase: ExportPhase | null = null;
  private hasNews = false;
  private loggedPhase: ExportPhase | null = null;
  /** Whether the engine wants what is left to be done in a new run. */
  private wantsNewRun = false;
  private lookWantedAtMs = 0;
  /** A defect of our own: it fails the workflow task where it happens, so that a mended worker goes on from there. */
  private defect: { error: unknown } | null = null;

  constructor(request: ResolvedExportJobInput, ledger: Ledger) {
    this.request = request;
    this.ledger = ledger;
    this.deleteJob = request.deleteJob;
    this.metrics = new LedgerMetrics(ledger, request.resourceType);
    this.identity = {
      account: request.account,
      resourceType: request.resourceType,
      exportId: workflowInfo().firstExecutionRunId,
    };
  }

  /** Runs `story` until it ends or the export is stopped, and waits until every task of it has ended. */
  async workThrough(story: () => Promise<void>): Promise<void> {
    try {
      await this.work.run(story);
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
    this.work.cancel();
    while (this.tasks.size > 0) await Promise.all(this.tasks);
    if (this.defect) throw this.defect.error;
  }

  /** Starts a task beside the story, unless the export is stopped. Its failure stops the export. */
  launch(task: () => Promise<void>): void {
    if (this.isStopped) return;
    const running = this.work
      .run(task)
      .catch((error: unknown) => {
        if (isCancellation(error)) return;
        if (!(error instanceof TemporalFailure)) this.defect = { error };
        // Cut short, an activity may end with a failure of its own: that is no reason to stop.
        else if (!this.isStopped) this.stop({ kind: 'failure', error });
      })
      .finally(() => {
        this.tasks.delete(running);
        this.announce();
      });
    this.tasks.add(running);
  }

  /** Ends the work. What runs at Twilio and on the disk is dealt with by the clean-up. */
  stop(reason: StopReason): void {
    if (!this.canBeStopped) return;
    this.stopReason = reason;
    this.work.cancel();
  }

  /** Whether nothing has ended the export so far: while it is handed over to a new run, it can still be stopped. */
  get canBeStopped(): boolean {
    return !this.isStopped || this.isHandingOver;
  }

  /**
   * Ends the work of this run, to go on in a new one. Nothing is waited for but the answers that are under way: what
   * is cut short, downloads too, goes on there from what Twilio and the disk hold.
   */
  handOver(): void {
    this.wantsNewRun = true;
    this.work.cancel();
  }

  /** Whether a new run goes on with what is left. A stop that came meanwhile is dealt with in this one. */
  get isHandingOver(): boolean {
    return this.wantsNewRun && this.stopReason === null && !this.whole.consideredCancelled;
  }

  /** Whether the work was told to end, by us or by the engine. */
  get isStopped(): boolean {
    return this.work.consideredCancelled;
  }

  /**
   * Cuts the waits short. A wish soon after the last one is served by the look that follows that one anyway: so
   * several at once are one look, and no stream of them keeps a look from its end.
   */
  lookNow(): void {
    if (!this.canBeStopped || this.isLookWanted) return;
    this.lookWantedAtMs = Date.now();
    for (const { quotaWait } of this.ledger.jobs) if (quotaWait) quotaWait.endsAt = now();
    this.waits.interrupt();
  }

  /** Whether the minimum interval since the last wish for a look has not passed. */
  get isLookWanted(): boolean {
    return Date.now() < this.lookWantedAtMs + this.request.poll.minimumIntervalMs;
  }

  /** Waits until a task has announced something, or the engine wants a new run: wishes alone may fill a history. */
  async news(): Promise<void> {
    await condition(() => this.hasNews || workflowInfo().continueAsNewSuggested);
    this.hasNews = false;
    if (this.defect) throw this.defect.error;
  }

  /** Shows what has changed to people, and wakes the story. */
  announce(): void {
    this.hasNews = true;
    const progress = this.progress();
    this.logPhase(progress);
    const files = locationsOf(this.ledger.days);
    const nextAt = nextSubmissionAt(this.ledger, now());
    setCurrentDetails(cardOf(progress, this.request, { files, nextSubmissionAt: nextAt, now: now() }));
    this.attributes.show(progress, this.request, { awaitsJobs: awaitsJobs(this.ledger) });
    this.metrics.count();
  }

  private logPhase({ phase, days, resourceType, startDay, endDay }: ExportProgress): void {
    if (phase === this.loggedPhase) return;
    this.loggedPhase = phase;
    const { downloaded, empty, failed, deleted } = days;
    const counts = { daysTotal: days.total, downloaded, empty, failed, deleted };
    log.info('The phase of the export has changed', { phase, resourceType, startDay, endDay, ...counts });
  }

  /** Keeps what has become of days since the last news out of the metrics. */
  leaveDaysUncounted(): void {
    this.metrics.leaveDaysUncounted();
  }

  /** The work is over; what is left is the clean-up. */
  enterCleaning(): void {
    this.finalPhase = 'cleaning';
    this.announce();
  }

  /** This is how it ended. */
  enterFinal(phase: ExportPhase, result: ExportJobResult | null): void {
    this.finalPhase = phase;
    this.result = result;
    this.announce();
  }

  /** The answer to the query. */
  progress(): ExportProgress {
    const phase = this.finalPhase ?? phaseOf(this.ledger);
    const troubles = this.isStopped || this.finalPhase ? [] : this.troubles.problems();
    return progressOf(this.ledger, this.request, { phase, result: this.result, troubles, now: now() });
  }
}

/** The workflow's clock: it stands still within a task, and replays. */
export function now(): Instant {
  return new Date().toISOString();
}

/** How long until then; 0 where it is past. */
export function msUntil(instant: Instant): number {
  return Math.max(0, Date.parse(instant) - Date.now());
}
