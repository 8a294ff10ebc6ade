import { clusterInputs } from '../../test/support/cluster-inputs.js';
import { type ClusterInputs, HARDENED } from './cluster-inputs.js';
import { synthesiseCluster } from './cluster-stack.js';
import { NODE_CONFIGURATIONS } from './node-configurations.js';

/**
 * Addresses of deployed clusters. They never change: Terraform builds anew what it finds under another address.
 */
const ADDRESSES = [
  'data.aws_ami.sliderule_cluster_ami',
  'data.aws_route53_zone.selected',
  'data.aws_secretsmanager_secret_version.secrets',
  'aws_vpc.sliderule-vpc',
  'aws_subnet.sliderule-subnet',
  'aws_internet_gateway.sliderule-gateway',
  'aws_route_table.sliderule-route',
  'aws_route_table_association.sliderule-route-association',
  'aws_security_group.monitor-sg',
  'aws_security_group.ilb-sg',
  'aws_security_group.manager-sg',
  'aws_security_group.sliderule-sg',
  'aws_iam_role.s3-role',
  'aws_iam_instance_profile.s3-role',
  'aws_iam_policy.s3-policy',
  'aws_iam_policy.ec2-policy',
  'aws_iam_role_policy_attachment.s3-role-policy-local',
  'aws_iam_role_policy_attachment.ec2-role-policy-local',
  'aws_iam_role_policy_attachment.ec2-role-policy-aec2crro',
  'aws_iam_role_policy_attachment.ec2-role-policy-assmmic',
  'aws_iam_role_policy_attachment.ec2-role-policy-cwasp',
  'aws_iam_role_policy_attachment.ec2-role-policy-cwaap',
  'aws_s3_object.docker-compose-config["docker-compose-ilb.yml"]',
  'aws_s3_object.docker-compose-config["docker-compose-manager.yml"]',
  'aws_s3_object.docker-compose-config["docker-compose-monitor.yml"]',
  'aws_s3_object.docker-compose-config["docker-compose-node.yml"]',
  'aws_instance.ilb',
  'aws_instance.monitor',
  'aws_instance.manager',
  'aws_launch_template.sliderule_template',
  'aws_autoscaling_group.sliderule-cluster',
  'aws_route53_record.org',
];

type Blocks = Record<string, Record<string, Record<string, unknown>>>;
type Configuration = Record<'resource' | 'data' | 'provider' | 'output', Blocks>;

function configurationOf(text: string): Configuration {
  return JSON.parse(text) as Configuration;
}

function addressesOf(text: string): string[] {
  const { resource, data } = configurationOf(text);
  return [...addressesIn(resource, ''), ...addressesIn(data, 'data.')];
}

function addressesIn(blocks: Blocks, prefix: string): string[] {
  return Object.entries(blocks).flatMap(([type, named]) =>
    Object.entries(named).flatMap(([name, { for_each: each }]) => {
      const address = `${prefix}${type}.${name}`;
      return each ? Object.keys(each).map((key) => `${address}[${JSON.stringify(key)}]`) : [address];
    }),
  );
}

describe('synthesiseCluster', () => {
  it.each([...NODE_CONFIGURATIONS.keys(), null])(
    'has the addresses of deployed clusters with %s',
    (nodeConfiguration) => {
      expect(addressesOf(synthesiseCluster(clusterInputs({ nodeConfiguration }))).sort()).toEqual(ADDRESSES.sort());
    },
  );

  it('gives the same text for the same inputs, whatever was synthesised before', () => {
    const text = synthesiseCluster(clusterInputs());
    expect(synthesiseCluster(clusterInputs({ isPublic: true }))).not.toBe(text);
    expect(synthesiseCluster(clusterInputs())).toBe(text);
  });

  it('changes nothing but the group when the number of nodes changes', () => {
    const before = configurationOf(synthesiseCluster(clusterInputs({ nodeConfiguration: 'graviton3_spot' })));
    const after = configurationOf(
      synthesiseCluster(clusterInputs({ nodeConfiguration: 'graviton3_spot', nodes: { min: 2, max: 20, desired: 7 } })),
    );
    expect(after.resource.aws_autoscaling_group).not.toEqual(before.resource.aws_autoscaling_group);
    after.resource.aws_autoscaling_group = before.resource.aws_autoscaling_group!;
    expect(after).toEqual(before);
  });

  it('does not look secrets up where machines fetch them, and allows them to', () => {
    const added = ['aws_iam_policy.secrets-policy', 'aws_iam_role_policy_attachment.secrets-role-policy-local'];
    const text = synthesiseCluster(clusterInputs({ hardening: HARDENED }));
    const expected = [...ADDRESSES, ...added].filter((address) => !address.includes('secretsmanager'));
    expect(addressesOf(text).sort()).toEqual(expected.sort());
    const { policy } = configurationOf(text).resource.aws_iam_policy!['secrets-policy'] as { policy: string };
    expect(JSON.parse(policy)).toMatchObject({
      Statement: [
        {
          Action: 'secretsmanager:GetSecretValue',
          Resource: 'arn:aws:secretsmanager:us-west-2:*:secret:example.org/secrets-??????',
        },
      ],
    });
  });

  it.each([
    ['imdsv2', 'metadata_options'],
    ['encryptedVolumes', '"encrypted"'],
    ['secretsAtBoot', 'secretsmanager get-secret-value'],
  ])('has %s on its own', (option, sign) => {
    const only = { imdsv2: false, encryptedVolumes: false, secretsAtBoot: false, [option]: true };
    const signs = ['metadata_options', '"encrypted"', 'secretsmanager get-secret-value'];
    const text = synthesiseCluster(clusterInputs({ hardening: only }));
    expect(signs.filter((other) => text.includes(other))).toEqual([sign]);
  });

  it('bounds the role of machines where the installation has a boundary, but not that of a cluster taken over', () => {
    const boundary = 'arn:aws:iam::123456789012:policy/ps-machine-boundary';
    const installation = { ...clusterInputs().installation, machineBoundary: boundary };
    const roleOf = (inputs: Partial<ClusterInputs>) =>
      configurationOf(synthesiseCluster(clusterInputs(inputs))).resource.aws_iam_role!['s3-role']!;
    expect(roleOf({ installation })).toMatchObject({ permissions_boundary: boundary });
    expect(roleOf({})).not.toHaveProperty('permissions_boundary');
  });

  it('tags everything for cost accounting, whatever tags an installation has', () => {
    const installation = { ...clusterInputs().installation, tags: { Team: 'ice', Project: 'mine' } };
    const { provider, resource } = configurationOf(synthesiseCluster(clusterInputs({ installation })));
    const tags = {
      Owner: 'SlideRule',
      Project: 'cluster-ice-lab',
      'cost-grouping': 'ice-lab',
      'terraform-base-path': 'ps-server',
      Team: 'ice',
    };
    expect(provider.aws).toMatchObject([{ region: 'us-west-2', default_tags: [{ tags }] }]);
    const { tag } = resource.aws_autoscaling_group!['sliderule-cluster'] as { tag: { key: string; value: string }[] };
    expect(Object.fromEntries(tag.map(({ key, value }) => [key, value]))).toEqual({ ...tags, Name: 'ice-lab-node' });
  });

  it('has the outputs the service reads', () => {
    expect(Object.keys(configurationOf(synthesiseCluster(clusterInputs())).output).sort()).toEqual([
      'cluster_name',
      'ilb_id',
      'ilb_ip_address',
      'ilb_state',
      'monitor_id',
      'monitor_state',
      'prov_sys_handshake',
    ]);
  });
});
