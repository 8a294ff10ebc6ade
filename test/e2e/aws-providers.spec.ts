import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { AwsSimulator, describeWithAwsSimulator } from '../support/aws-simulator.js';
import { Scenario } from './support/scenario.js';
import { type Tenant } from './support/tenant.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/provider-lock.sh', import.meta.url));
const PATIENCE_MS = 120_000;
jest.setTimeout(2 * PATIENCE_MS);

describeWithAwsSimulator('a lock file of providers', () => {
  let aws: AwsSimulator;
  let scenario: Scenario;
  let lockFile: string;
  beforeAll(async () => {
    aws = AwsSimulator.start();
    lockFile = join(aws.directory, 'providers.lock.hcl');
    const environment = aws.serviceEnvironment();
    execFileSync(SCRIPT, [lockFile, environment.PS_TERRAFORM_PROVIDER_MIRROR!], {
      env: { ...process.env, PS_LOCK_PLATFORMS: `linux_${arch() === 'arm64' ? 'arm64' : 'amd64'}` },
      stdio: 'ignore',
    });
    scenario = await Scenario.start({ ...environment, PS_TERRAFORM_LOCK_FILE: lockFile }, PATIENCE_MS);
  });
  afterAll(async () => {
    await scenario.close();
    aws.stop();
  });

  it('is what clusters are built with, and is left as it is', async () => {
    const tenant = await scenario.addTenant('lock-lab', 'aws');
    await tenant.ask(1);
    await tenant.untilSettled(1);
    expect(readFileSync(tenant.workspace('.terraform.lock.hcl'), 'utf8')).toBe(readFileSync(lockFile, 'utf8'));
    expect(readFileSync(lockFile, 'utf8')).toMatch(/registry\.terraform\.io\/hashicorp\/aws"[^}]*h1:/s);
  });

  it('lets nothing be done with a provider that has another hash', async () => {
    const tampered = readFileSync(lockFile, 'utf8').replace(/"(h1|zh):[^"]*"/g, `"h1:${'A'.repeat(43)}="`);
    writeFileSync(lockFile, tampered);
    const tenant = await scenario.addTenant('tamper-lab', 'aws');
    aws.forgetCalls();
    await tenant.ask(1);
    const { id } = await tenant.untilRun('a refusal', ({ status }) => status === 'failed');
    expect(await tenant.shown(id)).toMatchObject({ failure: { code: 'terraform.provider_missing' } });
    expect(aws.calls()).toEqual([]);
  });
});

describeWithAwsSimulator('the provider of a run', () => {
  let aws: AwsSimulator;
  let scenario: Scenario;
  afterEach(async () => {
    await scenario.close();
    aws.stop();
  });

  const open = async (environment: Record<string, string> = {}): Promise<Tenant> => {
    scenario = await Scenario.start({ ...aws.imageEnvironment(), ...environment }, PATIENCE_MS);
    return scenario.addTenant('provider-lab', 'aws');
  };
  /** How many provider processes AWS has heard of since the last look. */
  const processes = (): number => {
    const pids = new Set(aws.calls().map(({ pid }) => pid));
    aws.forgetCalls();
    return pids.size;
  };
  const notes = (): Promise<unknown[]> =>
    scenario.fixtures.query(`SELECT message FROM run_log WHERE message LIKE '%a provider of its own%'`);

  it('is one process on a private socket, in however deep a directory, and none is left of it', async () => {
    aws = AwsSimulator.start();
    aws.listenOnSockets();
    const data = join(aws.directory, 'deep'.repeat(20));
    const tenant = await open({ PS_DATA_DIRECTORY: data, PS_TERRAFORM_SHARED_PROVIDER: 'socket' });
    await tenant.ask(1);
    await tenant.untilSettled(1);
    expect(processes()).toBe(1);
    await tenant.ask(2, 20);
    await tenant.untilSettled(2);
    expect(processes()).toBe(1);
    await tenant.release();
    await tenant.untilGone();
    expect(processes()).toBe(1);
    expect(await notes()).toEqual([]);
    expect(readdirSync(join(data, 'workspaces', tenant.id, 'tmp'))).toEqual([]);
  });

  it.each([
    ['it listens on a port and that is not allowed', { PS_TERRAFORM_SHARED_PROVIDER: 'socket' }, 1],
    ['the mirror is not trusted: somebody has to look at its hash', { PS_TERRAFORM_TRUST_MIRROR: 'false' }, 0],
  ])('belongs to each command where %s', async (_why, environment, told) => {
    aws = AwsSimulator.start();
    const tenant = await open(environment);
    await tenant.ask(1);
    await tenant.untilSettled(1);
    expect(processes()).toBeGreaterThan(1);
    expect(await notes()).toHaveLength(told);
  });
});
