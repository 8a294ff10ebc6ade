import { type SimulationOutcome } from '../policy-simulation.types.js';
import { checkedActions, missingStatements } from './preflight-report.js';

const NEEDED = [{ action: 's3:PutObject', resources: ['one', 'two'], addresses: ['aws_s3_object.files'] }];
const said = (resource: string, changes: Partial<SimulationOutcome> = {}): SimulationOutcome => ({
  ...{ action: 's3:PutObject', resource, verdict: 'allowed', deniedBy: null, why: '' },
  ...{ missingContext: [], missingPermission: null },
  ...changes,
});
const denied = { verdict: 'denied', deniedBy: 'identity', why: 'no policy allows it' } as const;

describe('a report of what is allowed', () => {
  it('takes of several resources the worst, and names only those', () => {
    const unknown = { verdict: 'unknown', why: 'a condition' } as const;
    expect(checkedActions(NEEDED, [said('one'), said('two')])).toMatchObject([{ verdict: 'allowed' }]);
    expect(checkedActions(NEEDED, [said('one', unknown), said('two')])).toMatchObject([
      { verdict: 'unknown', resources: ['one'], why: 'a condition' },
    ]);
    expect(checkedActions(NEEDED, [said('one', unknown), said('two', denied)])).toMatchObject([
      { verdict: 'denied', deniedBy: 'identity', resources: ['two'], addresses: ['aws_s3_object.files'] },
    ]);
  });

  it('says nothing of what IAM has said nothing of', () => {
    expect(checkedActions(NEEDED, [])).toMatchObject([{ verdict: 'unknown', resources: [] }]);
  });

  it('has a statement for each set of resources, and none for what a policy of the principal cannot allow', () => {
    const action = (name: string, deniedBy: 'identity' | 'scp', ...resources: string[]) => ({
      ...{ action: name, verdict: 'denied' as const, deniedBy, why: '', resources, addresses: [] },
    });
    expect(
      missingStatements([
        action('ec2:RunInstances', 'identity', '*'),
        action('iam:CreateRole', 'identity', 'role'),
        action('ec2:CreateVpc', 'identity', '*'),
        action('ec2:DeleteVpc', 'scp', '*'),
      ]),
    ).toEqual([
      { Effect: 'Allow', Action: ['ec2:RunInstances', 'ec2:CreateVpc'], Resource: ['*'] },
      { Effect: 'Allow', Action: ['iam:CreateRole'], Resource: ['role'] },
    ]);
  });
});
