import { type ExecReport } from '../../../src/operations/ecs-exec/ecs-exec.types.js';
import { EcsWorld, SECRETS } from '../../support/ecs-world.js';
import { type FakeEcs, TASK_ARN, TASK_ID } from '../../support/fake-ecs.js';
import { type Outcome } from '../../support/psctl-in-process.js';

describe('psctl ecs', () => {
  let world: EcsWorld;
  let ecs: FakeEcs;
  beforeEach(async () => {
    world = await EcsWorld.start();
    ({ ecs } = world);
  });
  afterEach(() => world.stop());

  const psctl = (...words: string[]): Promise<Outcome> => world.psctl(...words);

  describe('check', () => {
    const reportOf = ({ stdout }: Outcome) => JSON.parse(stdout) as ExecReport;

    it('reports what it may not look at as unknown, with the permission, and does not fail for that', async () => {
      const outcome = await psctl('check', '--json');
      const { checks, summary, target } = reportOf(outcome);
      const status = Object.fromEntries(checks.map(({ id, status: found }) => [id, found]));
      expect(status).toMatchObject({
        ...{
          'exec.client.plugin': 'pass',
          'exec.cluster': 'pass',
          'exec.client.clock': 'pass',
          'exec.task.pick': 'pass',
          'exec.container.agent': 'pass',
        },
        ...{ 'exec.role.trust': 'unknown', 'exec.audit.sink': 'unknown', 'exec.caller.execute': 'unknown' },
      });
      expect(checks.find(({ id }) => id === 'exec.caller.execute')!.evidence.permission).toBe(
        'iam:SimulatePrincipalPolicy',
      );
      expect(checks.find(({ id }) => id === 'exec.role.trust')!.evidence.permission).toBe('iam:GetRole');
      expect([summary.fail, outcome.exitCode]).toEqual([0, 0]);
      expect(target).toEqual({
        cluster: 'ps-lab',
        service: 'ps-web',
        task: null,
        container: 'ps-web',
        region: 'us-west-2',
      });
      expect((await psctl('check', '--strict')).exitCode).toBe(2);
    });

    it('ends with 1 when something is wrong, and says what to do', async () => {
      world.change('DescribeServices', 'services', { enableExecuteCommand: false });
      const outcome = await psctl('check');
      expect(outcome.exitCode).toBe(1);
      expect(outcome.stdout).toMatch(/FAIL {2}exec\.service\.flag .*\n\s+-> Set enableExecuteCommand/);
    });

    it('takes the names of a domain, or what is said', async () => {
      await psctl('check', '--domain', 'testsliderule.org', '--json');
      expect(ecs.inputs('DescribeServices')[0]).toMatchObject({ cluster: 'ps-testsliderule', services: ['ps-web'] });
      const { target } = reportOf(
        await psctl('check', '--cluster', 'c', '--task', TASK_ID, '--container', 'x', '--json'),
      );
      expect(target).toMatchObject({ cluster: 'c', service: null, task: TASK_ID, container: 'x' });
      expect((await psctl('check', '--domain', 'no domain')).exitCode).toBe(252);
      Reflect.deleteProperty(process.env, 'PS_ECS_CLUSTER');
      expect(await psctl('check')).toMatchObject({
        exitCode: 252,
        stderr: expect.stringContaining('PS_ECS_CLUSTER') as unknown,
      });
    });

    it.each([
      ['ExpiredTokenException', 253, 'Log in again'],
      ['UnrecognizedClientException', 253, 'does not take these credentials'],
      ['InternalFailure', 254, 'AWS was asked'],
    ])(
      'ends for %s with %i',
      async (refusal, exitCode, text) => {
        ecs.refusal = refusal;
        const outcome = await psctl('check', '--json');
        expect(outcome).toMatchObject({ exitCode, stdout: '' });
        expect((JSON.parse(outcome.stderr) as { error: string }).error).toContain(text);
      },
      30_000,
    );

    it('ends with 253 when there are no credentials', async () => {
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
        Reflect.deleteProperty(process.env, name);
      expect(await psctl('check')).toMatchObject({
        exitCode: 253,
        stderr: expect.stringContaining('no usable AWS credentials') as unknown,
      });
    });

    it('shows no secret', async () => {
      const { stdout, stderr } = await psctl('check', '--json');
      expect(stdout + stderr).not.toMatch(SECRETS);
    });
  });

  it('opens a prompt as the user of the application', async () => {
    const outcome = await psctl('shell', '--user', 'root');
    expect(outcome.exitCode).toBe(0);
    expect(ecs.inputs('ExecuteCommand')[0]!.command).toMatch(/^'\/bin\/sh' '-c' .* 'sh' 'root'$/s);
    await psctl('shell');
    expect(ecs.inputs('ExecuteCommand')[1]!.command).toMatch(/'sh' 'reg_user'$/);
  });

  describe('task', () => {
    beforeEach(() => {
      const stopped = { taskArn: TASK_ARN, lastStatus: 'STOPPED', containers: [{ name: 'ps-web', exitCode: 3 }] };
      ecs.answers.set('RunTask', { tasks: [{ taskArn: TASK_ARN, lastStatus: 'PROVISIONING' }] });
      ecs.answers.set('DescribeTasks', { tasks: [stopped] });
      ecs.answers.set('GetLogEvents', { events: [{ message: 'first' }, { message: 'last' }] });
    });

    it('runs a command in a task like those of the service, and ends with its exit code', async () => {
      const outcome = await psctl('task', '--', 'psctl', 'list-orgs', '--json');
      expect(outcome).toMatchObject({ exitCode: 3, stdout: 'first\nlast\n' });
      expect(outcome.stderr).toMatch(/PROVISIONING\nSTOPPED\nTask \w+ ended with exit code 3\.\n/);
      expect(ecs.inputs('RunTask')[0]).toMatchObject({
        ...{ cluster: 'ps-lab', taskDefinition: 'ps-web:1', launchType: 'FARGATE', startedBy: 'psctl' },
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
        overrides: { containerOverrides: [{ name: 'ps-web', command: ['psctl', 'list-orgs', '--json'] }] },
      });
      expect(ecs.inputs('GetLogEvents')[0]).toMatchObject({
        logGroupName: '/ps/web',
        logStreamName: `ps/ps-web/${TASK_ID}`,
      });
    }, 20_000);

    it('says why it was not started, or why it ended', async () => {
      ecs.answers.set('RunTask', { tasks: [], failures: [{ reason: 'RESOURCE:MEMORY' }] });
      expect(await psctl('task', '--', 'true')).toMatchObject({
        exitCode: 254,
        stderr: expect.stringContaining('RESOURCE:MEMORY') as unknown,
      });
      const container = { name: 'ps-web', reason: 'CannotPullContainerError' };
      ecs.answers.set('RunTask', { tasks: [{ taskArn: TASK_ARN, lastStatus: 'STOPPED', containers: [container] }] });
      expect(await psctl('task', '--', 'true')).toMatchObject({
        exitCode: 255,
        stderr: expect.stringContaining('CannotPullContainerError') as unknown,
      });
      expect((await psctl('task', '--service', 'ps-web', '--container', 'x', '--', 'true')).exitCode).toBe(252);
      ecs.answers.set('DescribeServices', { services: [] });
      expect(await psctl('task', '--', 'true')).toMatchObject({
        exitCode: 252,
        stderr: expect.stringContaining('no active service ps-web') as unknown,
      });
    });
  });
});
