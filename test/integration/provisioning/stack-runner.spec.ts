import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemClock } from '../../../src/common/clock/clock.js';
import { loadConfig } from '../../../src/config/app-config.js';
import { TerraformBinary } from '../../../src/provisioning/runner/terraform-binary.js';
import { StackRunnerService } from '../../../src/provisioning/stack-runner.service.js';
import { type StackRunResult } from '../../../src/provisioning/stack-runs.types.js';
import { FakeTerraform } from '../../support/fake-terraform/fake-terraform.js';

const NAME = 'service-example.org';
const STACK = {
  files: { 'cdk.tf.json': '{}' },
  lockFile: null,
  variables: { password: 'secret-of-the-stack' },
  environment: {},
  secrets: ['secret-of-the-stack'],
};

describe('a stack that is no cluster', () => {
  let directory: string;
  let terraform: FakeTerraform;
  let lines: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-server-stack-'));
    terraform = new FakeTerraform(join(directory, 'bin'));
    lines = [];
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  const data = (...path: string[]): string => join(directory, 'data', ...path);

  function run(whileAsked: () => void = () => undefined): Promise<StackRunResult> {
    const config = loadConfig({ PS_DATA_DIRECTORY: data(), PS_TERRAFORM_BINARY: terraform.path });
    const runner = new StackRunnerService(config, new TerraformBinary(config), new SystemClock());
    const { signal } = new AbortController();
    return runner.run({ name: NAME, kind: 'update', isPlanOnly: false, signal }, STACK, {
      say: (line) => lines.push(line),
      plans: () => undefined,
      agreesTo: () => {
        whileAsked();
        return Promise.resolve(false);
      },
    });
  }

  it.each([
    ['the directory of all stacks', 'workspaces'],
    ['the directory of the stack', join('workspaces', NAME)],
    ['the directory of its runs', join('workspaces', NAME, 'runs')],
  ])('says what was wrong first when %s cannot be made', async (_what, path) => {
    mkdirSync(join(data(path), '..'), { recursive: true });
    // Something that is no directory is in the way of everybody, root as well.
    writeFileSync(data(path), '');
    const { status, failure } = await run();
    expect([status, failure?.code]).toEqual(['failed', 'runs.disk_failed']);
    expect(failure?.message).toMatch(/(ENOTDIR|EEXIST).*Make room or give access below PS_DATA_DIRECTORY/);
  });

  it('leaves neither plan nor variables behind', async () => {
    expect(await run()).toMatchObject({ status: 'canceled', failure: null });
    expect(existsSync(data('workspaces', NAME, 'terraform.tfvars.json'))).toBe(false);
    expect(lines.join('\n')).not.toContain('are left');
  });

  it('ends as it ended when its files cannot be deleted, and says which are left', async () => {
    const variables = data('workspaces', NAME, 'terraform.tfvars.json');
    const outcome = await run(() => {
      rmSync(variables);
      mkdirSync(join(variables, 'in-the-way'), { recursive: true });
    });
    expect(outcome).toMatchObject({ status: 'canceled', failure: null });
    expect(lines.at(-1)).toContain(`Files of this run are left below ${data('workspaces', NAME)}`);
    expect(lines.at(-1)).toContain('terraform.tfvars.json');
  });
});
