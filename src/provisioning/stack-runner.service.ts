import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Clock } from '../common/clock/clock.js';
import { errorMessage } from '../common/errors/domain-error.js';
import { AppConfig } from '../config/app-config.js';
import { Redactor } from './logs/redactor.js';
import { phaseContext } from './runner/phase-context.js';
import { type PhaseContext, runPhase } from './runner/phase-runner.js';
import { Initialisation, writeStack } from './runner/prepare-step.js';
import { RefreshMemory } from './runner/refresh-memory.js';
import { RunApproval } from './runner/run-approval.js';
import { failureFrom } from './runner/run-failure.js';
import { RunInterrupt } from './runner/run-interrupt.js';
import { RunSteps, type StepTools } from './runner/run-steps.js';
import { RunWorkdir, VARIABLES_FILE } from './runner/run-workdir.js';
import { settleState } from './runner/settle-state.js';
import { outlastEarlierRuns } from './runner/stack-workdir.js';
import { stepLimits } from './runner/step-limits.js';
import { TerminalJournal } from './runner/terminal-journal.js';
import { TerraformBinary } from './runner/terraform-binary.js';
import { terraformCliConfig } from './runner/terraform-environment.js';
import {
  type StackRunRequest,
  type StackRunResult,
  type StackRunWatcher,
  type SynthesisedStack,
} from './stack-runs.types.js';

/** There is no queue behind these runs, so nothing is fenced off. */
const NO_FENCE = '0';
/** Whoever is asked may think about it for a day. */
const APPROVAL_SECONDS = 86_400;
const OUTPUT_SECONDS = 120;
/** Of a deployment nobody is in a hurry. */
const ALWAYS_REFRESH = 0;
const WHY_ASK = 'Somebody at a terminal decides on every plan.';

const outputsSchema = z.record(z.string(), z.object({ sensitive: z.boolean(), value: z.unknown() }));

/**
 * Runs Terraform on stacks that are no clusters, by the same steps and with the same care as the runs of clusters, for a
 * person at a terminal: without database, queue and organization.
 */
@Injectable()
export class StackRunnerService {
  constructor(
    private readonly config: AppConfig,
    private readonly binary: TerraformBinary,
    private readonly clock: Clock,
  ) {}

  /** Init, plan, the watcher's agreement, apply. What goes wrong in a way that is to be expected is in the result. */
  async run(request: StackRunRequest, stack: SynthesisedStack, watcher: StackRunWatcher): Promise<StackRunResult> {
    const terraform = await this.binary.availability();
    if (!terraform.available) return failed({ code: 'terraform.unavailable', message: terraform.reason });
    const interrupt = new RunInterrupt();
    const stop = (): void => {
      interrupt.request('cancel');
    };
    request.signal.addEventListener('abort', stop);
    if (request.signal.aborted) stop();
    try {
      return await this.carryOut(request, stack, watcher, { interrupt, terraform });
    } finally {
      request.signal.removeEventListener('abort', stop);
    }
  }

  private async carryOut(
    request: StackRunRequest,
    stack: SynthesisedStack,
    watcher: StackRunWatcher,
    { interrupt, terraform }: { interrupt: RunInterrupt; terraform: { path: string; version: string } },
  ): Promise<StackRunResult> {
    const { env } = this.config;
    const workdir = new RunWorkdir(env.PS_DATA_DIRECTORY, request.name, randomUUID());
    const approval = new RunApproval();
    const journal = new TerminalJournal(watcher, approval, interrupt);
    try {
      await outlastEarlierRuns(env.PS_DATA_DIRECTORY, request.name, this.clock, () => {
        watcher.say('Terraform of an earlier command still works on this stack; waiting for its end ...');
      });
      workdir.create(terraformCliConfig(env.PS_TERRAFORM_PROVIDER_MIRROR ?? null));
      await settleState(workdir, journal, NO_FENCE);
      writeStack(workdir, stack);
      const own = { workdir, journal, interrupt, redactor: new Redactor(stack.secrets), clock: this.clock };
      const context = phaseContext(own, terraform, stack, this.config);
      const identity = `${terraform.path} ${terraform.version}`;
      const tools: StepTools = {
        context,
        initialisation: new Initialisation(workdir, stack, identity, env.PS_TERRAFORM_TRUST_MIRROR),
        beforePlan: { carryOut: () => Promise.resolve(null), hasNothingFound: false },
        refreshes: new RefreshMemory(workdir, this.clock, ALWAYS_REFRESH),
        gate: () => WHY_ASK,
        approval,
        limits: { ...stepLimits(this.config), approval: APPROVAL_SECONDS },
      };
      const ending = await new RunSteps({ ...request, trigger: 'admin', fencingToken: NO_FENCE }, tools).carryOut();
      const isThere = ending.ending === 'succeeded' || ending.ending === 'no_changes';
      const hasOutputs = isThere && request.kind === 'update' && !request.isPlanOnly;
      return {
        status: ending.ending,
        changes: journal.changes,
        outputs: hasOutputs ? await this.outputs(context) : {},
        failure: 'failure' in ending ? ending.failure : null,
      };
    } catch (error) {
      const failure = failureFrom(error);
      if (failure === null) throw error;
      return { ...failed(failure), changes: journal.changes };
    } finally {
      tidyUp(workdir, watcher);
    }
  }

  private async outputs(context: PhaseContext): Promise<Record<string, unknown>> {
    const { exitCode } = await runPhase(context, {
      phase: 'finalize',
      arguments: ['output', '-json', '-no-color'],
      timeoutSeconds: OUTPUT_SECONDS,
      changesState: false,
    });
    const text = readFileSync(context.workdir.phase('finalize').stdout, 'utf8');
    if (exitCode !== 0) throw new Error(`terraform output ended with exit code ${exitCode}: ${text.slice(-500)}`);
    const open = Object.entries(outputsSchema.parse(JSON.parse(text))).filter(([, { sensitive }]) => !sensitive);
    return Object.fromEntries(open.map(([name, { value }]) => [name, value]));
  }
}

/** What cannot be deleted is said and no more: how the run ended is what counts, and the next run tries again. */
function tidyUp(workdir: RunWorkdir, watcher: StackRunWatcher): void {
  const problems: string[] = [];
  for (const remove of [
    () => {
      workdir.deletePlan();
    },
    () => {
      workdir.deleteVariables();
    },
    () => {
      workdir.deleteOldRuns();
    },
  ]) {
    try {
      remove();
    } catch (error) {
      problems.push(errorMessage(error));
    }
  }
  if (problems.length === 0) return;
  watcher.say(
    `Files of this run are left below ${workdir.directory}, and may hold secrets: ${problems.join('; ')}. Delete its saved plan (runs/*/plan.tfplan) and ${VARIABLES_FILE} there.`,
  );
}

function failed(failure: { code: string; message: string }): StackRunResult {
  return { status: 'failed', changes: [], outputs: {}, failure };
}
