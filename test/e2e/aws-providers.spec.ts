import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { AwsSimulator, describeWithAwsSimulator } from '../support/aws-simulator.js';
import { Scenario } from './support/scenario.js';

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
