import { existsSync } from 'node:fs';
import { type PlannedChange, type RunKind } from '../provisioning.types.js';
import { type PhaseContext, type PhaseResult, runPhase } from './phase-runner.js';
import { type RefreshMemory } from './refresh-memory.js';
import { type Initialisation } from './prepare-step.js';
import { endingOf, NOT_APPROVED, type PhaseEnding, STATE_RECOVERED, stopped } from './run-failure.js';
import { type RunApproval } from './run-approval.js';
import { type ClaimedRun } from './run-journal.js';
import { settleState } from './settle-state.js';

const COMMON = ['-input=false', '-no-color'];
/** With -detailed-exitcode: nothing to change, and something to change. */
const PLAN_EMPTY = 0;
const PLAN_WITH_CHANGES = 2;

const PLAN_MODE: Record<RunKind, string[]> = {
  setup: [],
  update: [],
  destroy: ['-destroy'],
  teardown: ['-destroy'],
  refresh: ['-refresh-only'],
};

/** Seconds each command may take, and for how long a plan may wait for somebody to agree to it. */
export interface StepLimits {
  init: number;
  plan: number;
  apply: number;
  approval: number;
}

export type RunEnding = PhaseEnding | { ending: 'succeeded' | 'no_changes' };

/** What of a run decides on its steps. */
export type SteppedRun = Pick<ClaimedRun, 'kind' | 'trigger' | 'isPlanOnly' | 'fencingToken'>;

/** What comes before the plan. */
export interface BeforePlan {
  /** Null when the run may go on. */
  carryOut(): Promise<PhaseEnding | null>;
  /** Whether it has looked, and what exists is what the state knows. */
  readonly hasNothingFound: boolean;
}

/** Why a person has to agree to a plan, or null; `takenOver` are addresses this run has imported. */
export type Gate = (kind: RunKind, changes: readonly PlannedChange[], takenOver: readonly string[]) => string | null;

export interface StepTools {
  context: PhaseContext;
  initialisation: Initialisation;
  beforePlan: BeforePlan;
  refreshes: RefreshMemory;
  gate: Gate;
  approval: RunApproval;
  limits: StepLimits;
}

/** The steps of one run: init, what comes before the plan, plan, the gate, apply. Each resumes what an earlier process began. */
export class RunSteps {
  private readonly context: PhaseContext;
  private readonly initialisation: Initialisation;
  private readonly approval: RunApproval;
  private readonly limits: StepLimits;

  constructor(
    private readonly run: SteppedRun,
    private readonly tools: StepTools,
  ) {
    this.context = tools.context;
    this.initialisation = tools.initialisation;
    this.approval = tools.approval;
    this.limits = tools.limits;
  }

  async carryOut(): Promise<RunEnding> {
    try {
      return await this.steps();
    } finally {
      await this.context.provider.stop();
    }
  }

  private async steps(): Promise<RunEnding> {
    const uninitialised = await this.init();
    if (uninitialised !== null) return uninitialised;
    if (this.run.kind === 'setup') return { ending: 'succeeded' };
    this.context.provider.start();
    const ending = (await this.tools.beforePlan.carryOut()) ?? (await this.planAndApply());
    const isCarriedOut = !this.run.isPlanOnly && (ending.ending === 'succeeded' || ending.ending === 'no_changes');
    // What a refresh has found to be different, the next update is to put right.
    if (this.run.kind === 'refresh') this.tools.refreshes.forget();
    else if (isCarriedOut) this.tools.refreshes.keep();
    return ending;
  }

  /** Null when the working directory is initialised. */
  private async init(): Promise<PhaseEnding | null> {
    const { workdir, interrupt } = this.context;
    // A run that is resumed further on was initialised; an init now would work beside its plan or apply.
    if (workdir.phase('plan').exists()) return null;
    const mustResume = workdir.phase('init').exists();
    // What a setup is for: the same version may have other files by now.
    if (this.run.kind === 'setup' && !mustResume) this.initialisation.forget();
    if (this.initialisation.isDone() && !mustResume) return null;
    const { requested } = interrupt;
    if (requested && !mustResume) return stopped('init', requested);
    if (!mustResume) this.initialisation.begin();
    const result = await runPhase(this.context, {
      phase: 'init',
      arguments: ['init', '-json', ...COMMON, ...this.initialisation.options],
      timeoutSeconds: this.limits.init,
      changesState: false,
    });
    if (result.exitCode !== 0) return endingOf('init', result, interrupt.requested);
    this.initialisation.markDone();
    return null;
  }

