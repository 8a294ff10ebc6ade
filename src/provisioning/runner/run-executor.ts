import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { DomainError, errorMessage } from '../../common/errors/domain-error.js';
import { AppConfig } from '../../config/app-config.js';
import { Redactor } from '../logs/redactor.js';
import { type RunFailure, type RunOutcome, type StateSummary } from '../provisioning.types.js';
import { readStateFile, summariseState } from '../state/state-file.js';
import { type SynthesisedStack } from '../targets/target.js';
import { TargetSynthesizer } from '../targets/target-synthesizer.js';
import { OrphanSearch } from '../orphans/orphan-search.js';
import { diagnose } from './failure-diagnosis.js';
import { OrphanTakeover } from './orphan-takeover.js';
import { phaseContext } from './phase-context.js';
import { type PhaseContext } from './phase-runner.js';
import { approvalReason } from './plan-gate.js';
import { Initialisation, writeStack } from './prepare-step.js';
import { type RunApproval } from './run-approval.js';
import { RefreshMemory } from './refresh-memory.js';
import { failureFrom } from './run-failure.js';
import { type RunInterrupt } from './run-interrupt.js';
import { type ClaimedRun, type RunJournal } from './run-journal.js';
import { Preparations } from './preparations.js';
import { RunPreflight } from './run-preflight.js';
import { killRun, outlastRun } from './run-processes.js';
import { RunSteps } from './run-steps.js';
import { stepLimits } from './step-limits.js';
import { RunWorkdir } from './run-workdir.js';
import { settleState } from './settle-state.js';
import { TerraformBinary } from './terraform-binary.js';
import { terraformCliConfig } from './terraform-environment.js';

interface Ingredients {
  terraform: { path: string; version: string };
  stack: SynthesisedStack;
}

/** Carries a run out: prepare, init, plan, apply that plan, finalize. Every step resumes what an earlier process began. */
@Injectable()
export class RunExecutor implements OnApplicationBootstrap {
  private readonly logger = new Logger(RunExecutor.name);

