import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findTerraform } from './terraform-available.js';
import { describeWhere } from './describe-where.js';

const BESIDE_THE_PROJECT = fileURLToPath(new URL('../../../shared/tools/aws-provider-sim', import.meta.url));
/** How long a deletion waits for what depends on it; the real provider waits for minutes. */
const PATIENCE_MS = '400';

/** A rule of what goes wrong; the first that applies strikes. */
export interface AwsFault {
  type?: string;
  op?: 'create' | 'read' | 'update' | 'delete' | 'plan' | 'import' | 'configure';
  /** Patterns by dotted attribute path. */
  match?: Record<string, string>;
  /** Only the nth matching call. */
  nth?: number;
  /** Let the call take effect first. */
  after?: boolean;
  delay_ms?: number;
  hang?: boolean;
  crash?: boolean;
  error?: string;
}

/** What look-ups of data sources find, by type. */
export type AwsFixtures = Record<
  string,
  { match?: Record<string, string>; attributes?: Record<string, unknown>; missing?: boolean; error?: string }[]
>;

export interface AwsCall {
  op: string;
  type: string;
  id?: string;
  ms: number;
  result: 'ok' | 'error';
  error?: string;
}

/**
 * The folder of the simulated AWS provider: `PS_AWS_PROVIDER_SIM`, or where it lies beside the project; null if it is
 * not there. With CI_REQUIRE_AWS_SIM set, a machine without it fails.
 */
export function findAwsSimulator(): string | null {
  const folder = process.env.PS_AWS_PROVIDER_SIM ?? BESIDE_THE_PROJECT;
  if (existsSync(join(folder, 'scripts/make-cli-config.mjs'))) return folder;
  if (process.env.CI_REQUIRE_AWS_SIM) {
    throw new Error(
      `CI_REQUIRE_AWS_SIM is set, but ${folder} has no AWS provider. Name its folder in PS_AWS_PROVIDER_SIM.`,
    );
  }
  return null;
}

/** `describe` where Terraform and the simulated provider are; elsewhere reported as skipped, with the reason. */
export const describeWithAwsSimulator = describeWhere(
  findTerraform() !== null && findAwsSimulator() !== null,
  'Terraform or the simulated AWS provider is not here',
);

/**
 * A simulated AWS account with a provider for real Terraform. Each has a directory of its own, so tests do not share
 * anything.
 */
