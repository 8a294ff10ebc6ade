import { jest } from '@jest/globals';
import { AS_BEFORE, type ClusterInputs, HARDENED, type Hardening } from '../../../cdktf/cluster/cluster-inputs.js';
import { synthesiseCluster } from '../../../cdktf/cluster/cluster-stack.js';
import { NODE_CONFIGURATIONS } from '../../../cdktf/cluster/node-configurations.js';
import { readAdoptedContents } from '../../../cdktf/cluster/read-adopted-contents.js';
import { writeAdoptedCluster } from '../../support/adopted-cluster.js';
import { AwsSimulator, describeWithAwsSimulator } from '../../support/aws-simulator.js';
import { clusterInputs } from '../../support/cluster-inputs.js';
import { TerraformDirectory } from '../../support/terraform-directory.js';

const SECRETS = {
  jwt_secret_key: `quote' dollar$ "double" \${x} %{y}`,
  client_id: 'client-of-the-proxy',
  client_secret: 'secret-of-the-client',
  manager_secret_salt: 'salt-of-the-manager',
  manager_api_key: 'key-of-the-manager',
};
/** 25 that are there once, and an object for each of 4 kinds of machines. */
const MANAGED_RESOURCES = 29;
const ASG = 'aws_autoscaling_group.sliderule-cluster';

/** Up to a dozen Terraform commands a test, each of which starts a provider. */
jest.setTimeout(180_000);

