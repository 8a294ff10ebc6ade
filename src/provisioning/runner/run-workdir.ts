import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type RunPhase } from '../provisioning.types.js';
import { PhaseFiles } from './phase-files.js';

const FENCE_FILE = 'fence';
export const LOCK_FILE = '.terraform.lock.hcl';
export const VARIABLES_FILE = 'terraform.tfvars.json';
const OF = '@';
const PROVIDER = 'provider';
/** Directories of finished runs that are kept for whoever investigates; the newest of those that did not succeed. */
const KEPT_RUNS = 5;

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

  /** `cliConfig` is what Terraform is told of this installation, such as where its providers are. */
  create(cliConfig: string): void {
    for (const directory of [this.home, this.temporary, this.runDirectory])
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(this.directory, 0o700);
    this.write('cli.tfrc', cliConfig);
  }

  /** A phase that has a command for each of several subjects has a directory for each. */
  phase(name: RunPhase, subject?: string): PhaseFiles {
    return new PhaseFiles(join(this.runDirectory, subject === undefined ? name : `${name}${OF}${subject}`));
  }

  /** Subjects of the phase that have a directory. */
  subjects(phase: RunPhase): string[] {
    const prefix = `${phase}${OF}`;
    return this.startedPhases()
      .map(({ directory }) => basename(directory))
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
  }

  /** The process that serves the commands of all phases; it is none itself. */
  provider(): PhaseFiles {
    return new PhaseFiles(join(this.runDirectory, PROVIDER));
  }

  /** Phases of this run that have a directory. */
  startedPhases(): PhaseFiles[] {
    if (!existsSync(this.runDirectory)) return [];
    return readdirSync(this.runDirectory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== PROVIDER)
      .map(({ name }) => new PhaseFiles(join(this.runDirectory, name)));
  }

  /** All of it or nothing: a crash, or a full disk, never leaves half a file. */
  write(relativePath: string, content: string | Buffer): void {
    const path = join(this.directory, relativePath);
    const draft = `${path}.new`;
    writeFileSync(draft, content, { mode: 0o600 });
    renameSync(draft, path);
  }

  /** Text of a file of the configuration. */
  read(relativePath: string): string {
    return readFileSync(join(this.directory, relativePath), 'utf8');
  }

  /** Null when there is no such file. */
  readIfThere(relativePath: string): string | null {
    return existsSync(join(this.directory, relativePath)) ? this.read(relativePath) : null;
  }

  delete(relativePath: string): void {
    rmSync(join(this.directory, relativePath), { force: true });
  }

  /** The fence of the last run that worked here; 0 before the first. */
  fence(): bigint {
    const path = join(this.directory, FENCE_FILE);
    return existsSync(path) ? BigInt(readFileSync(path, 'utf8')) : 0n;
  }

  writeFence(fencingToken: string): void {
    this.write(FENCE_FILE, fencingToken);
  }

  /** Moves a file where Terraform does not look; returns where it is now. */
  keepAside(path: string, name: string): string {
    const directory = join(this.directory, 'recovered');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    renameSync(path, join(directory, name));
    return join(directory, name);
  }

  /** A saved plan holds variables and the whole state in clear. */
  deletePlan(): void {
    rmSync(this.planFile, { force: true });
  }

  /** Variables may be secrets; what is to run again gets them again. */
  deleteVariables(): void {
    this.delete(VARIABLES_FILE);
  }

  /** The run's own files; its log and state are stored durably by then. */
  deleteRunDirectory(): void {
    rmSync(this.runDirectory, { recursive: true, force: true });
  }

  /** Everything but the stored versions of the state: the next run begins as the first one did. */
  deleteAll(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs that fail for ever must not fill the disk. */
  deleteOldRuns(): void {
    const runs = dirname(this.runDirectory);
    if (!existsSync(runs)) return;
    const newestFirst = readdirSync(runs)
      .map((name) => ({ path: join(runs, name), changedAt: statSync(join(runs, name)).mtimeMs }))
      .sort((a, b) => b.changedAt - a.changedAt);
    for (const { path } of newestFirst.slice(KEPT_RUNS)) rmSync(path, { recursive: true, force: true });
  }
}