  private async planAndApply(): Promise<RunEnding> {
    const { journal, workdir, interrupt } = this.context;
    await journal.enter('planning');
    if (interrupt.requested && !workdir.phase('plan').exists()) return stopped('plan', interrupt.requested);
    const plan = await this.plan();
    const mustResume = workdir.phase('apply').exists();
    const isPlanned = plan.exitCode === PLAN_WITH_CHANGES && (mustResume || existsSync(workdir.planFile));
    if (plan.exitCode !== PLAN_EMPTY && !isPlanned) {
      this.initialisation.forget();
      return endingOf('plan', plan, interrupt.requested);
    }
    const { planned, drifted } = plan.events.changes;
    const changes = this.run.kind === 'refresh' ? drifted : planned;
    const reason =
      this.run.isPlanOnly || plan.exitCode === PLAN_EMPTY
        ? null
        : this.tools.gate(this.run.kind, planned, workdir.subjects('import'));
    const isApproved = await journal.planned(changes, reason);
    if (plan.exitCode === PLAN_EMPTY) return { ending: 'no_changes' };
    await journal.progress({ planned: plan.events.planned ?? 0 });
    if (interrupt.requested && !mustResume) return stopped('plan', interrupt.requested);
    if (this.run.isPlanOnly) return { ending: 'succeeded' };
    const refusal = reason === null || isApproved || mustResume ? null : await this.awaitApproval();
    return refusal ?? this.begin(mustResume);
  }

  private plan(): Promise<PhaseResult> {
    const { workdir } = this.context;
    const out = `-out=${workdir.planFile}`;
    // An earlier process has decided on the options of a plan that is resumed.
    const refresh = workdir.phase('plan').exists() ? [] : this.tools.refreshes.planOptions(this.isOnlySized());
    return runPhase(this.context, {
      phase: 'plan',
      arguments: ['plan', '-json', ...COMMON, '-detailed-exitcode', out, ...refresh, ...PLAN_MODE[this.run.kind]],
      timeoutSeconds: this.limits.plan,
      changesState: false,
    });
  }

  /** Whether nobody expects more of the run than another number of nodes, and nothing speaks for more being amiss. */
  private isOnlySized(): boolean {
    const { kind, trigger, isPlanOnly } = this.run;
    return kind === 'update' && trigger === 'capacity' && !isPlanOnly && this.tools.beforePlan.hasNothingFound;
  }

  /** Null when somebody has agreed. */
  private async awaitApproval(): Promise<PhaseEnding | null> {
    const { journal, interrupt, clock, provider } = this.context;
    // Whoever is asked may take an hour.
    await provider.stop();
    await journal.enter('awaiting_approval');
    const answer = await this.approval.wait(clock, this.limits.approval, interrupt);
    if (interrupt.requested) return stopped('plan', interrupt.requested);
    return answer === 'granted' ? null : { ending: 'failed', failure: NOT_APPROVED };
  }

  private async begin(mustResume: boolean): Promise<RunEnding> {
    const { journal, interrupt } = this.context;
    await journal.enter('applying');
    // Cancelled meanwhile: the cancel has priority over the plan, as long as nothing was changed.
    if (interrupt.requested && !mustResume) return stopped('plan', interrupt.requested);
    interrupt.changesBegin();
    return this.apply();
  }

  private async apply(): Promise<RunEnding> {
    const { journal, workdir, interrupt, provider } = this.context;
    const result = await runPhase(this.context, {
      phase: 'apply',
      arguments: ['apply', '-json', ...COMMON, workdir.planFile],
      timeoutSeconds: this.limits.apply,
      changesState: true,
    });
    // A Terraform that died has not waited for what its provider was doing.
    await provider.stop();
    await journal.enter('finalizing');
    const wasErrored = await settleState(workdir, journal, this.run.fencingToken);
    if (wasErrored) return { ending: 'failed', failure: STATE_RECOVERED };
    return result.exitCode === 0 ? { ending: 'succeeded' } : endingOf('apply', result, interrupt.requested);
  }
}
