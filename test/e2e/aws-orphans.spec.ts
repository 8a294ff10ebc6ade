import { jest } from '@jest/globals';
import { AwsApi } from '../support/aws-api.js';
import { AwsSimulator, describeWithAwsSimulator } from '../support/aws-simulator.js';
import { Scenario } from './support/scenario.js';
import { type Tenant } from './support/tenant.js';

const PATIENCE_MS = 120_000;
jest.setTimeout(2 * PATIENCE_MS);

/** Whose ids are made of others': they are in no listing, and AWS takes making them twice for making them once. */
const WITHOUT_ID = /^aws_(iam_role_policy_attachment|s3_object) /;

describeWithAwsSimulator('what exists at AWS and is in no state', () => {
  let aws: AwsSimulator;
  let api: AwsApi;
  let scenario: Scenario;
  beforeAll(async () => {
    aws = AwsSimulator.start();
    api = await AwsApi.start(aws);
    scenario = await Scenario.start(
      { ...aws.imageEnvironment(), ...api.environment, PS_RECONCILE_RETRY_SECONDS: '0.2', PS_RUN_SLOTS: '2' },
      PATIENCE_MS,
    );
  });
  afterEach(() => {
    aws.setFaults([]);
  });
  afterAll(async () => {
    await scenario.close();
    await api.stop();
    aws.stop();
  });

  /** What AWS has and the state does not know. */
  const strangers = async (tenant: Tenant): Promise<string[]> => {
    const known = tenant.stateIds();
    return (await aws.resources()).filter((line) => !WITHOUT_ID.test(line) && !known.has(line));
  };
  const orphans = (tenant: Tenant) =>
    scenario.fixtures.query<{ type: string; address: string | null; isResolved: boolean }>(
      `SELECT resource_type AS type, address, resolved_at IS NOT NULL AS "isResolved" FROM orphans
       WHERE organization_id = $1 ORDER BY found_at, resource_type`,
      [tenant.id],
    );
  // The second of each pair needs the first, so one death of the provider cannot be that of both.
  it.each([
    ['aws_vpc.sliderule-vpc', {}, 'aws_security_group.ilb-sg', { name: '*-ilb-sg' }],
    ['aws_iam_role.s3-role', {}, 'aws_iam_instance_profile.s3-role', {}],
    ['aws_iam_policy.s3-policy', { name: '*-iams3-policy' }, 'aws_instance.manager', { 'tags.Name': '*-manager' }],
    ['aws_launch_template.sliderule_template', {}, 'aws_autoscaling_group.sliderule-cluster', {}],
    ['aws_subnet.sliderule-subnet', {}, 'aws_route_table_association.sliderule-route-association', {}],
  ])(
    'is taken over by the next run instead of being made twice, and goes with the cluster: %s %j, %s %j',
    async (first, firstMatch, second, match) => {
      const tenant = await scenario.addTenant(`${first.slice(4).split('.')[0]!.replaceAll('_', '-')}-lab`, 'aws');
      // The provider dies when AWS has made the resource and before Terraform hears of it.
      const crash = { op: 'create', nth: 1, after: true, crash: true } as const;
      aws.setFaults([
        { ...crash, type: first.split('.')[0]!, match: firstMatch },
        { ...crash, type: second.split('.')[0]!, match },
      ]);
      await tenant.ask(2);
      await tenant.untilSettled(2);
      expect((await tenant.runs()).map(({ status }) => status)).toEqual(['failed', 'failed', 'succeeded']);
      // Others may have been in the making when the provider died.
      const found = await orphans(tenant);
      expect(found.map(({ address }) => address)).toEqual(expect.arrayContaining([first, second]));
      expect(found.filter(({ isResolved }) => !isResolved)).toEqual([]);
      expect(await strangers(tenant)).toEqual([]);
      await tenant.release();
      await tenant.untilSettled(0);
      expect(await aws.resources()).toEqual([]);
    },
  );

  it('is found and removed when nobody wants the cluster any more before a state has anything', async () => {
    const tenant = await scenario.addTenant('early-lab', 'aws');
    aws.setFaults([
      { type: 'aws_vpc', op: 'create', after: true, crash: true },
      // At AWS an attachment nobody knows of goes with its role; the simulated one would stay, and its policy with it.
      { type: 'aws_iam_role_policy_attachment', op: 'create', delay_ms: PATIENCE_MS },
    ]);
    await tenant.ask(2);
    await tenant.untilRun('a failed run', ({ status }) => status === 'failed');
    aws.setFaults([]);
    await tenant.release();
    await tenant.untilRun('the destroy', ({ kind, isObserved }) => kind === 'destroy' && isObserved);
    await tenant.untilGone();
    // Files that were written in the same moment may stay: the next cluster overwrites them.
    expect((await aws.resources()).filter((line) => !WITHOUT_ID.test(line))).toEqual([]);
    expect((await orphans(tenant)).filter(({ isResolved }) => !isResolved)).toEqual([]);
  });
});
