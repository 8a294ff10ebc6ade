/**
 * What the old system runs to update a cluster: its SetUp, Update and Refresh, one after the other (contract of
 * the old server, section on its commands).
 */
const commandsIn = (workspace) => [
  ['init'],
  ['validate'],
  ['workspace', 'list'],
  ['workspace', 'select', workspace],
  ['apply', '-auto-approve'],
  ['state', 'list'],
  ['output'],
  ['refresh'],
  ['state', 'list'],
  ['output'],
];

const WORKSPACE = 'old-sequence';
const ONLY_WORKSPACE = 'default';

/** The old sequence by hand on a stack of ours, with a lock file with the provider's hashes. */
export class OldSequence {
  /**
   * `terraform` is a TerraformByHand in a directory of its own. With a MotoBucket the state is in a workspace there, as that
   * of the old system was in S3; without one it is a file.
   */
  constructor(terraform, bucket = null) {
    this.terraform = terraform;
    this.bucket = bucket;
  }

  /** Before the first update with a bucket, with any stack. */
  async selectWorkspace(stack) {
    this.terraform.workdir.write('cdk.tf.json', stack);
    this.terraform.workdir.write('backend_override.tf.json', this.bucket.backend());
    await this.terraform.command('init');
    await this.terraform.command('workspace', 'new', WORKSPACE);
  }

  /** Brings the cluster to this stack, the text of a cdk.tf.json; milliseconds in all, and of each command in turn. The first
   * time that builds the cluster. */
  async update(stack) {
    this.terraform.workdir.write('cdk.tf.json', stack);
    const commands = [];
    for (const argv of commandsIn(this.bucket ? WORKSPACE : ONLY_WORKSPACE))
      commands.push({ name: argv.join(' '), ms: await this.terraform.command(...argv) });
    return { totalMs: commands.reduce((total, { ms }) => total + ms, 0), commands };
  }
}
