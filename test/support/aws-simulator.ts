import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  asInTheImage,
  awsAccountEnvironment,
  awsProviderFolder,
  awsServiceEnvironment,
  findAwsProvider,
  findProviderIn,
  installedAwsProvider,
} from './aws-provider.mjs';
import { findTerraform } from './terraform-available.js';
import { describeWhere } from './describe-where.js';

const SOCKET_PROVIDER = fileURLToPath(new URL('socket-provider.mjs', import.meta.url));

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
  /** Of the provider. */
  pid: number;
  op: string;
  type: string;
  id?: string;
  ms: number;
  result: 'ok' | 'error';
  error?: string;
}

/** The folder of the simulated AWS provider, or null; with CI_REQUIRE_AWS_SIM set, a machine without it fails. */
export function findAwsSimulator(): string | null {
  const folder = findAwsProvider();
  if (folder === null && process.env.CI_REQUIRE_AWS_SIM) {
    throw new Error(
      `CI_REQUIRE_AWS_SIM is set, but ${awsProviderFolder()} has no AWS provider. Name its folder in PS_AWS_PROVIDER_SIM.`,
    );
  }
  return folder;
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
    const source = findAwsSimulator();
    if (source === null) throw new Error('The simulated AWS provider is not here. Use describeWithAwsSimulator.');
    const installation = installedAwsProvider(source);
    const directory = mkdtempSync(join(tmpdir(), 'ps-aws-'));
    const simulator = new AwsSimulator(installation, directory, {
      ...awsAccountEnvironment(installation, directory),
      AWS_SIM_LOG: join(directory, 'calls.jsonl'),
      AWS_SIM_FAULTS: join(directory, 'faults.json'),
      AWS_SIM_FIXTURES: join(directory, 'fixtures.json'),
    });
    simulator.setFaults([]);
    simulator.setFixtures({});
    simulator.forgetCalls();
    return simulator;
  }

  /** Another account that has what this one has, its calls, faults and fixtures included. */
  copy(): AwsSimulator {
    const copy = AwsSimulator.start();
    for (const name of ['account', 'calls.jsonl', 'faults.json', 'fixtures.json']) {
      const source = join(this.directory, name);
      if (existsSync(source)) cpSync(source, join(copy.directory, name), { recursive: true });
    }
    return copy;
  }

  /** The variables a service starts with that builds its clusters in this account. */
  serviceEnvironment(): Record<string, string> {
    return awsServiceEnvironment(this.environment);
  }

  /** The same for a service as it is in the image. */
  imageEnvironment(): Record<string, string> {
    return asInTheImage(this.serviceEnvironment());
  }

  /** Forgets the account. */
  stop(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** From now on its providers listen on a socket, as true ones do. Before the first Terraform. */
  listenOnSockets(): void {
    const launcher = findProviderIn(this.serviceEnvironment().PS_TERRAFORM_PROVIDER_MIRROR!);
    const onPort = `${launcher}.port`;
    renameSync(launcher, onPort);
    writeFileSync(launcher, `#!/bin/sh\nexec '${process.execPath}' '${SOCKET_PROVIDER}' '${onPort}'\n`, {
      mode: 0o755,
    });
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