describeWithAwsSimulator('the stack of a cluster on AWS', () => {
  let aws: AwsSimulator;
  let terraform: TerraformDirectory;
  const directories: TerraformDirectory[] = [];

  function directory(): TerraformDirectory {
    const made = new TerraformDirectory(aws.environment);
    directories.push(made);
    return made;
  }

  function configure(inputs: ClusterInputs): void {
    terraform.write('cdk.tf.json', synthesiseCluster(inputs));
  }

  beforeEach(() => {
    aws = AwsSimulator.start();
    const secret = {
      match: { secret_id: 'example.org/secrets' },
      attributes: { secret_string: JSON.stringify(SECRETS) },
    };
    aws.setFixtures({ aws_secretsmanager_secret_version: [secret, { missing: true }] });
    terraform = directory();
  });

  afterEach(() => {
    for (const made of directories.splice(0)) made.remove();
    aws.stop();
  });

  it('is built, stays as it is, grows and goes without a trace', async () => {
    configure(clusterInputs());
    await terraform.init();
    await terraform.apply();
    expect(aws.calls({ op: 'create' })).toHaveLength(MANAGED_RESOURCES);
    expect(await terraform.outputs()).toEqual({
      ilb_ip_address: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/) as string,
      ilb_state: 'running',
      ilb_id: expect.stringMatching(/^i-/) as string,
      monitor_state: 'running',
      monitor_id: expect.stringMatching(/^i-/) as string,
      prov_sys_handshake: 'sliderule',
      cluster_name: 'ice-lab',
    });

    expect((await terraform.plan()).code).toBe(0);

    configure(clusterInputs({ nodes: { min: 1, max: 10, desired: 7 } }));
    expect((await terraform.plan()).code).toBe(2);
    expect(await terraform.plannedActions()).toEqual({ [ASG]: ['update'] });
    aws.forgetCalls();
    await terraform.must('apply', '-no-color', 'plan');
    expect(aws.calls().filter(({ op }) => ['create', 'update', 'delete'].includes(op))).toMatchObject([
      { op: 'update', type: 'aws_autoscaling_group' },
    ]);

    await terraform.destroy();
    expect(aws.calls({ op: 'delete' })).toHaveLength(MANAGED_RESOURCES);
    expect(await aws.resources()).toEqual([]);
  });

  it('takes machines down before their way out and their permissions', async () => {
    configure(clusterInputs());
    await terraform.init();
    await terraform.apply();
    const created = aws.calls({ op: 'create' }).map(({ type }) => type);
    const machines = ['aws_instance', 'aws_autoscaling_group'];
    const needs = ['aws_route_table_association', 'aws_iam_role_policy_attachment', 'aws_s3_object'];
    const firstMachine = Math.min(...machines.map((type) => created.indexOf(type)));
    expect(Math.max(...needs.map((type) => created.lastIndexOf(type)))).toBeLessThan(firstMachine);
    await terraform.destroy();
    const deleted = aws.calls({ op: 'delete' }).map(({ type }) => type);
    const lastMachine = Math.max(...machines.map((type) => deleted.lastIndexOf(type)));
    expect(Math.min(...needs.map((type) => deleted.indexOf(type)))).toBeGreaterThan(lastMachine);
  });

  it('has secrets in the user data only where machines do not fetch them', async () => {
    configure(clusterInputs({ hardening: HARDENED }));
    await terraform.init();
    await terraform.apply();
    const values = Object.values(SECRETS).flatMap((value) => [value, Buffer.from(value).toString('base64')]);
    expect(values.filter((value) => terraform.state().includes(value))).toEqual([]);
    expect(aws.calls({ type: 'data.aws_secretsmanager_secret_version' })).toEqual([]);
    expect((await terraform.plan()).code).toBe(0);
    const [template = ''] = (await aws.resources()).filter((name) => name.startsWith('aws_launch_template'));
    expect(await aws.attributes('aws_launch_template', template.split(' ')[1]!)).toMatchObject({
      metadata_options: [{ http_tokens: 'required' }],
      block_device_mappings: [{ ebs: [{ encrypted: 'true' }] }],
    });

    configure(clusterInputs());
    await terraform.apply();
    const encoded = Buffer.from(SECRETS.jwt_secret_key).toString('base64');
    expect(terraform.state()).toContain(`base64 -d \\u003c\\u003c\\u003c ${encoded})`);
  });

  it('says in the plan what each improvement does to a cluster that is deployed', async () => {
    configure(clusterInputs());
    await terraform.init();
    await terraform.apply();
    const machines = ['aws_instance.ilb', 'aws_instance.manager', 'aws_instance.monitor'];
    const planned = async (option: keyof Hardening): Promise<string[]> => {
      configure(clusterInputs({ hardening: { ...AS_BEFORE, [option]: true } }));
      await terraform.plan();
      const actions = await terraform.plannedActions();
      return machines.map((machine) => actions[machine]?.join(' and ') ?? 'nothing');
    };
    expect(await planned('imdsv2')).toEqual(['update', 'update', 'update']);
    expect(await planned('encryptedVolumes')).toEqual(Array(3).fill('delete and create'));
    expect(await planned('secretsAtBoot')).toEqual(['update', 'update', 'update']);
  });

  it.each([...NODE_CONFIGURATIONS.keys()])(
    'changes nothing of a cluster that the old system made with %s',
    async (name) => {
      const old = clusterInputs({
        nodeConfiguration: name,
        installation: { ...clusterInputs().installation, keyPairName: 'operators' },
      });
      const previous = directory();
      writeAdoptedCluster(previous, old);
      await previous.init();
      await previous.apply();
      const madeFor = { clusterVersion: old.clusterVersion, isPublic: old.isPublic };
      const adopted = readAdoptedContents(previous.state(), madeFor);
      expect(
        Object.values(SECRETS).filter((value) => JSON.stringify(adopted).includes(JSON.stringify(value).slice(1, -1))),
      ).toEqual([]);

      terraform.write('terraform.tfstate', previous.state());
      configure({ ...old, adopted });
      await terraform.init();
      const { code, output } = await terraform.plan();
      expect(await terraform.plannedActions()).toEqual({});
      expect(output).toContain('No changes');
      expect(code).toBe(0);
      expect(await terraform.addresses()).toEqual(await previous.addresses());
    },
  );

  it('replaces the machines of an adopted cluster, with scripts of ours, when it gets another version', async () => {
    const previous = directory();
    writeAdoptedCluster(previous, clusterInputs());
    await previous.init();
    await previous.apply();
    const adopted = readAdoptedContents(previous.state(), { clusterVersion: 'v4', isPublic: false });
    terraform.write('terraform.tfstate', previous.state());
    configure(clusterInputs());
    await terraform.init();
    await terraform.plan();
    expect(await terraform.plannedActions()).toMatchObject({ 'aws_instance.ilb': ['update'] });

    configure(clusterInputs({ adopted, clusterVersion: 'v5' }));
    await terraform.plan();
    const replaced = ['delete', 'create'];
    expect(await terraform.plannedActions()).toMatchObject({
      'aws_instance.ilb': replaced,
      'aws_instance.monitor': replaced,
      'aws_instance.manager': replaced,
      'aws_launch_template.sliderule_template': ['update'],
      'aws_s3_object.docker-compose-config["docker-compose-ilb.yml"]': ['update'],
    });
    await terraform.apply();
    expect((await terraform.plan()).code).toBe(0);
    expect(terraform.state()).toContain("CLUSTER='ice-lab'");
  });
});
