import { IAMClient, type SimulatePrincipalPolicyCommandInput, type SimulatePolicyResponse } from '@aws-sdk/client-iam';
import { type AwsClients } from './aws-clients.service.js';
import { type SimulationOutcome } from './policy-simulation.types.js';
import { PolicySimulatorService } from './policy-simulator.service.js';

const USER = 'arn:aws:iam::123456789012:user/team/ann';
const SESSION = 'arn:aws:sts::123456789012:assumed-role/deploy/ann';
const ROLE = 'arn:aws:iam::123456789012:role/aws-reserved/sso/deploy';

type Simulate = (input: SimulatePrincipalPolicyCommandInput) => SimulatePolicyResponse;
type Result = NonNullable<SimulatePolicyResponse['EvaluationResults']>[number];

const awsError = (name: string): Error => Object.assign(new Error(`it says ${name}`), { name });

/** IAM as its SDK shows it, answering what a test wants. */
class Iam {
  readonly simulations: SimulatePrincipalPolicyCommandInput[] = [];
  simulate: Simulate = ({ ActionNames = [], ResourceArns = [] }) => ({
    EvaluationResults: ActionNames.map((action) => result(action, ResourceArns, 'allowed')),
  });
  role: Error | string = ROLE;
  roles: Error | string[] = [];

  readonly simulator: PolicySimulatorService;

  constructor() {
    const client = new IAMClient({ region: 'us-west-2', credentials: { accessKeyId: 'x', secretAccessKey: 'y' } });
    client.send = ((command: { constructor: { name: string }; input: unknown }) =>
      Promise.resolve().then(() => this.answer(command.constructor.name, command.input))) as never;
    this.simulator = new PolicySimulatorService({ iam: () => Promise.resolve(client) } as unknown as AwsClients);
  }

  private answer(command: string, input: unknown): unknown {
    if (command === 'GetRoleCommand') {
      if (this.role instanceof Error) throw this.role;
      return { Role: { Arn: this.role } };
    }
    if (command === 'ListRolesCommand') {
      if (this.roles instanceof Error) throw this.roles;
      return { Roles: this.roles.map((Arn) => ({ Arn, RoleName: Arn.slice(Arn.lastIndexOf('/') + 1) })) };
    }
    this.simulations.push(input as SimulatePrincipalPolicyCommandInput);
    return this.simulate(input as SimulatePrincipalPolicyCommandInput);
  }
}

function result(
  action: string,
  resources: string[],
  decision: 'allowed' | 'implicitDeny' | 'explicitDeny',
  more: Partial<Result> = {},
): Result {
  const specific = resources.map((EvalResourceName) => ({ EvalResourceName, EvalResourceDecision: decision }));
  return {
    EvalActionName: action,
    EvalResourceName: '*',
    EvalDecision: decision,
    ResourceSpecificResults: specific,
    ...more,
  };
}

