import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type RunPhase } from '../provisioning.types.js';
import { PhaseFiles } from './phase-files.js';

const CLI_CONFIG = 'disable_checkpoint = true\n';

/**
 * Where Terraform works for one organization. The directory stays the same for all its runs, because saved plans hold
 * absolute paths; each run has a directory of its own below it. Everything is private to the service's user.
 */
export class RunWorkdir {
  readonly directory: string;
  readonly home: string;
  readonly temporary: string;
  readonly cliConfig: string;
  readonly state: string;
  readonly erroredState: string;
  readonly planFile: string;
  private readonly runDirectory: string;

  constructor(dataDirectory: string, organizationId: string, runId: string) {
    this.directory = resolve(dataDirectory, 'workspaces', organizationId);
    this.home = join(this.directory, 'home');
    this.temporary = join(this.directory, 'tmp');
    this.cliConfig = join(this.directory, 'cli.tfrc');
    this.state = join(this.directory, 'terraform.tfstate');
    this.erroredState = join(this.directory, 'errored.tfstate');
    this.runDirectory = join(this.directory, 'runs', runId);
    this.planFile = join(this.runDirectory, 'plan.tfplan');
  }

  create(): void {
    for (const directory of [this.home, this.temporary, this.runDirectory])
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(this.directory, 0o700);
    this.write('cli.tfrc', CLI_CONFIG);
  }

  phase(name: RunPhase): PhaseFiles {
    return new PhaseFiles(join(this.runDirectory, name));
  }

  /** Phases of this run that have a directory. */
  startedPhases(): PhaseFiles[] {
    if (!existsSync(this.runDirectory)) return [];
    return readdirSync(this.runDirectory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => new PhaseFiles(join(this.runDirectory, name)));
  }

  write(relativePath: string, text: string): void {
    writeFileSync(join(this.directory, relativePath), text, { mode: 0o600 });
  }

  /** A saved plan holds variables and the whole state in clear. */
  deletePlan(): void {
    rmSync(this.planFile, { force: true });
  }

  /** The run's own files; its log and state are stored durably by then. */
  deleteRunDirectory(): void {
    rmSync(this.runDirectory, { recursive: true, force: true });
  }
}
