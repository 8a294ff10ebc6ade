import { ROLES } from '../../cdktf/cluster/machines.js';

/** In {@link oldState}; must turn up nowhere else. */
export const OLD_SECRET = 'hush-hush-hush';

interface OldState {
  organization: string;
  serial?: number;
  lineage?: string;
  outputs?: Record<string, unknown>;
  nodes?: number;
}

/** The text of a state as the old system left it, with a secret in it. */
export function oldState({ organization, serial = 41, lineage = 'old-lineage', outputs, nodes = 3 }: OldState): string {
  const attributes: Record<string, Record<string, unknown>> = {
    'data.aws_secretsmanager_secret_version.secrets': {
      secret_string: JSON.stringify({ jwt_secret_key: OLD_SECRET }),
    },
    'managed.aws_instance.ilb': { user_data: `export SECRET=${OLD_SECRET}` },
    'managed.aws_instance.manager': { user_data: 'manager' },
    'managed.aws_instance.monitor': { user_data_base64: Buffer.from('monitor').toString('base64') },
    'managed.aws_launch_template.sliderule_template': { user_data: Buffer.from('node').toString('base64') },
    'managed.aws_iam_role.s3-role': { assume_role_policy: '{"a":1}' },
    'managed.aws_iam_policy.s3-policy': { policy: '{"b":2}' },
    'managed.aws_iam_policy.ec2-policy': { policy: '{"c":3}' },
    'managed.aws_vpc.sliderule-vpc': { tags_all: { 'terraform-base-path': 'old/path' } },
    'managed.aws_autoscaling_group.sliderule-cluster': { desired_capacity: nodes },
  };
  const resources = Object.entries(attributes).map(([key, value]) => {
    const [mode, type, name] = key.split('.');
    return { mode, type, name, instances: [{ attributes: value }] };
  });
  const objects = ROLES.map((role) => ({
    index_key: `docker-compose-${role}.yml`,
    attributes: { content: `compose of ${role}` },
  }));
  const compose = { mode: 'managed', type: 'aws_s3_object', name: 'docker-compose-config', instances: objects };
  const values = {
    prov_sys_handshake: 'sliderule',
    cluster_name: organization,
    ilb_ip_address: '192.0.2.7',
    ...outputs,
  };
  return JSON.stringify({
    version: 4,
    terraform_version: '1.9.8',
    serial,
    lineage,
    outputs: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, type: 'string' }])),
    resources: [...resources, compose],
  });
}
