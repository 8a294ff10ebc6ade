import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { AwsSimulator, describeWithAwsSimulator } from '../support/aws-simulator.js';
import { FakeSecrets } from '../support/fake-secrets.js';
import { type Outcome, outcomeOf } from './support/process-outcome.js';

const DOMAIN = 'example.org';
const SECRETS = { service: `${DOMAIN}/ps-server`, database: `${DOMAIN}/ps-server-database` };
const REPOSITORY = '123456789012.dkr.ecr.us-west-2.amazonaws.com/ps-server';
const imageOf = (digit: string): string => `${REPOSITORY}@sha256:${digit.repeat(64)}`;
const WEB_TASK = 'aws_ecs_task_definition.ps-web';

/** A command runs three times Terraform with more than a hundred resources. */
jest.setTimeout(300_000);

describeWithAwsSimulator('psctl deploy', () => {
  let aws: AwsSimulator;
  let secrets: FakeSecrets;
  let directory: string;
  let settingsFile: string;
  beforeAll(async () => {
    aws = AwsSimulator.start();
    secrets = await FakeSecrets.start();
    directory = mkdtempSync(join(tmpdir(), 'ps-deploy-'));
    settingsFile = join(directory, 'settings.yml');
    write({});
  });
  afterAll(async () => {
    await secrets.stop();
    aws.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (database: object): void => {
    const settings = { image: imageOf('a'), clusters: { containerRepository: REPOSITORY }, database };
    writeFileSync(settingsFile, `# what is deployed\n${JSON.stringify(settings)}\n`);
  };
  const deploy = (action: string, ...options: string[]): Promise<Outcome> =>
    outcomeOf(
      'psctl',
      { ...aws.serviceEnvironment(), AWS_ENDPOINT_URL: secrets.endpoint, PS_DATA_DIRECTORY: join(directory, 'data') },
      ['deploy', action, '--domain', DOMAIN, '--file', settingsFile, '--json', ...options],
    );
  const must = async (...command: [string, ...string[]]): Promise<{ changes: Change[]; outputs: Outputs }> => {
    const { exitCode, stdout, stderr } = await deploy(...command);
    if (exitCode !== 0) throw new Error(`deploy ${command.join(' ')} ended with ${String(exitCode)}: ${stderr}`);
    return JSON.parse(stdout) as { changes: Change[]; outputs: Outputs };
  };
  /** What is left on this disk after a command. */
  const leftovers = (): string =>
    readdirSync(join(directory, 'data'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');

  it('makes the secrets of a domain once, and tells no value of them', async () => {
    const refused = await deploy('plan');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain(`psctl deploy secrets --domain ${DOMAIN}`);
    const first = await deploy('secrets');
    expect(JSON.parse(first.stdout)).toEqual({ created: Object.values(SECRETS), kept: [] });
    const made = [...secrets.secrets.values()].map(({ text }) => JSON.parse(text) as Record<string, string>);
    expect(made[0]).toMatchObject({ PS_JWT_SECRET: expect.stringMatching(/^[\w-]{64}$/) as string });
    for (const value of made.flatMap((secret) => Object.values(secret)).filter((text) => text.length > 12))
      expect(first.stdout + first.stderr).not.toContain(value);
    const before = new Map(secrets.secrets);
    expect(JSON.parse((await deploy('secrets')).stdout)).toEqual({ created: [], kept: Object.values(SECRETS) });
    expect(secrets.secrets).toEqual(before);
  });

  it('plans without a change, asks before it applies, and then has nothing left to do', async () => {
    const { password } = JSON.parse(secrets.secrets.get(SECRETS.database)!.text) as { password: string };
    const planned = await deploy('plan');
    expect(planned.exitCode).toBe(2);
    const { changes } = JSON.parse(planned.stdout) as { changes: Change[] };
    expect(changes.length).toBeGreaterThan(100);
    expect(await aws.resources()).toEqual([]);

    const unasked = await deploy('apply');
    expect(unasked.exitCode).toBe(3);
    expect(unasked.stderr).toContain('give --yes');
    expect(await aws.resources()).toEqual([]);

    const { outputs } = await must('apply', '--yes');
    expect(outputs).toMatchObject({
      url: 'https://ps.example.org',
      ecs_cluster: 'ps-example',
      ecs_web_service: 'ps-web',
    });
    expect(await aws.resources()).toHaveLength(changes.length);
    const again = await deploy('plan');
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ status: 'no_changes', changes: [] });
    expect(await must('apply')).toMatchObject({ changes: [], outputs });
    for (const text of [planned.stdout, planned.stderr, leftovers()]) expect(text).not.toContain(password);
  });

  it('changes with another image only what runs it, and with another password only the database', async () => {
    const { changes } = await must('apply', '--yes', '--image', imageOf('b'));
    const touched = changes.map(({ address }) => address);
    expect(touched).toEqual(expect.arrayContaining([WEB_TASK, 'aws_ecs_service.ps-web', 'aws_ecs_service.ps-worker']));
    expect(touched.filter((address) => !/^aws_ecs_(task_definition|service)\./.test(address))).toEqual([]);

    secrets.put(SECRETS.database, JSON.stringify({ username: 'ps_server', password: 'another-password-of-it' }));
    const rotated = await must('apply', '--yes', '--image', imageOf('b'));
    expect(rotated.changes).toEqual([
      expect.objectContaining({ address: 'aws_db_instance.service', action: 'update' }),
    ]);
  });

  it('refuses what cannot work before it touches anything', async () => {
    const resources = await aws.resources();
    const problems = await deploy('plan', '--image', `${REPOSITORY}:latest`);
    expect(problems).toMatchObject({ exitCode: 1, stdout: '' });
    expect(problems.stderr).toContain('image: must name an image by its digest');
    expect(await deploy('destroy', '--confirm', DOMAIN)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('is protected') as string,
    });
    expect(await deploy('destroy', '--confirm', 'example.com')).toMatchObject({ exitCode: 2 });
    secrets.isForbidden = true;
    expect((await deploy('plan')).stderr).toContain('is not authorized to perform: GetSecretValue');
    secrets.isForbidden = false;
    expect(await aws.resources()).toEqual(resources);
  });

  it('goes on after an apply that failed half-way', async () => {
    write({ isProtected: false });
    aws.setFaults([{ type: 'aws_lb', op: 'update', error: 'AccessDenied: not authorized to perform this' }]);
    const failed = await deploy('apply', '--yes');
    expect(failed).toMatchObject({ exitCode: 1, stdout: '' });
    expect(failed.stderr).toContain('AccessDenied');
    aws.setFaults([]);
    const { changes } = await must('apply', '--yes');
    expect(changes.map(({ address }) => address)).toContain('aws_lb.service');
    expect((await deploy('plan')).exitCode).toBe(0);
  });

  it('takes everything down when it is told the domain once more', async () => {
    const unasked = await deploy('destroy');
    expect(unasked.exitCode).toBe(3);
    expect(unasked.stderr).toContain(`--confirm ${DOMAIN}`);
    await must('destroy', '--confirm', DOMAIN);
    expect(await aws.resources()).toEqual([]);
  });
});

interface Change {
  address: string;
  action: string;
}
type Outputs = Record<string, string>;
