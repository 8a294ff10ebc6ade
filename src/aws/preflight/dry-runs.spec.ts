import { type EC2Client } from '@aws-sdk/client-ec2';
import { type CheckedAction } from '../preflight.types.js';
import { dryRunOf, withDryRun } from './dry-runs.js';

const LOOK = 'ec2:DescribeVpcs';
const MAKE = 'ec2:CreateVpc';
const said = (action: string, verdict: CheckedAction['verdict']): CheckedAction => ({
  ...{ action, verdict, deniedBy: verdict === 'denied' ? ('scp' as const) : null },
  ...{ why: verdict === 'allowed' ? '' : 'IAM said so', resources: ['*'], addresses: [] },
});

describe('what IAM says of an action', () => {
  it.each([
    [LOOK, 'allowed', 'denied', 'denied', /EC2 refused/],
    [LOOK, 'unknown', 'denied', 'denied', /EC2 refused/],
    [LOOK, 'denied', 'denied', 'denied', /^IAM said so$/],
    [LOOK, 'unknown', 'allowed', 'allowed', /^$/],
    [LOOK, 'denied', 'allowed', 'allowed', /^$/],
    [MAKE, 'allowed', 'denied', 'unknown', /perhaps for want of tags/],
    [MAKE, 'unknown', 'denied', 'unknown', /^IAM said so$/],
    [MAKE, 'unknown', 'allowed', 'allowed', /^$/],
    [MAKE, 'denied', 'allowed', 'denied', /^IAM said so$/],
    [MAKE, 'allowed', 'allowed', 'allowed', /^$/],
  ] as const)('of %s, %s, and a dry run says %s: it is %s', (action, verdict, answer, result, why) => {
    const checked = withDryRun(said(action, verdict), answer);
    expect(checked).toMatchObject({ verdict: result, why: expect.stringMatching(why) as unknown });
    if (result === 'allowed') expect(checked.deniedBy).toBeNull();
  });

  it('counts where there was no dry run', () => {
    for (const verdict of ['allowed', 'denied', 'unknown'] as const)
      expect(withDryRun(said(LOOK, verdict), undefined)).toEqual(said(LOOK, verdict));
  });
});

it('every request says that it is not to be carried out', async () => {
  const ec2 = await import('@aws-sdk/client-ec2');
  const actions = ['ec2:CreateVpc', 'ec2:CreateInternetGateway', 'ec2:DescribeVpcs', 'ec2:DescribeTags'];
  const sent: unknown[] = [];
  const client = { send: ({ input }: { input: unknown }) => Promise.resolve(sent.push(input)) } as unknown as EC2Client;
  for (const action of actions) await dryRunOf(action)?.(client, ec2);
  expect(sent).toEqual(actions.map(() => expect.objectContaining({ DryRun: true }) as unknown));
  expect(dryRunOf('ec2:RunInstances')).toBeUndefined();
});
