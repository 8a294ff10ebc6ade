import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type SynthesisedStack } from '../targets/target.js';
import { LOCK_FILE, type RunWorkdir, VARIABLES_FILE } from './run-workdir.js';

const INITIALISED_MARKER = join('.terraform', 'ps-initialised');

/** Writes the configuration. The files belong to the run, so they are written anew for each. */
export function writeStack(workdir: RunWorkdir, stack: SynthesisedStack): void {
  for (const [path, text] of Object.entries(stack.files)) workdir.write(path, text);
  workdir.write(VARIABLES_FILE, JSON.stringify(stack.variables));
}

/**
 * Whether `terraform init` has been done for what init depends on: providers, backend and version requirements, the
 * lock file and the binary. Resources do not matter to it, so growing a cluster needs no init.
 */
export class Initialisation {
  private readonly digest: string;
  private readonly lockFile: string | null;

  constructor(
    private readonly workdir: RunWorkdir,
    stack: SynthesisedStack,
    binaryIdentity: string,
    private readonly isMirrorTrusted = false,
  ) {
    const configuration = Object.entries(stack.files)
      .sort()
      .map(([path, text]) => [path, initRelevant(path, text)]);
    this.lockFile = stack.lockFile;
    this.digest = createHash('sha256')
      .update(JSON.stringify([configuration, binaryIdentity, ...(this.lockFile === null ? [] : [this.lockFile])]))
      .digest('hex');
  }

  /** What init is told besides: a lock file that is given is law. */
  get options(): string[] {
    return this.lockFile === null ? [] : ['-lockfile=readonly'];
  }

  /**
   * Before an init: the lock file that is given takes the place of the one there. Without one, and with a trusted mirror,
   * our own goes, because it pins versions the stack may have left behind and has no hashes that would protect anything.
   */
  begin(): void {
    if (this.lockFile !== null) this.workdir.write(LOCK_FILE, this.lockFile);
    else if (this.isMirrorTrusted) rmSync(join(this.workdir.directory, LOCK_FILE), { force: true });
  }

  isDone(): boolean {
    const marker = join(this.workdir.directory, INITIALISED_MARKER);
    return existsSync(marker) && readFileSync(marker, 'utf8') === this.digestWithLock();
  }

  markDone(): void {
    // Every Terraform command hashes each provider in the lock file anew, half a second for a large one.
    if (this.isMirrorTrusted) this.dropHashes();
    mkdirSync(join(this.workdir.directory, '.terraform'), { recursive: true, mode: 0o700 });
    this.workdir.write(INITIALISED_MARKER, this.digestWithLock());
  }

  /** What was installed may be broken: the next run does it again. */
  forget(): void {
    rmSync(join(this.workdir.directory, INITIALISED_MARKER), { force: true });
  }

  private dropHashes(): void {
    const path = join(this.workdir.directory, LOCK_FILE);
    if (!existsSync(path)) return;
    const text = readFileSync(path, 'utf8').replace(/^ *hashes *= *\[[^\]]*\]\n/gm, '');
    this.workdir.write(LOCK_FILE, text);
  }

  private digestWithLock(): string {
    const lock = join(this.workdir.directory, LOCK_FILE);
    return `${this.digest} ${existsSync(lock) ? createHash('sha256').update(readFileSync(lock)).digest('hex') : 'no lock file'}`;
  }
}

function initRelevant(path: string, text: string): unknown {
  if (!path.endsWith('.tf.json')) return text;
  const { terraform, provider, module } = JSON.parse(text) as Record<string, unknown>;
  return { terraform, provider, module };
}
