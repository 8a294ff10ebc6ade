import { jest } from '@jest/globals';
import { AwsApi, PRINCIPAL } from '../support/aws-api.js';
import { AwsSimulator, describeWithAwsSimulator } from '../support/aws-simulator.js';
import { Scenario } from './support/scenario.js';

const PATIENCE_MS = 120_000;
jest.setTimeout(2 * PATIENCE_MS);

describeWithAwsSimulator('what AWS says of a cluster', () => {
  let aws: AwsSimulator;
  let api: AwsApi;
  let scenario: Scenario;
  beforeAll(async () => {
    aws = AwsSimulator.start();
    api = await AwsApi.start(aws);
    scenario = await Scenario.start({ ...aws.serviceEnvironment(), ...api.environment }, PATIENCE_MS);
  });
  afterEach(() => {
    aws.setFaults([]);
    api.isForbidden = false;
    api.denied.clear();
  });
  afterAll(async () => {
    await scenario.close();
    await api.stop();
    aws.stop();
  });

  it('is the node count clients get, the machines administrators see, and the log of a run that failed', async () => {
    const tenant = await scenario.addTenant('fact-lab', 'aws');
    await tenant.ask(2);
    await tenant.untilSettled(2);
    expect(await tenant.nodeCounts()).toMatchObject({ current_nodes: 2 });

    const [ilb] = (await aws.resources()).flatMap((line) => /^aws_instance (.+)$/.exec(line)?.[1] ?? []);
    await aws.control('set', 'aws_instance', ilb!, 'instance_state=stopped');
    api.consoleOutput = 'Kernel panic - not syncing';
    const machines = await scenario.administer<{ machines: { id: string; state: string }[] }>(
      `/admin/clusters/${tenant.id}/machines`,
    );
    expect(machines.body.machines).toHaveLength(5);
    expect(machines.body.machines.filter(({ state }) => state === 'stopped')).toMatchObject([{ id: ilb }]);
    const console = await scenario.administer(`/admin/clusters/${tenant.id}/machines/${ilb}/console`);
    expect(console.body).toEqual({ output: api.consoleOutput });
    const strange = await scenario.administer(`/admin/clusters/${tenant.id}/machines/i-0123456789abcdef0/console`);
    expect(strange.status).toBe(404);

    aws.setFaults([{ type: 'aws_autoscaling_group', op: 'update', error: 'ValidationError: no' }]);
    await tenant.ask(4);
    const failed = await tenant.untilRun('a failed run', ({ status }) => status === 'failed');
    const log = await scenario.fixtures.query<{ message: string }>(
      `SELECT message FROM run_log WHERE run_id = $1 AND level = 'warn'`,
      [failed.id],
    );
    expect(log.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Machine i-\w+ \(fact-lab-\w+\) is stopped\. Its console ends with:\nKernel panic/),
    ]);
  });

  it('spares a change of size the reading of every resource, as long as everything in the state is there', async () => {
    const tenant = await scenario.addTenant('quick-lab', 'aws');
    /** Resources that were read for a run, which are those a plan compares with the state. */
    const readFor = async (nodes: number): Promise<number> => {
      aws.forgetCalls();
      await tenant.ask(nodes, 15 + nodes);
      await tenant.untilSettled(nodes);
      return aws.calls({ op: 'read' }).filter(({ type }) => !type.startsWith('data.')).length;
    };
    await readFor(1);
    expect(await readFor(2)).toBe(0);

    const [manager] = [...tenant.stateIds()].filter((id) => id.startsWith('aws_instance '));
    await aws.control('delete', ...(manager!.split(' ') as [string, string]));
    expect(await readFor(3)).toBeGreaterThan(20);
    expect(aws.calls({ op: 'create', type: 'aws_instance' })).toHaveLength(1);
    expect(tenant.stateIds()).not.toContain(manager);

    api.isForbidden = true;
    expect(await readFor(4)).toBeGreaterThan(20);
  });

  it('is asked before a cluster is built whether all that takes is allowed, and a sure denial ends the run', async () => {
    const tenant = await scenario.addTenant('barred-lab', 'aws');
    const preflight = (...options: string[]) =>
      scenario.psctl(['creds', 'preflight', '--organization', tenant.name, ...options], api.environment);
    expect(await preflight()).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(' 0 denied') as string });

    api.denied.add('ec2:RunInstances').add('iam:CreateRole');
    const { exitCode, stdout } = await preflight('--json');
    expect(exitCode).toBe(1);
    const role = 'arn:aws:iam::123456789012:role/barred-lab-iam-role';
    expect(JSON.parse(stdout)).toMatchObject({
      principal: PRINCIPAL,
      verdict: 'denied',
      uncovered: [],
      missing: [
        { Effect: 'Allow', Action: ['ec2:RunInstances'], Resource: ['*'] },
        { Effect: 'Allow', Action: ['iam:CreateRole'], Resource: [role] },
      ],
    });

    // IAM does not know the policies of an organization and of endpoints; EC2 does.
    api.deniedByOrganization.add('ec2:DescribeVpcs').add('ec2:CreateVpc');
    const asEc2Says = (await preflight()).stdout;
    expect(asEc2Says).toMatch(/denied +ec2:DescribeVpcs +EC2 refused a dry run/);
    expect(asEc2Says).toMatch(/unknown +ec2:CreateVpc +IAM allows it; EC2 refused a dry run/);
    api.deniedByOrganization.clear();

    aws.forgetCalls();
    await tenant.ask(2);
    const failed = await tenant.untilRun('a refused run', ({ isObserved }) => isObserved);
    expect(failed).toMatchObject({ status: 'failed', failureCode: 'aws.permission_denied' });
    const [{ message }] = (await scenario.fixtures.query<{ message: string }>(
      'SELECT failure_message AS message FROM runs WHERE id = $1',
      [failed.id],
    )) as [{ message: string }];
    expect(message).toContain('ec2:RunInstances, iam:CreateRole');
    expect(message).toContain('"Action":["iam:CreateRole"]');
    expect(aws.calls({ op: 'create' })).toEqual([]);
    // Nobody may do what only time will not mend: it is not tried again by itself.
    expect(await tenant.runs()).toHaveLength(1);

    api.denied.clear();
    await tenant.ask(3, 20);
    await tenant.untilSettled(3);
  });

  it('is not needed: where the service may not ask, clusters are built and counted all the same', async () => {
    api.isForbidden = true;
    const tenant = await scenario.addTenant('blind-lab', 'aws');
    await tenant.ask(2);
    await tenant.untilSettled(2);
    expect(await tenant.nodeCounts()).toMatchObject({ current_nodes: 2 });
    const log = await scenario.fixtures.query<{ message: string }>(
      `SELECT message FROM run_log WHERE organization_id = $1 AND level = 'warn'`,
      [tenant.id],
    );
    expect(log.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^What is in no state could not be looked for: .*You may not /),
    );
  });
});