describe('PolicySimulatorService', () => {
  let iam: Iam;
  beforeEach(() => (iam = new Iam()));
  const ask = (principalArn = USER, action = 'ecs:RunTask', resources = ['*']): Promise<SimulationOutcome[]> =>
    iam.simulator.simulate({ principalArn, wanted: [{ action, resources }] });

  it('asks in portions of 50 actions and 10 resources, and answers in the order it was asked', async () => {
    const actions = Array.from({ length: 120 }, (_, index) => `ec2:Do${index}`);
    const resources = Array.from({ length: 21 }, (_, index) => `arn:aws:ec2:::x/${index}`);
    const outcomes = await iam.simulator.simulate({
      principalArn: USER,
      wanted: [...actions.map((action) => ({ action, resources })), { action: 's3:GetObject', resources: ['*'] }],
    });
    expect(iam.simulations).toHaveLength(3 * 3 + 1);
    for (const { ActionNames, ResourceArns } of iam.simulations) {
      expect(ActionNames!.length).toBeLessThanOrEqual(50);
      expect(ResourceArns!.length).toBeLessThanOrEqual(10);
    }
    expect(outcomes.map(({ action, resource }) => [action, resource])).toEqual([
      ...actions.flatMap((action) => resources.map((resource) => [action, resource])),
      ['s3:GetObject', '*'],
    ]);
    expect(new Set(outcomes.map(({ verdict }) => verdict))).toEqual(new Set(['allowed']));
  });

  it('reads every page, and gives the context', async () => {
    iam.simulate = ({ Marker }) =>
      Marker === undefined
        ? { EvaluationResults: [result('a:One', ['*'], 'allowed')], IsTruncated: true, Marker: 'more' }
        : { EvaluationResults: [result('a:Two', ['*'], 'implicitDeny')], IsTruncated: false };
    const outcomes = await iam.simulator.simulate({
      principalArn: USER,
      wanted: ['a:One', 'a:Two'].map((action) => ({ action, resources: ['*'] })),
      context: [{ key: 'aws:RequestedRegion', type: 'string', values: ['us-west-2'] }],
    });
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['allowed', 'denied']);
    expect(iam.simulations.map(({ Marker }) => Marker)).toEqual([undefined, 'more']);
    expect(iam.simulations[0]!.ContextEntries).toEqual([
      { ContextKeyName: 'aws:RequestedRegion', ContextKeyType: 'string', ContextKeyValues: ['us-west-2'] },
    ]);
  });

  it('takes the decision of each resource, not the strictest of all', async () => {
    iam.simulate = () => ({
      EvaluationResults: [
        {
          ...result('s3:GetObject', [], 'explicitDeny'),
          ResourceSpecificResults: [
            { EvalResourceName: 'arn:a', EvalResourceDecision: 'allowed' },
            { EvalResourceName: 'arn:b', EvalResourceDecision: 'explicitDeny' },
            {
              EvalResourceName: 'arn:c',
              EvalResourceDecision: 'implicitDeny',
              MissingContextValues: ['aws:SourceVpc'],
            },
          ],
        },
      ],
    });
    expect(await ask(USER, 's3:GetObject', ['arn:a', 'arn:b', 'arn:c'])).toMatchObject([
      { verdict: 'allowed', deniedBy: null },
      { verdict: 'denied', deniedBy: 'explicit' },
      { verdict: 'unknown', deniedBy: null, missingContext: ['aws:SourceVpc'], missingPermission: null },
    ]);
  });

  describe('an action', () => {
    const scp = { OrganizationsDecisionDetail: { AllowedByOrganizations: false } };
    const boundary = { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false } };

    it.each([
      ['identity', {}, 'implicitDeny'],
      ['explicit', {}, 'explicitDeny'],
      ['scp', scp, 'implicitDeny'],
      ['boundary', boundary, 'implicitDeny'],
    ] as const)('is denied by %s', async (denier, details, decision) => {
      iam.simulate = ({ ActionNames = [], PolicyExclusionList }) => ({
        EvaluationResults: [
          PolicyExclusionList
            ? result(ActionNames[0]!, ['*'], 'allowed')
            : result(ActionNames[0]!, ['*'], decision, details),
        ],
      });
      expect(await ask()).toMatchObject([{ verdict: 'denied', deniedBy: denier, missingPermission: null }]);
      const excluded = iam.simulations.flatMap(({ PolicyExclusionList = [] }) => PolicyExclusionList);
      const types: Record<string, string> = { scp: 'scp', boundary: 'permission-boundary' };
      expect(excluded).toEqual(types[denier] === undefined ? [] : [{ PolicyType: types[denier] }]);
    });

    it('the principal as well, when it is denied without the organization too', async () => {
      iam.simulate = ({ PolicyExclusionList }) => ({
        EvaluationResults: [result('ecs:RunTask', ['*'], 'implicitDeny', PolicyExclusionList ? {} : scp)],
      });
      const [outcome] = await ask();
      expect(outcome).toMatchObject({ deniedBy: 'identity' });
      expect(outcome!.why).toMatch(/no policy of the principal .*; and a policy of the organization/);
    });

    it('what IAM said first, where it takes no exclusions', async () => {
      iam.simulate = ({ PolicyExclusionList }) => {
        if (PolicyExclusionList) throw awsError('InvalidInputException');
        return { EvaluationResults: [result('ecs:RunTask', ['*'], 'implicitDeny', scp)] };
      };
      expect(await ask()).toMatchObject([{ verdict: 'denied', deniedBy: 'scp' }]);
    });
  });

  describe('whom it asks about', () => {
    const asked = () => iam.simulations.map(({ PolicySourceArn }) => PolicySourceArn);

    it('a user', async () => {
      await ask();
      expect(asked()).toEqual([USER]);
    });

    it('the role of a session, with its path', async () => {
      await ask(SESSION);
      expect(asked()).toEqual([ROLE]);
    });

    it.each(['AccessDenied', 'NoSuchEntityException'])('the role among all of them, after %s', async (name) => {
      iam.role = awsError(name);
      iam.roles = ['arn:aws:iam::123456789012:role/other', ROLE];
      await ask(SESSION);
      expect(asked()).toEqual([ROLE]);
    });

    it('nobody, when the role may not be looked up, or is not there', async () => {
      iam.role = awsError('AccessDenied');
      iam.roles = awsError('AccessDenied');
      expect(await ask(SESSION)).toMatchObject([{ verdict: 'unknown', missingPermission: 'iam:GetRole' }]);
      iam.roles = [];
      expect(await ask(SESSION)).toMatchObject([
        { verdict: 'unknown', missingPermission: null, why: expect.stringContaining('no role deploy') as unknown },
      ]);
      expect(asked()).toEqual([]);
    });

    it.each([
      ['arn:aws:iam::123456789012:root', 'root user'],
      ['arn:aws:sts::123456789012:federated-user/ann', 'federated'],
      ['arn:aws:iam::123456789012:saml-provider/x', 'neither a user nor a role'],
    ])('nobody for %s', async (arn, why) => {
      expect(await ask(arn)).toMatchObject([{ verdict: 'unknown', why: expect.stringContaining(why) as unknown }]);
      expect(asked()).toEqual([]);
    });
  });

  it('says which permission lacks when it may not ask', async () => {
    iam.simulate = () => {
      throw awsError('AccessDenied');
    };
    expect(await ask()).toMatchObject([{ verdict: 'unknown', missingPermission: 'iam:SimulatePrincipalPolicy' }]);
  });

  it('knows nothing of what IAM does not know, and of what it leaves out', async () => {
    iam.simulate = () => {
      throw awsError('InvalidInputException');
    };
    expect(await ask()).toMatchObject([{ verdict: 'unknown', missingPermission: null }]);
    iam.simulate = () => ({ EvaluationResults: [] });
    expect(await ask()).toMatchObject([{ verdict: 'unknown', why: 'IAM answered nothing about it' }]);
    expect(await iam.simulator.simulate({ principalArn: USER, wanted: [] })).toEqual([]);
  });

  it('fails when AWS does not answer', async () => {
    iam.simulate = () => {
      throw awsError('ServiceFailure');
    };
    await expect(ask()).rejects.toMatchObject({ code: 'aws.unavailable' });
    iam.role = awsError('ServiceFailure');
    await expect(ask(SESSION)).rejects.toMatchObject({ code: 'aws.unavailable' });
  });
});
