import { type ActionTable, of } from '../required-actions.types.js';

const iam = (...names: string[]): string[] => of('iam', ...names);

/** Sources: as {@link NETWORK_ACTIONS}. */
export const IDENTITY_ACTIONS: ActionTable = {
  aws_iam_role: {
    read: iam('GetRole', 'ListRolePolicies', 'ListAttachedRolePolicies', 'GetRolePolicy'),
    create: iam('CreateRole', 'TagRole'),
    update: iam(
      'UpdateRole',
      'UpdateRoleDescription',
      'UpdateAssumeRolePolicy',
      'UntagRole',
      'PutRolePermissionsBoundary',
      'DeleteRolePermissionsBoundary',
    ),
    delete: iam('ListInstanceProfilesForRole', 'DetachRolePolicy', 'DeleteRolePolicy', 'DeleteRole'),
  },
  aws_iam_role_policy: {
    read: iam('GetRolePolicy'),
    create: iam('PutRolePolicy'),
    update: iam('PutRolePolicy'),
    delete: iam('DeleteRolePolicy'),
  },
  aws_iam_role_policy_attachment: {
    read: iam('ListAttachedRolePolicies'),
    create: iam('AttachRolePolicy'),
    update: [],
    delete: iam('DetachRolePolicy'),
  },
  aws_iam_policy: {
    read: iam('GetPolicy', 'GetPolicyVersion', 'ListPolicyVersions'),
    create: iam('CreatePolicy', 'TagPolicy'),
    update: iam('CreatePolicyVersion', 'DeletePolicyVersion', 'UntagPolicy'),
    delete: iam('DeletePolicy'),
  },
  aws_iam_instance_profile: {
    read: iam('GetInstanceProfile'),
    create: iam('CreateInstanceProfile', 'AddRoleToInstanceProfile', 'TagInstanceProfile', 'PassRole'),
    update: iam('RemoveRoleFromInstanceProfile', 'UntagInstanceProfile'),
    delete: iam('RemoveRoleFromInstanceProfile', 'DeleteInstanceProfile'),
  },
  aws_kms_key: {
    read: of('kms', 'DescribeKey', 'GetKeyPolicy', 'GetKeyRotationStatus', 'ListResourceTags'),
    create: of('kms', 'CreateKey', 'EnableKeyRotation', 'PutKeyPolicy', 'TagResource'),
    update: of('kms', 'UpdateKeyDescription', 'PutKeyPolicy', 'UntagResource', 'EnableKey', 'DisableKey'),
    delete: of('kms', 'ScheduleKeyDeletion'),
  },
  aws_kms_alias: {
    read: of('kms', 'ListAliases'),
    create: of('kms', 'CreateAlias'),
    update: of('kms', 'UpdateAlias'),
    delete: of('kms', 'DeleteAlias'),
  },
};
