import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../common/clock/clock.js';
import { DomainError, errorMessage } from '../../common/errors/domain-error.js';
import { AppConfig } from '../../config/app-config.js';
import { Redactor } from '../logs/redactor.js';
import { type RunFailure, type RunKind, type RunOutcome, type StateSummary } from '../provisioning.types.js';
import { newestState, readStateFile, summariseState } from '../state/state-file.js';
import { type SynthesisedStack } from '../targets/target.js';
import { TargetSynthesizer } from '../targets/target-synthesizer.js';
import { type PhaseContext, type PhaseResult, runPhase } from './phase-runner.js';
import { Initialisation, restoreState, writeStack } from './prepare-step.js';
import { endingOf, type PhaseEnding } from './run-failure.js';
import { type RunInterrupt } from './run-interrupt.js';
import { type ClaimedRun, type RunJournal } from './run-journal.js';
import { RunWorkdir } from './run-workdir.js';
import { killPhase } from './supervised-command.js';
import { TerraformBinary } from './terraform-binary.js';
import { terraformEnvironment } from './terraform-environment.js';

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

/** Carries a run out: prepare, init, plan, apply that plan, finalize. Every step resumes what an earlier process began. */
@Injectable()
export class RunExecutor implements OnApplicationBootstrap {
  constructor(
    private readonly binary: TerraformBinary,
    private readonly synthesizer: TargetSynthesizer,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await Promise.all([this.synthesizer.preload(), this.binary.availability()]);
  }

  /**
   * Executes the run to its end and tells how it ended. Called again after a takeover it re-attaches to what still runs.
   * Throws CommandVanishedError when a command's processes are gone without an exit code (then {@link recover}), and
   * FenceLostError, having touched nothing since, when the run belongs to another worker.
   */
  async execute(run: ClaimedRun, journal: RunJournal, interrupt: RunInterrupt): Promise<RunOutcome> {
    const workdir = this.workdir(run);
    const prepared = await this.prepare(run, workdir, journal, interrupt);
    if ('outcome' in prepared) return prepared.outcome;
    const { context, stack } = prepared;
    const ending = (await this.init(context, stack)) ?? (await this.planAndApply(run, context));
    const outcome = this.outcome(workdir, ending);
    if (outcome.status === 'succeeded' || outcome.status === 'no_changes') workdir.deleteRunDirectory();
    return outcome;
  }

  /**
   * Ends a run whose processes are gone: kills what is left of it, collects the newest state there is, stores it. The
   * next run continues from that state.
   */
  async recover(run: ClaimedRun, journal: RunJournal, status: 'failed' | 'force_canceled'): Promise<RunOutcome> {
    const workdir = this.workdir(run);
    workdir.create();
    for (const phase of workdir.startedPhases()) killPhase(phase);
    await collectState(workdir, journal);
    workdir.deletePlan();
    const message =
      'The process that executed this run is gone. What it had built is recorded; the next run continues from there.';
    return { status, state: readSummary(workdir), failure: { code: 'runs.worker_lost', message } };
  }

  private workdir(run: ClaimedRun): RunWorkdir {
    return new RunWorkdir(this.config.env.PS_DATA_DIRECTORY, run.organizationId, run.id);
  }

  private async prepare(
    run: ClaimedRun,
    workdir: RunWorkdir,
    journal: RunJournal,
    interrupt: RunInterrupt,
  ): Promise<{ context: PhaseContext; stack: SynthesisedStack } | { outcome: RunOutcome }> {
    const terraform = await this.binary.availability();
    workdir.create();
    if (!terraform.available)
      return { outcome: failed(workdir, { code: 'terraform.unavailable', message: terraform.reason }) };
    const stack = await this.synthesise(run);
    if ('code' in stack) return { outcome: failed(workdir, stack) };
    const hasStarted = workdir.startedPhases().length > 0;
    if (!hasStarted) {
      await restoreState(workdir, journal);
      writeStack(workdir, stack);
    }
    const environment = terraformEnvironment(workdir, terraform.path, stack.environment);
    const redactor = new Redactor([
      ...stack.secrets,
      this.config.jwtSecret.reveal(),
      this.config.stateEncryptionKey.reveal(),
    ]);
    return {
      stack,
      context: { workdir, journal, interrupt, redactor, environment, clock: this.clock, binary: terraform.path },
    };
  }

  private async synthesise(run: ClaimedRun): Promise<SynthesisedStack | RunFailure> {
    try {
      return await this.synthesizer.synthesise(run.inputs);
    } catch (error) {
      const code = error instanceof DomainError ? error.code : 'synthesis.failed';
      return { code, message: `The cluster's configuration could not be made: ${errorMessage(error)}` };
    }
  }

