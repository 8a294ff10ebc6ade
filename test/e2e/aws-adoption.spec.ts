import { jest } from '@jest/globals';
import { writeAdoptedCluster } from '../support/adopted-cluster.js';
import { AwsSimulator, describeWithAwsSimulator } from '../support/aws-simulator.js';
import { clusterInputs } from '../support/cluster-inputs.js';
import { FakeBucket } from '../support/fake-bucket.js';
import { TerraformDirectory } from '../support/terraform-directory.js';
import { Scenario } from './support/scenario.js';

const NAME = 'field-lab';
const SECRETS = {
  jwt_secret_key: 'secret-of-the-tokens',
  client_id: 'client-of-the-proxy',
  client_secret: 'secret-of-the-client',
  manager_secret_salt: 'salt-of-the-manager',
  manager_api_key: 'key-of-the-manager',
};
const OLD = clusterInputs({
  clusterName: NAME,
  organizationName: NAME,
  clusterVersion: 'latest',
  nodes: { min: 0, max: 10, desired: 3 },
  installation: { ...clusterInputs().installation, keyPairName: 'operators' },
});
const { projectBucket, publicBucket } = OLD.installation;

jest.setTimeout(180_000);

describeWithAwsSimulator('a cluster of the old system on AWS', () => {
  let aws: AwsSimulator;
  let previous: TerraformDirectory;
  let bucket: FakeBucket;
  let scenario: Scenario;
  beforeAll(async () => {
    aws = AwsSimulator.start();
    const match = { secret_id: 'example.org/secrets' };
    const secret = { match, attributes: { secret_string: JSON.stringify(SECRETS) } };
    aws.setFixtures({ aws_secretsmanager_secret_version: [secret, { missing: true }] });
    previous = new TerraformDirectory(aws.environment);
    writeAdoptedCluster(previous, OLD);
    await previous.init();
    await previous.apply();
    bucket = await FakeBucket.with({
      [`${projectBucket}/tf-workspaces/example.org-${NAME}/tf-states/cluster.tfstate`]: previous.state(),
    });
    scenario = await Scenario.start({
      ...aws.serviceEnvironment(),
      PS_AWS_PROJECT_BUCKET: projectBucket,
      PS_AWS_PUBLIC_BUCKET: publicBucket,
      PS_AWS_KEY_PAIR: 'operators',
    });
  });
  afterAll(async () => {
    await scenario.close();
    await bucket.close();
    previous.remove();
    aws.stop();
  });

  const changes = () =>
    aws
      .calls()
      .filter(({ op }) => ['create', 'update', 'delete'].includes(op))
      .map(({ op, type }) => `${op} ${type}`);

  it('is taken over with its state from the bucket: a plan changes nothing, and one update gives it another size', async () => {
    const tenant = await scenario.addTenant(NAME, 'aws');
    const before = await aws.resources();
    aws.forgetCalls();
    const command = ['adopt-cluster', NAME, '--bucket', projectBucket, '--domain', 'example.org', '--json'];
    const { exitCode, stdout, stderr } = await scenario.psctl(command, { AWS_ENDPOINT_URL: bucket.endpoint });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      adoption: { outcome: 'adopted', nodes: 3, clusterName: NAME },
      plan: { status: 'no_changes', changes: [] },
    });
    expect(changes()).toEqual([]);

    await tenant.ask(5);
    expect(await tenant.cluster()).toMatchObject({ nodes: 3, isDeployed: true });
    const lifted = await scenario.asAdministrator('PATCH', `/admin/organizations/${tenant.id}`, {
      provisioningSuspended: false,
    });
    expect(lifted.status).toBe(200);
    await tenant.untilSettled(5);
    const [proof, grown, ...others] = await tenant.runs();
    expect([proof, grown]).toMatchObject([{ status: 'no_changes' }, { kind: 'update', status: 'succeeded' }]);
    expect(others).toEqual([]);
    expect(changes()).toEqual(['update aws_autoscaling_group']);
    expect((await aws.resources()).sort()).toEqual(before.sort());

    const stored = await scenario.fixtures.query(
      `SELECT (SELECT coalesce(string_agg(l::text, ''), '') FROM run_log l) || (SELECT string_agg(t::text, '')
         FROM adopted_contents t) || (SELECT string_agg(a::text, '') FROM audit_events a) AS text`,
    );
    const shown = JSON.stringify([stored, stdout, scenario.server.log]);
    expect(Object.values(SECRETS).filter((value) => shown.includes(value))).toEqual([]);
  });
});
