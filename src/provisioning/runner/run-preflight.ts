import { DomainError } from '../../common/errors/domain-error.js';
import { type CheckedAction, type PreflightReport } from '../../aws/preflight.types.js';
import { type RunLogEntry } from '../provisioning.types.js';
import { type TargetSynthesizer } from '../targets/target-synthesizer.js';
import { type PhaseContext } from './phase-runner.js';
import { plainEntry } from './plain-entry.js';
import { type PhaseEnding } from './run-failure.js';
import { type ClaimedRun } from './run-journal.js';

const OUTPUT = 'preflight/report';
const NAMED = 5;

/** What a denial does: end the run, or no more than stand in its log; `off` asks nothing. */
export type PreflightMode = 'block' | 'warn' | 'off';

/**
 * Looks, before a cluster is built or changed, whether the credentials may do everything that takes: a permission that is
 * missing half-way leaves half a cluster. A cluster is taken down in any case.
 */
export class RunPreflight {
  constructor(
    private readonly run: ClaimedRun,
    private readonly context: PhaseContext,
    private readonly synthesizer: TargetSynthesizer,
    private readonly mode: PreflightMode,
  ) {}

  /** Null when the run may go on. */
  async carryOut(): Promise<PhaseEnding | null> {
    const { workdir } = this.context;
    if (this.mode === 'off' || this.run.kind !== 'update' || workdir.phase('plan').exists()) return null;
    const report = await this.report();
    const denied = report?.actions.filter(({ verdict }) => verdict === 'denied') ?? [];
    if (report === null || denied.length === 0) return null;
    await this.note(denied.map((action) => this.entry(describe(action), 'error')));
    if (this.mode === 'warn') return null;
    return { ending: 'failed', failure: { code: 'aws.permission_denied', message: failureMessage(report, denied) } };
  }

  /** Null when nothing can be said; whoever may not ask what it may do can still try. */
  private async report(): Promise<PreflightReport | null> {
    const { workdir } = this.context;
    try {
      const report = await this.synthesizer.preflight(this.run.inputs, workdir.read('cdk.tf.json'), 'build');
      const unknown = report?.actions.filter(({ verdict }) => verdict === 'unknown') ?? [];
      const [first] = unknown;
      if (first)
        await this.note([
          this.entry(`Whether ${unknown.length} actions are allowed is not known: ${first.why}.`, 'info'),
        ]);
      return report;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.note([this.entry(`Whether this is allowed could not be found out: ${error.message}`, 'info')]);
      return null;
    }
  }

  private note(entries: RunLogEntry[]): Promise<void> {
    return this.context.journal.log(entries, { output: OUTPUT, end: 1 });
  }

  private entry(message: string, level: RunLogEntry['level']): RunLogEntry {
    return plainEntry(message, 'prepare', level, this.context.clock.now());
  }
}

function describe({ action, why, resources, addresses }: CheckedAction): string {
  return `${action} on ${resources.join(', ')} is denied: ${why}. Needed by ${addresses.join(', ')}.`;
}

function failureMessage({ principal, missing }: PreflightReport, denied: readonly CheckedAction[]): string {
  const named = denied.slice(0, NAMED).map(({ action }) => action);
  const more = denied.length > NAMED ? ` and ${denied.length - NAMED} more` : '';
  const why = denied[0]?.why ?? '';
  const advice =
    missing.length === 0
      ? 'Have it allowed by whoever keeps those policies'
      : `Add to its policies: ${JSON.stringify(missing)}`;
  return `The credentials of this service (${principal}) may not do everything a cluster needs: ${named.join(', ')}${more} (${why}). Nothing was changed. ${advice}, or set PS_AWS_PREFLIGHT=warn to try all the same.`;
}
