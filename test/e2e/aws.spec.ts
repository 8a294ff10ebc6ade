import { jest } from '@jest/globals';
import { AwsSimulator, describeWithAwsSimulator } from '../support/aws-simulator.js';
import { Scenario } from './support/scenario.js';
import { type Tenant } from './support/tenant.js';

/** What a cluster consists of; see docs/cluster-stack.md. Two more with secrets fetched at boot. */
const MANAGED_RESOURCES = 31;

/** A run takes ten seconds on a busy machine, and some tests need four. */
const PATIENCE_MS = 180_000;
jest.setTimeout(2 * PATIENCE_MS);

describeWithAwsSimulator('clusters on AWS', () => {
  let aws: AwsSimulator;
  let scenario: Scenario;
  beforeAll(async () => {
    aws = AwsSimulator.start();
    scenario = await Scenario.start(
      {
        ...aws.imageEnvironment(),
        PS_RECONCILE_RETRY_SECONDS: '0.2',
        PS_RUN_SLOTS: '2',
        // Would turn every apply into a destroy if Terraform inherited it.
        TF_CLI_ARGS_apply: '-destroy',
        // Would have it talk to whoever listens there.
        TF_REATTACH_PROVIDERS:
          '{"hashicorp/aws":{"Protocol":"grpc","Test":true,"Addr":{"Network":"unix","String":"/x"}}}',
      },
      PATIENCE_MS,
    );
  });
  afterEach(() => {
    aws.setFaults([]);
    aws.forgetCalls();
  });
  afterAll(async () => {
    await scenario.close();
    aws.stop();
  });

  const changes = () => aws.calls().filter(({ op }) => ['create', 'update', 'delete'].includes(op));
  const failed = (tenant: Tenant) =>
    tenant.untilRun('a failed run', ({ status, isObserved }) => status === 'failed' && isObserved);
  const failureOf = async (tenant: Tenant): Promise<{ code: string; message: string }> => {
    const run = await tenant.shown((await failed(tenant)).id);
    return run.failure as { code: string; message: string };
  };

  it('are built, looked at, grown, checked against reality and destroyed without a trace', async () => {
    const tenant = await scenario.addTenant('ice-lab', 'aws');
    await tenant.ask(3);
    await tenant.untilSettled(3);
    expect(changes()).toHaveLength(MANAGED_RESOURCES);
    expect(tenant.stateResources()).toHaveLength(MANAGED_RESOURCES + 2);

    aws.forgetCalls();
    const preview = await tenant.askForRun({ kind: 'update', planOnly: true, nodes: 7 });
    await tenant.untilRun('the preview', ({ id, isObserved }) => id === preview && isObserved);
    expect(await tenant.shown(preview)).toMatchObject({
      status: 'succeeded',
      planOnly: true,
      changes: [{ address: 'aws_autoscaling_group.sliderule-cluster', action: 'update' }],
    });
    expect(changes()).toEqual([]);
    expect(await tenant.cluster()).toMatchObject({ nodes: 3, isSettled: true });

    await tenant.ask(7, 20);
    await tenant.untilSettled(7);
    expect(changes()).toMatchObject([{ op: 'update', type: 'aws_autoscaling_group' }]);

    const [instance] = (await aws.resources()).filter((line) => line.startsWith('aws_instance '));
    await aws.control('delete', ...instance!.split(' '));
    const check = await tenant.askForRun({ kind: 'refresh' });
    await tenant.untilRun('the check', ({ id, isObserved }) => id === check && isObserved);
    expect(await tenant.shown(check)).toMatchObject({ changes: [{ type: 'aws_instance', action: 'delete' }] });

    await tenant.release();
    await tenant.untilSettled(0);
    expect(await aws.resources()).toEqual([]);
  });

  it('say which permission is missing, and are not tried again before somebody acts', async () => {
    aws.setFaults([
      {
        type: 'aws_vpc',
        op: 'create',
        error: 'UnauthorizedOperation: You are not authorized to perform: ec2:CreateVpc on resource vpc/*',
      },
    ]);
    const tenant = await scenario.addTenant('denied-lab', 'aws');
    await tenant.ask(2);
    expect(await failureOf(tenant)).toMatchObject({
      code: 'aws.permission_denied',
      message: expect.stringContaining('AWS refused the action ec2:CreateVpc. Add the permission') as string,
    });
    expect(await tenant.runs()).toHaveLength(1);
    expect(await tenant.cluster()).toMatchObject({ failures: 3, unfinished: 0 });
    await tenant.release();
    await tenant.untilSettled(0);
  });

  it.each([
    ['aws_instance', 'create', 'InsufficientInstanceCapacity: no capacity', 'aws.capacity'],
    ['data.aws_ami', 'read', 'Your query returned no results. Please change your search criteria', 'aws.bad_image'],
    ['aws_route53_record', 'create', 'InvalidChangeBatch: not in zone', 'aws.dns'],
    ['aws_instance', 'create', 'VcpuLimitExceeded: You have requested more vCPU capacity', 'aws.quota'],
  ] as const)('name the cause when %s (%s) answers "%s"', async (type, op, error, code) => {
    aws.setFaults([{ type, op, error }]);
    const tenant = await scenario.addTenant(`fault-${code.slice(4).replace('_', '-')}`, 'aws');
    await tenant.ask(2);
    expect((await failureOf(tenant)).code).toBe(code);
    aws.setFaults([]);
    await tenant.release();
    await tenant.untilGone();
    expect(await aws.resources()).toEqual([]);
  });

  it('lose nothing that was built when the provider crashes in the middle of a change, and are completed', async () => {
    const tenant = await scenario.addTenant('crash-lab', 'aws');
    await tenant.ask(2);
    await tenant.untilSettled(2);
    aws.setFaults([{ type: 'aws_autoscaling_group', op: 'update', nth: 1, crash: true }]);
    await tenant.ask(5, 20);
    await tenant.untilSettled(5);
    expect(await tenant.runs()).toMatchObject([
      { status: 'succeeded' },
      { status: 'failed', failureCode: 'terraform.provider_crashed' },
      { status: 'succeeded', trigger: 'retry' },
    ]);
    const told = await scenario.fixtures.query(
      `SELECT level FROM run_log WHERE message LIKE 'The provider ended with exit code%'`,
    );
    expect(told).toEqual([{ level: 'error' }]);
    expect(await aws.resources()).toHaveLength(MANAGED_RESOURCES);
    await tenant.release();
    await tenant.untilSettled(0);
    expect(await aws.resources()).toEqual([]);
  });

  it('keep the keys of the service out of everything that is stored or shown', async () => {
    const [{ count }] = (await scenario.fixtures.query<{ count: string }>(
      `SELECT count(*) FROM run_log WHERE message LIKE '%invented-secret%' OR data::text LIKE '%invented-secret%'`,
    )) as [{ count: string }];
    expect(Number(count)).toBe(0);
    expect(scenario.server.log.join('\n')).not.toContain('invented-secret');
  });
});