export class AwsSimulator {
  private constructor(
    private readonly installation: string,
    readonly directory: string,
    /** What Terraform needs to find provider and account; more than one process may use it. */
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  static start(): AwsSimulator {
    const installation = installed();
    const directory = mkdtempSync(join(tmpdir(), 'ps-aws-'));
    const cliConfig = execFileSync(
      process.execPath,
      [join(installation, 'scripts/make-cli-config.mjs'), join(directory, 'cli')],
      { encoding: 'utf8' },
    );
    const simulator = new AwsSimulator(installation, directory, {
      TF_CLI_CONFIG_FILE: cliConfig.trim(),
      AWS_SIM_DIR: join(directory, 'account'),
      AWS_SIM_LOG: join(directory, 'calls.jsonl'),
      AWS_SIM_FAULTS: join(directory, 'faults.json'),
      AWS_SIM_FIXTURES: join(directory, 'fixtures.json'),
      AWS_SIM_PATIENCE_MS: PATIENCE_MS,
    });
    simulator.setFaults([]);
    simulator.setFixtures({});
    simulator.forgetCalls();
    return simulator;
  }

  /**
   * A service that builds its clusters in this account: the variables it starts with. Keys are invented; the simulator
   * asks for none.
   */
  serviceEnvironment(): Record<string, string> {
    const { TF_CLI_CONFIG_FILE: cliConfig = '', ...account } = this.environment;
    const [, mirror = ''] = /path = "([^"]+)"/.exec(readFileSync(cliConfig, 'utf8')) ?? [];
    return {
      ...account,
      PS_TERRAFORM_PROVIDER_MIRROR: mirror,
      PS_TERRAFORM_PASS_ENVIRONMENT: Object.keys(account).join(','),
      PS_AWS_CONTAINER_REPOSITORY: '123456789012.dkr.ecr.us-west-2.amazonaws.com',
      PS_AWS_DOMAIN: 'example.org',
      // The provider is simulated, the API is not; see AwsApi for both.
      PS_AWS_OBSERVE: 'false',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'invented-secret-access-key-for-tests',
    };
  }

  /** Forgets the account. */
  stop(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Holds for every call from now on, also of a Terraform that runs already. */
  setFaults(faults: readonly AwsFault[]): void {
    this.replace('faults.json', faults);
  }

  /** What is not told by fixtures is found in the account or made up. */
  setFixtures(fixtures: AwsFixtures): void {
    this.replace('fixtures.json', fixtures);
  }

  /** Every call of the provider since the start or `forgetCalls`, oldest first. */
  calls(matching: Partial<Pick<AwsCall, 'op' | 'type'>> = {}): AwsCall[] {
    const lines = readFileSync(join(this.directory, 'calls.jsonl'), 'utf8').split('\n').filter(Boolean);
    return lines
      .map((line) => JSON.parse(line) as AwsCall)
      .filter(({ op, type }) => (matching.op ?? op) === op && (matching.type ?? type) === type);
  }

  forgetCalls(): void {
    writeFileSync(join(this.directory, 'calls.jsonl'), '');
  }

  /** What the account has, as `type id`, in the order of creation. */
  async resources(): Promise<string[]> {
    const lines = (await this.control('list')).split('\n').filter(Boolean);
    return lines.map((line) => line.split('\t')).map(([type = '', , id = '']) => `${type} ${id}`);
  }

  /** All attributes of a resource, as AWS knows them. */
  async attributes(type: string, id: string): Promise<Record<string, unknown>> {
    return JSON.parse(await this.control('show', type, id)) as Record<string, unknown>;
  }

  /** Changes the account behind Terraform's back: `set TYPE ID NAME=VALUE`, `delete TYPE ID` or `reset`. */
  async control(...command: string[]): Promise<string> {
    const program = join(this.installation, 'src/ctl.js');
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...command], { env: this.environment });
    return stdout;
  }

  /** Renamed into place: a provider may be reading. */
  private replace(name: string, content: unknown): void {
    const file = join(this.directory, name);
    writeFileSync(`${file}.new`, JSON.stringify(content));
    renameSync(`${file}.new`, file);
  }
}

/** The simulator with its dependencies: in place if they are there, else a copy that outlives the test run. */
function installed(): string {
  const source = findAwsSimulator();
  if (source === null) throw new Error('The simulated AWS provider is not here. Use describeWithAwsSimulator.');
  if (existsSync(join(source, 'node_modules'))) return source;
  const files = readdirSync(source, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1))
    .sort();
  const copy = join(tmpdir(), `ps-aws-provider-sim-${fingerprint(source, files)}`);
  if (!existsSync(copy)) install(source, files, copy);
  return copy;
}

function fingerprint(source: string, files: string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(source, file)));
  return hash.digest('hex').slice(0, 16);
}

/** Made elsewhere and renamed, because other test processes may want the same; whoever comes second uses the first's. */
function install(source: string, files: string[], copy: string): void {
  const own = mkdtempSync(`${copy}.`);
  for (const file of files) {
    // Not copied as a tree: folders of the source may be read-only, and their copies would be too.
    mkdirSync(dirname(join(own, file)), { recursive: true });
    copyFileSync(join(source, file), join(own, file));
  }
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: own, stdio: 'ignore' });
  try {
    renameSync(own, copy);
  } catch (error) {
    rmSync(own, { recursive: true });
    if (!existsSync(copy)) throw error;
  }
}
