import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile/index.js';
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { arnStart } from '../arn.js';
import { type ClusterInputs } from './cluster-inputs.js';
import { assumeRolePolicy, ec2Policy, s3Policy, secretsPolicy } from './iam-policies.js';
import { type TerraformText } from './terraform-text.js';

/** Policies of AWS by the end of their attachment's name. */
const MANAGED_POLICIES = {
  aec2crro: 'AmazonEC2ContainerRegistryReadOnly',
  assmmic: 'AmazonSSMManagedInstanceCore',
  cwasp: 'CloudWatchAgentServerPolicy',
  cwaap: 'CloudWatchAgentAdminPolicy',
};

/** One role for all machines. Its names carry that of S3 for historical reasons. */
export class MachineRole extends Construct {
  readonly profile: IamInstanceProfile;
  /** What a machine may do; one that boots earlier is refused by the registry. */
  readonly permissions: IamRolePolicyAttachment[];

  constructor(
    scope: Construct,
    private readonly inputs: ClusterInputs,
  ) {
    super(scope, 'iam');
    const { clusterName, hardening, installation, adopted } = inputs;
    const role = addressed('s3-role', () => {
      return new IamRole(this, 'role', {
        name: `${clusterName}-iam-role`,
        assumeRolePolicy: assumeRolePolicy(inputs),
        // An attachment that no state knows, because a run was killed, would keep the role from going for ever.
        ...(adopted === null
          ? { forceDetachPolicies: true, permissionsBoundary: installation.machineBoundary ?? undefined }
          : {}),
      });
    });
    this.profile = addressed('s3-role', () => {
      return new IamInstanceProfile(this, 'profile', { name: `${clusterName}-iam-profile`, role: role.name });
    });
    this.permissions = [
      this.attach('s3-role-policy-local', role, this.policy('s3-policy', 'iams3-policy', s3Policy(inputs)).arn),
      this.attach('ec2-role-policy-local', role, this.policy('ec2-policy', 'iamec2-policy', ec2Policy(inputs)).arn),
      ...Object.entries(MANAGED_POLICIES).map(([suffix, name]) =>
        this.attach(`ec2-role-policy-${suffix}`, role, `${arnStart(installation.region)}:iam::aws:policy/${name}`),
      ),
    ];
    if (hardening.secretsAtBoot) {
      const secrets = this.policy('secrets-policy', 'iamsecrets-policy', secretsPolicy(inputs));
      this.permissions.push(this.attach('secrets-role-policy-local', role, secrets.arn));
    }
  }

  private policy(address: string, suffix: string, policy: TerraformText): IamPolicy {
    const name = `${this.inputs.clusterName}-${suffix}`;
    return addressed(address, (id) => new IamPolicy(this, id, { name, policy }));
  }

  private attach(address: string, role: IamRole, policyArn: string): IamRolePolicyAttachment {
    return addressed(address, (id) => new IamRolePolicyAttachment(this, id, { role: role.name, policyArn }));
  }
}
