import { jest } from '@jest/globals';
import { AS_BEFORE, type ClusterInputs, HARDENED, type Hardening } from '../../../cdktf/cluster/cluster-inputs.js';
import { synthesiseCluster } from '../../../cdktf/cluster/cluster-stack.js';
import { DEFAULT_NODE_CONFIGURATION, NODE_CONFIGURATIONS } from '../../../cdktf/cluster/node-configurations.js';
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
const MACHINES = ['aws_instance', 'aws_autoscaling_group'];
const NEEDS = ['aws_route_table_association', 'aws_iam_role_policy_attachment', 'aws_s3_object'];
const ASG = 'aws_autoscaling_group.sliderule-cluster';

interface Deployed {
  aws: AwsSimulator;
  terraform: TerraformDirectory;
}

/** Up to a dozen Terraform commands a test, each of which starts a provider. */
jest.setTimeout(180_000);

describeWithAwsSimulator('the stack of a cluster on AWS', () => {
  let aws: AwsSimulator;
  let terraform: TerraformDirectory;
  let plain: Deployed;
  /** By node configuration; each is built once, and tests work with copies of it. */
  const old = new Map<string, Promise<Deployed>>();
  const accounts: AwsSimulator[] = [];
  const directories: TerraformDirectory[] = [];

  function account(): AwsSimulator {
    const made = AwsSimulator.start();
    accounts.push(made);
    const secret = {
      match: { secret_id: 'example.org/secrets' },
      attributes: { secret_string: JSON.stringify(SECRETS) },
    };
    made.setFixtures({ aws_secretsmanager_secret_version: [secret, { missing: true }] });
    return made;
  }

  function directory(of: AwsSimulator): TerraformDirectory {
    const made = new TerraformDirectory(of.environment);
    directories.push(made);
    return made;
  }

  async function deploy(write: (directory: TerraformDirectory) => void): Promise<Deployed> {
    const there = account();
    const built = directory(there);
    write(built);
    await built.init();
    await built.apply();
    return { aws: there, terraform: built };
  }

  function configure(inputs: ClusterInputs): void {
    terraform.write('cdk.tf.json', synthesiseCluster(inputs));
  }

  const oldInputs = (nodeConfiguration: string): ClusterInputs =>
    clusterInputs({
      nodeConfiguration,
      installation: { ...clusterInputs().installation, keyPairName: 'operators' },
    });

  function oldCluster(nodeConfiguration: string): Promise<Deployed> {
    const known = old.get(nodeConfiguration);
    const built =
      known ??
      deploy((previous) => {
        writeAdoptedCluster(previous, oldInputs(nodeConfiguration));
      });
    old.set(nodeConfiguration, built);
    return built;
  }

  /** The test goes on with a copy, configured like this. */
  async function continueFrom(deployed: Deployed, inputs: ClusterInputs): Promise<void> {
    aws = deployed.aws.copy();
    accounts.push(aws);
    terraform = directory(aws);
    terraform.write('terraform.tfstate', deployed.terraform.state());
    configure(inputs);
    await terraform.init();
  }

  beforeAll(async () => {
    plain = await deploy((built) => {
      built.write('cdk.tf.json', synthesiseCluster(clusterInputs()));
    });
  });

  afterAll(() => {
    for (const made of directories) made.remove();
    for (const made of accounts) made.stop();
  });

  it('is built, stays as it is, grows and goes without a trace, machines before what they need', async () => {
    await continueFrom(plain, clusterInputs());
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
    const deleted = aws.calls({ op: 'delete' }).map(({ type }) => type);
    expect(deleted).toHaveLength(MANAGED_RESOURCES);
    const lastMachine = Math.max(...MACHINES.map((type) => deleted.lastIndexOf(type)));
    expect(Math.min(...NEEDS.map((type) => deleted.indexOf(type)))).toBeGreaterThan(lastMachine);
    expect(await aws.resources()).toEqual([]);
  });

  it('has machines only after their way out and their permissions', () => {
    const created = plain.aws.calls({ op: 'create' }).map(({ type }) => type);
    const firstMachine = Math.min(...MACHINES.map((type) => created.indexOf(type)));
    expect(Math.max(...NEEDS.map((type) => created.lastIndexOf(type)))).toBeLessThan(firstMachine);
  });

  it('has secrets in the user data only where machines do not fetch them', async () => {
    aws = account();
    terraform = directory(aws);
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
    await continueFrom(plain, clusterInputs());
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
      const inputs = oldInputs(name);
      const previous = (await oldCluster(name)).terraform;
      const adopted = readAdoptedContents(previous.state(), {
        clusterVersion: inputs.clusterVersion,
        isPublic: inputs.isPublic,
      });
      expect(
        Object.values(SECRETS).filter((value) => JSON.stringify(adopted).includes(JSON.stringify(value).slice(1, -1))),
      ).toEqual([]);

      await continueFrom(await oldCluster(name), { ...inputs, adopted });
      const { code, output } = await terraform.plan();
      // Asking what is planned takes as long as the plan.
      expect(code === 0 ? {} : await terraform.plannedActions()).toEqual({});
      expect(output).toContain('No changes');
      expect(code).toBe(0);
      expect(await terraform.addresses()).toEqual(await previous.addresses());
    },
  );

  it('replaces the machines of an adopted cluster, with scripts of ours, when it gets another version', async () => {
    const inputs = oldInputs(DEFAULT_NODE_CONFIGURATION);
    const previous = await oldCluster(DEFAULT_NODE_CONFIGURATION);
    const adopted = readAdoptedContents(previous.terraform.state(), { clusterVersion: 'v4', isPublic: false });
    await continueFrom(previous, inputs);
    await terraform.plan();
    expect(await terraform.plannedActions()).toMatchObject({ 'aws_instance.ilb': ['update'] });

    configure({ ...inputs, adopted, clusterVersion: 'v5' });
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