  constructor(
    private readonly binary: TerraformBinary,
    private readonly synthesizer: TargetSynthesizer,
    private readonly orphans: OrphanSearch,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** What the first run would wait for is loaded in advance, but nothing waits for that. */
  onApplicationBootstrap(): void {
    Promise.all([this.synthesizer.preload(), this.binary.availability()]).catch((error: unknown) => {
      this.logger.warn(`What runs need could not be loaded in advance: ${errorMessage(error)}`);
    });
  }

  /**
   * Executes the run to its end and tells how it ended. Called again after a takeover it re-attaches to what still runs.
   * Throws CommandVanishedError when a command's processes are gone without an exit code (then {@link recover}), and
   * FenceLostError, with its own Terraform stopped and nothing touched since, when the run belongs to another worker.
   */
  async execute(
    run: ClaimedRun,
    journal: RunJournal,
    interrupt: RunInterrupt,
    approval: RunApproval,
  ): Promise<RunOutcome> {
    const workdir = this.workdir(run);
    try {
      const prepared = await this.prepare(run, workdir, journal, interrupt);
      if ('code' in prepared) return failed(prepared);
      const { context, stack, binaryIdentity } = prepared;
      const isMirrorTrusted = this.config.env.PS_TERRAFORM_TRUST_MIRROR;
      const initialisation = new Initialisation(workdir, stack, binaryIdentity, isMirrorTrusted);
      const limits = stepLimits(this.config);
      const preflight = new RunPreflight(run, context, this.synthesizer, this.config.env.PS_AWS_PREFLIGHT);
      const takeover = new OrphanTakeover(run, context, this.orphans, limits.init);
      const beforePlan = new Preparations(preflight, takeover);
      const refreshes = new RefreshMemory(workdir, this.clock, this.config.env.PS_RUN_REFRESH_SECONDS);
      const tools = { context, initialisation, beforePlan, refreshes, gate: approvalReason, approval, limits };
      const ending = await new RunSteps(run, tools).carryOut();
      if (ending.ending === 'failed' && workdir.phase('apply').exists()) await diagnose(run, context, this.synthesizer);
      workdir.deletePlan();
      const state = context.redactor.deep(readSummary(workdir));
      return { status: ending.ending, state, failure: 'failure' in ending ? ending.failure : null };
    } catch (error) {
      const failure = expected(error);
      workdir.deletePlan();
      return failed(failure);
    }
  }

  /**
   * Ends a run whose processes are gone: kills what is left of it, collects the newest state there is, stores it. The
   * next run continues from that state.
   */
  async recover(run: ClaimedRun, journal: RunJournal, failure: RunFailure): Promise<RunOutcome> {
    const workdir = this.workdir(run);
    try {
      await killRun(workdir, this.clock);
      workdir.deletePlan();
      this.create(workdir);
      await settleState(workdir, journal, run.fencingToken);
      const stack = await this.synthesise(run);
      const state = this.redactor('code' in stack ? null : stack).deep(readSummary(workdir));
      return { status: 'failed', state, failure };
    } catch (error) {
      return failed(expected(error));
    }
  }

  /** The last resort: kills what the run has started, at the cost of what Terraform has not written down yet. */
  async kill(run: ClaimedRun): Promise<void> {
    await killRun(this.workdir(run), this.clock);
  }

  /** Deletes the files of a run whose end is stored; of failed ones the last few are kept. */
  tidyUp(run: ClaimedRun, { status }: RunOutcome): void {
    const workdir = this.workdir(run);
    const hasSucceeded = status === 'succeeded' || status === 'no_changes';
    if (hasSucceeded && run.kind === 'teardown') {
      workdir.deleteAll();
      return;
    }
    if (hasSucceeded) workdir.deleteRunDirectory();
    workdir.deleteOldRuns();
  }

  private create(workdir: RunWorkdir): void {
    workdir.create(terraformCliConfig(this.config.env.PS_TERRAFORM_PROVIDER_MIRROR ?? null));
  }

  private workdir(run: ClaimedRun): RunWorkdir {
    return new RunWorkdir(this.config.env.PS_DATA_DIRECTORY, run.organizationId, run.id);
  }

  private async prepare(
    run: ClaimedRun,
    workdir: RunWorkdir,
    journal: RunJournal,
    interrupt: RunInterrupt,
  ): Promise<{ context: PhaseContext; stack: SynthesisedStack; binaryIdentity: string } | RunFailure> {
    const started = workdir.startedPhases();
    const ingredients = await this.ingredients(run);
    if ('code' in ingredients) {
      // Whatever is missing now: what an earlier process started must not be left alone.
      await outlastRun(workdir, this.clock);
      if (started.length > 0) await settleState(workdir, journal, run.fencingToken);
      return ingredients;
    }
    const { terraform, stack } = ingredients;
    this.create(workdir);
    if (started.length === 0) {
      await settleState(workdir, journal, run.fencingToken);
      writeStack(workdir, stack);
    } else {
      workdir.writeFence(run.fencingToken);
    }
    const own = { workdir, journal, interrupt, redactor: this.redactor(stack), clock: this.clock };
    const context = phaseContext(own, terraform, stack, this.config);
    return { context, stack, binaryIdentity: `${terraform.path} ${terraform.version}` };
  }

  private async ingredients(run: ClaimedRun): Promise<Ingredients | RunFailure> {
    const terraform = await this.binary.availability();
    if (!terraform.available) return { code: 'terraform.unavailable', message: terraform.reason };
    const stack = await this.synthesise(run);
    return 'code' in stack ? stack : { terraform, stack };
  }

  private async synthesise(run: ClaimedRun): Promise<SynthesisedStack | RunFailure> {
    try {
      return await this.synthesizer.synthesise(run.inputs, run.organizationId);
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'synthesis.failed';
      return { code, message: `The cluster's configuration could not be made: ${errorMessage(error)}` };
    }
  }

  /** What must not appear in any log: the secrets of the installation, and of the stack if there is one. */
  private redactor(stack: SynthesisedStack | null): Redactor {
    const { jwtSecret, stateEncryptionKey, env } = this.config;
    const own = [jwtSecret, stateEncryptionKey, env.PS_DATABASE_URL, env.PS_DATABASE_PASSWORD].flatMap(
      (secret) => secret?.reveal() ?? [],
    );
    return new Redactor([...own, ...(stack?.secrets ?? [])]);
  }
}

/** The failure of a run that stopped on something expected; throws everything else again. */
function expected(error: unknown): RunFailure {
  const failure = failureFrom(error);
  if (failure === null) throw error;
  return failure;
}

/** Nothing is said of the cluster, so what was known of it stands. */
function failed(failure: RunFailure): RunOutcome {
  return { status: 'failed', state: null, failure };
}

function readSummary(workdir: RunWorkdir): StateSummary | null {
  const state = readStateFile(workdir.state);
  return state && summariseState(state, workdir.state);
}