  /** Null when the working directory is initialised. */
  private async init(context: PhaseContext, stack: SynthesisedStack): Promise<PhaseEnding | null> {
    const initialisation = new Initialisation(context.workdir, stack, context.binary);
    const mustResume = context.workdir.phase('init').exists();
    if (initialisation.isDone() && !mustResume) return null;
    const requested = context.interrupt.requested;
    if (requested && !mustResume) return { ending: 'canceled' };
    const timeoutSeconds = this.config.env.PS_RUN_INIT_TIMEOUT_SECONDS;
    const result = await runPhase(context, {
      phase: 'init',
      arguments: ['init', '-json', ...COMMON],
      timeoutSeconds,
      changesState: false,
    });
    if (result.exitCode !== 0) return endingOf('init', result, context.interrupt.requested);
    initialisation.markDone();
    return null;
  }

  private async planAndApply(
    run: ClaimedRun,
    context: PhaseContext,
  ): Promise<PhaseEnding | { ending: 'succeeded' | 'no_changes' }> {
    const { journal, workdir, interrupt } = context;
    await journal.enter('planning');
    if (interrupt.requested && !workdir.phase('plan').exists()) return { ending: 'canceled' };
    const plan = await this.plan(run, context);
    if (plan.exitCode === PLAN_EMPTY) return { ending: 'no_changes' };
    if (plan.exitCode !== PLAN_WITH_CHANGES) return endingOf('plan', plan, interrupt.requested);
    await journal.progress({ planned: plan.events.planned ?? 0 });
    if (interrupt.requested && !workdir.phase('apply').exists()) return this.notApplied(context);
    await journal.enter('applying');
    const hasStarted = workdir.phase('apply').exists();
    if (interrupt.requested && !hasStarted) return this.notApplied(context);
    return this.apply(context);
  }

  private plan(run: ClaimedRun, context: PhaseContext): Promise<PhaseResult> {
    const arguments_ = [
      'plan',
      '-json',
      ...COMMON,
      '-detailed-exitcode',
      `-out=${context.workdir.planFile}`,
      ...PLAN_MODE[run.kind],
    ];
    const timeoutSeconds = this.config.env.PS_RUN_PLAN_TIMEOUT_SECONDS;
    return runPhase(context, { phase: 'plan', arguments: arguments_, timeoutSeconds, changesState: false });
  }

  private async apply(context: PhaseContext): Promise<PhaseEnding | { ending: 'succeeded' }> {
    const { journal, workdir, interrupt } = context;
    const timeoutSeconds = this.config.env.PS_RUN_APPLY_TIMEOUT_SECONDS;
    const arguments_ = ['apply', '-json', ...COMMON, workdir.planFile];
    const result = await runPhase(context, {
      phase: 'apply',
      arguments: arguments_,
      timeoutSeconds,
      changesState: true,
    });
    await journal.enter('finalizing');
    const wasRecovered = await collectState(workdir, journal);
    workdir.deletePlan();
    if (wasRecovered) return { ending: 'failed', failure: STATE_RECOVERED };
    return result.exitCode === 0 ? { ending: 'succeeded' } : endingOf('apply', result, interrupt.requested);
  }

  private notApplied({ workdir }: PhaseContext): PhaseEnding {
    workdir.deletePlan();
    return { ending: 'canceled' };
  }

  private outcome(workdir: RunWorkdir, ending: PhaseEnding | { ending: 'succeeded' | 'no_changes' }): RunOutcome {
    workdir.deletePlan();
    const failure = 'failure' in ending ? ending.failure : null;
    return { status: ending.ending, state: readSummary(workdir), failure };
  }
}

const STATE_RECOVERED: RunFailure = {
  code: 'terraform.state_recovered',
  message:
    'Terraform could not write its state file and left errored.tfstate, which is now the state. A new run continues from it.',
};

/** Makes the newest of all known states the local one and stores it. True when Terraform had left an errored.tfstate. */
async function collectState(workdir: RunWorkdir, journal: RunJournal): Promise<boolean> {
  const errored = readStateFile(workdir.erroredState);
  const local = readStateFile(workdir.state);
  const newest = newestState([errored, local, ...(errored || local ? [] : [await journal.newestState()])]);
  if (newest && newest !== local) workdir.write('terraform.tfstate', newest.content.toString('utf8'));
  if (newest) await journal.storeState(newest);
  if (!errored) return false;
  keepAside(workdir);
  return true;
}

/** Stored durably by now; kept beside the state all the same, for whoever investigates. */
function keepAside(workdir: RunWorkdir): void {
  const directory = join(workdir.directory, 'recovered');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (existsSync(workdir.erroredState)) renameSync(workdir.erroredState, join(directory, 'errored.tfstate'));
  rmSync(workdir.erroredState, { force: true });
}

function failed(workdir: RunWorkdir, failure: RunFailure): RunOutcome {
  return { status: 'failed', state: readSummary(workdir), failure };
}

function readSummary(workdir: RunWorkdir): StateSummary | null {
  const state = readStateFile(workdir.state);
  return state && summariseState(state, workdir.state);
}
