import { rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the old system runs to update a cluster: its SetUp, Update and Refresh, one after the other. It selects a
 * workspace as well, where ours is the only one.
 */
const COMMANDS = [
  ['init'],
  ['validate'],
  ['workspace', 'list'],
  ['apply', '-auto-approve'],
  ['state', 'list'],
  ['output'],
  ['refresh'],
  ['state', 'list'],
  ['output'],
];

/** The old sequence by hand on a stack of ours: state in a file, and a lock file with the provider's hashes. */
export class OldSequence {
  /** `terraform` is a TerraformByHand in a directory of its own. */
  constructor(terraform) {
    this.terraform = terraform;
  }

  /** What the lock file says of the provider is found out anew; needed when its package is another. */
  async forgetHashes() {
    rmSync(join(this.terraform.workdir.directory, '.terraform.lock.hcl'), { force: true });
    await this.terraform.command('init');
  }

  /** Brings the cluster to this stack, the text of a cdk.tf.json; milliseconds in all, and of each command in turn. The first
   * time that builds the cluster. */
  async update(stack) {
    this.terraform.workdir.write('cdk.tf.json', stack);
    const commands = [];
    for (const argv of COMMANDS) commands.push({ name: argv.join(' '), ms: await this.terraform.command(...argv) });
    return { totalMs: commands.reduce((total, { ms }) => total + ms, 0), commands };
  }
}
