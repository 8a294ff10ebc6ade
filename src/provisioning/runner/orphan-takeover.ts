import { DomainError } from '../../common/errors/domain-error.js';
import { type Orphan, type StateResource } from '../orphans/match-orphans.js';
import { type Findings, type OrphanSearch } from '../orphans/orphan-search.js';
import { type RunLogEntry } from '../provisioning.types.js';
import { readStateFile, recordedResources } from '../state/state-file.js';
import { plainEntry } from './plain-entry.js';
import { type PhaseContext, runPhase } from './phase-runner.js';
import { type PhaseEnding, stopped } from './run-failure.js';
import { type ClaimedRun } from './run-journal.js';
import { type BeforePlan } from './run-steps.js';

const SEARCH_OUTPUT = 'import/search';

/**
 * Takes what exists and no state knows into the state, before anything is planned: made a second time it would fail
 * or cost twice, and a destroy would leave it behind. What a plan of the run then says of it is Terraform's business.
 */
export class OrphanTakeover implements BeforePlan {
  hasNothingFound = false;

  constructor(
    private readonly run: ClaimedRun,
    private readonly context: PhaseContext,
    private readonly search: OrphanSearch,
    private readonly timeoutSeconds: number,
  ) {}

  /** Null when the run may go on. A run that changes nothing only reports what it finds. */
  async carryOut(): Promise<PhaseEnding | null> {
    const { workdir, interrupt } = this.context;
    if (workdir.phase('plan').exists()) return null;
    const findings = await this.find();
    this.hasNothingFound = findings !== null && findings.orphans.length === 0 && findings.lost.length === 0;
    const { orphans } = findings ?? { orphans: [] };
    if (this.run.isPlanOnly) return null;
    for (const { address, id, importId = id } of orphans) {
      // One that an earlier process began is waited for in any case: two commands must not work on one state.
      if (address === null || (interrupt.requested && !workdir.phase('import', address).exists())) continue;
      await this.take(address, importId);
    }
    if (orphans.length > 0) await this.context.journal.foundOrphans(this.left(orphans));
    return interrupt.requested ? stopped('import', interrupt.requested) : null;
  }

  /** A failure is in the log and no end of the run: the plan shows what is missing, and the next run looks again. */
  private async take(address: string, id: string): Promise<void> {
    await runPhase(this.context, {
      phase: 'import',
      subject: address,
      arguments: ['import', '-input=false', '-no-color', address, id],
      timeoutSeconds: this.timeoutSeconds,
      changesState: true,
    });
  }

  /** Null when the target does not tell: whoever may not look for orphans can still build and remove clusters. */
  private async find(): Promise<Findings | null> {
    const { workdir, journal } = this.context;
    try {
      const findings = await this.search.find(this.run, workdir.read('cdk.tf.json'), this.recorded());
      await journal.foundOrphans(findings.orphans);
      const notes = findings.orphans.map((orphan) => this.warning(describe(orphan)));
      if (notes.length > 0) await journal.log(notes, { output: SEARCH_OUTPUT, end: 1 });
      return findings;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const note = this.warning(`What is in no state could not be looked for: ${error.message}`);
      await journal.log([note], { output: SEARCH_OUTPUT, end: 1 });
      return null;
    }
  }

  /** Those the state has not got meanwhile. */
  private left(orphans: readonly Orphan[]): Orphan[] {
    const recorded = this.recorded();
    return orphans.filter(({ type, id }) => !recorded.some((known) => known.type === type && known.id === id));
  }

  private recorded(): StateResource[] {
    const { state: path } = this.context.workdir;
    const state = readStateFile(path);
    return state === null ? [] : recordedResources(state, path);
  }

  private warning(message: string): RunLogEntry {
    return plainEntry(message, 'import', 'warn', this.context.clock.now());
  }
}

function describe({ type, id, name, address }: Orphan): string {
  const what = `${type} ${id}${name === null || name === id ? '' : ` (${name})`} exists and is in no state`;
  if (address !== null) return `${what}: left by a run that was killed; it belongs at ${address}.`;
  return `${what}, and the configuration has no place for it. Look at it and delete it, or forget it under /admin/orphans.`;
}
