import { clusterInputs } from '../../test/support/cluster-inputs.js';
import { bootScript } from './boot-scripts.js';
import { AdoptionError } from './cluster-inputs.errors.js';
import { HARDENED } from './cluster-inputs.js';
import { ROLES } from './machines.js';
import { readAdoptedContents } from './read-adopted-contents.js';

const MADE_FOR = { clusterVersion: 'v4', isPublic: false };

type Attributes = Record<string, unknown>;

function state(changes: Record<string, Attributes> = {}): string {
  const attributes: Record<string, Attributes> = {
    'data.aws_secretsmanager_secret_version.secrets': {
      secret_string: JSON.stringify({ jwt_secret_key: 'hush-hush', manager_api_key: 'hush', other: 1 }),
    },
    'managed.aws_instance.ilb': { user_data: 'export SECRET=hush-hush ${HOME}' },
    'managed.aws_instance.manager': { user_data: 'export KEY=hush' },
    'managed.aws_instance.monitor': { user_data_base64: Buffer.from('boot').toString('base64') },
    'managed.aws_launch_template.sliderule_template': { user_data: Buffer.from('node').toString('base64') },
    'managed.aws_iam_role.s3-role': { assume_role_policy: '{"a":1}' },
    'managed.aws_iam_policy.s3-policy': { policy: '{"b":2}' },
    'managed.aws_iam_policy.ec2-policy': { policy: '{"c":3}' },
    'managed.aws_vpc.sliderule-vpc': { tags_all: { 'terraform-base-path': 'old/path' } },
    ...changes,
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
  return JSON.stringify({ version: 4, resources: [...resources, compose] });
}

function problemsOf(text: string): readonly string[] {
  try {
    readAdoptedContents(text, MADE_FOR);
    return [];
  } catch (error) {
    if (error instanceof AdoptionError) return error.problems;
    throw error;
  }
}

describe('readAdoptedContents', () => {
  it('takes texts over, with marks in the places of secrets', () => {
    const contents = readAdoptedContents(state(), MADE_FOR);
    expect(contents).toMatchObject({
      userData: {
        ilb: 'export SECRET=@@SECRET:jwt_secret_key@@ ${HOME}',
        manager: 'export KEY=@@SECRET:manager_api_key@@',
        monitor: 'boot',
        node: 'node',
      },
      composeFiles: { ilb: 'compose of ilb', node: 'compose of node' },
      policies: { assumeRole: '{"a":1}', s3: '{"b":2}', ec2: '{"c":3}' },
      terraformBasePath: 'old/path',
    });
    expect(JSON.stringify(contents)).not.toContain('hush');
  });

  it('gives texts that become what they were, as long as they are for this version and no secret is fetched at boot', () => {
    const adopted = readAdoptedContents(state(), MADE_FOR);
    const text = (changes: Partial<ReturnType<typeof clusterInputs>>, secrets: string | null = 'all'): string =>
      bootScript('ilb', clusterInputs({ adopted, ...changes }), secrets);
    expect(text({})).toBe('export SECRET=${all.jwt_secret_key} $${HOME}');
    expect(text({ clusterVersion: 'v5' })).toContain('set -euo pipefail');
    expect(text({ isPublic: true })).toContain('set -euo pipefail');
    expect(text({ hardening: HARDENED }, null)).toContain('set -euo pipefail');
  });

  it.each([
    [{ 'managed.aws_instance.ilb': { user_data: 'a'.repeat(40) } }, 'before version 6'],
    [{ 'managed.aws_instance.ilb': {} }, 'no user_data_base64 of aws_instance.ilb'],
    [{ 'managed.aws_iam_policy.s3-policy': {} }, 'no policy of aws_iam_policy.s3-policy'],
    [{ 'managed.aws_vpc.sliderule-vpc': { tags_all: {} } }, 'no tag terraform-base-path'],
    [
      {
        'managed.aws_launch_template.sliderule_template': {
          user_data: Buffer.from('KEY=hush-hush').toString('base64'),
        },
      },
      'has the secret jwt_secret_key',
    ],
  ])('refuses a state with %j', (changes, problem) => {
    expect(problemsOf(state(changes as Record<string, Attributes>))).toEqual([expect.stringContaining(problem)]);
  });

  it.each(['', '{"version":3}', '[]'])('refuses %j, which is no state', (text) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining('not a Terraform state of format 4')]);
  });
});
