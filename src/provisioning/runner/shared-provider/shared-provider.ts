import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Clock } from '../../../common/clock/clock.js';
import { type Redactor } from '../../logs/redactor.js';
import { ChangeWaiter } from '../change-waiter.js';
import { lastOutput } from '../last-output.js';
import { type PhaseFiles } from '../phase-files.js';
import { plainEntry } from '../plain-entry.js';
import { type RunJournal } from '../run-journal.js';
import { type RunWorkdir } from '../run-workdir.js';
import { isAtWork, killPhase } from '../supervised-command.js';
import { launchSupervised } from '../supervised-launch.js';
import {
  isWithin,
  parseHandshake,
  PROVIDER_ENVIRONMENT,
  type ProviderAddress,
  type ProviderReach,
  reattachment,
} from './handshake.js';
import { onlyInstalledProvider } from './installed-provider.js';
import { PROVIDER_SCRIPT } from './provider-script.js';

const POLL_MS = 250;
/** As long as Terraform waits for a provider it starts itself. */
const START_LIMIT_MS = 60_000;
const SHOWN_CHARACTERS = 200;

/** What it needs of the run it serves. */
export interface ServedRun {
  workdir: RunWorkdir;
  journal: Pick<RunJournal, 'log'>;
  redactor: Redactor;
  clock: Clock;
  /** The whole environment of the run's commands. */
  environment: Readonly<Record<string, string>>;
}

export interface SharingPolicy {
  /** `off`: every command starts its own. */
  reach: ProviderReach | 'off';
  /** How long a provider may live that nobody stops, because this service died and never came back. */
  lifetimeSeconds: number;
}

/** What can be said of it at a moment: how commands use it, why they cannot, or that it has not said yet where it listens. */
type Look = { variables: Record<string, string> } | { problem: string } | 'starting';

/**
 * One process of a run's provider for all its commands. Terraform starts a provider five times for a plan and an apply,
 * and a provider for AWS takes longer to start than the rest of a change of size. Terraform uses it by its documented
 * `TF_REATTACH_PROVIDERS`. Where that does not work, each command starts its own, as ever; nothing depends on it.
 *
 * It outlives this process as Terraform does, and whoever resumes the run finds it by its files.
 */
export class SharedProvider {
  private readonly files: PhaseFiles;
  private startedAtMs: number | null = null;
  /** How its supervisor ended, if this process started it. */
  private supervisorEnd: string | null = null;
  private isStopped = false;

  constructor(
    private readonly run: ServedRun,
    private readonly policy: SharingPolicy,
  ) {
    this.files = run.workdir.provider();
  }

  /** Once per run, when init is done. Waits for nothing. */
  start(): void {
    const { workdir, environment, clock } = this.run;
    if (this.policy.reach === 'off' || this.files.exists()) return;
    const installed = onlyInstalledProvider(workdir);
    if (installed === null) return;
    this.files.create();
    this.startedAtMs = clock.elapsedMs();
    const spec = {
      files: this.files,
      workingDirectory: workdir.directory,
      binary: '/bin/sh',
      arguments: ['-c', PROVIDER_SCRIPT, 'ps-provider', String(this.policy.lifetimeSeconds), installed.binary],
      environment: { ...environment, ...PROVIDER_ENVIRONMENT },
    };
    launchSupervised(spec, (how) => {
      this.supervisorEnd = how;
    });
  }

  /** What a command needs in its environment to use it; nothing when the command has to start its own. */
  async variables(): Promise<Record<string, string>> {
    if (this.isStopped || !this.files.exists()) return {};
    const look = await this.untilKnown((now) => now !== 'starting');
    if (look === 'starting' || 'problem' in look) {
      await this.giveUp(look === 'starting' ? 'It has not said where it listens.' : look.problem);
      return {};
    }
    return look.variables;
  }

  /** After a command that failed: what the provider wrote when it crashed is nowhere else. */
  async noteCrash(): Promise<void> {
    const exitCode = this.files.exitCode();
    if (this.isStopped || exitCode === null) return;
    await this.note('error', `The provider ended with exit code ${exitCode}: ${this.said()}`);
  }

  /** Nothing of it is left when this resolves. Call it only when no command of the run works any more. */
  async stop(): Promise<void> {
    if (this.isStopped || !this.files.exists()) return;
    // Before its supervisor has claimed it, nobody could find it to kill it.
    await this.untilKnown(() => this.files.recordedProcess() !== null);
    const line = this.files.firstLine();
    await killPhase(this.files, this.run.clock);
    const listensAt = line === null ? null : parseHandshake(line);
    if (listensAt !== null && this.isAllowed(listensAt, 'socket'))
      rmSync(resolve(this.run.workdir.directory, listensAt.address), { force: true });
    this.isStopped = true;
  }

  private async giveUp(problem: string): Promise<void> {
    await this.stop();
    // One of an earlier process is no news: that process is gone as well.
    if (this.startedAtMs === null) return;
    await this.note('warn', `Each command starts a provider of its own. ${problem}`);
  }

  private async untilKnown(isEnough: (look: Look) => boolean): Promise<Look> {
    const { clock } = this.run;
    const changes = new ChangeWaiter(this.files.directory, POLL_MS, clock);
    try {
      for (;;) {
        const look = this.look();
        const isLate = clock.elapsedMs() - (this.startedAtMs ?? -Infinity) > START_LIMIT_MS;
        if (isEnough(look) || isLate || (look !== 'starting' && 'problem' in look)) return look;
        await changes.next();
      }
    } finally {
      changes.close();
    }
  }

  private look(): Look {
    const recorded = this.files.recordedProcess();
    const isBeginning = recorded === null && this.startedAtMs !== null && this.supervisorEnd === null;
    if (!isBeginning && !isAtWork(this.files)) return { problem: `It ended: ${this.supervisorEnd ?? this.said()}` };
    const line = this.files.firstLine();
    if (recorded === null || line === null) return 'starting';
    const listensAt = parseHandshake(line);
    const { reach } = this.policy;
    const installed = onlyInstalledProvider(this.run.workdir);
    if (listensAt === null || installed === null || reach === 'off')
      return {
        problem: `It said "${this.run.redactor.text(line).slice(0, SHOWN_CHARACTERS)}", which is not how a provider says where it listens.`,
      };
    if (this.isAllowed(listensAt, reach)) return { variables: reattachment(installed.source, recorded.pid, listensAt) };
    return {
      problem: `It listens at ${listensAt.network} ${listensAt.address}, which others on this machine may reach; PS_TERRAFORM_SHARED_PROVIDER says what is used.`,
    };
  }

  private isAllowed(listensAt: ProviderAddress, reach: ProviderReach): boolean {
    return isWithin(listensAt, reach, this.run.environment.TMPDIR ?? '');
  }

  private said(): string {
    return lastOutput(this.files.stderr, this.run.redactor).text || 'it said nothing';
  }

  private note(level: 'warn' | 'error', message: string): Promise<void> {
    const entry = plainEntry(message, 'prepare', level, this.run.clock.now());
    return this.run.journal.log([entry], { output: `provider/${level}`, end: 1 });
  }
}
