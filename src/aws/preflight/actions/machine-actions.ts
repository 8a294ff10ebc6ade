import { type ActionTable, of } from '../required-actions.types.js';

const ec2 = (...names: string[]): string[] => of('ec2', ...names);
const scaling = (...names: string[]): string[] => of('autoscaling', ...names);

/** A group launches machines in the name of whoever makes it, so that one needs the rights to launch them as well. */
const LAUNCH = [...ec2('RunInstances', 'CreateTags'), 'iam:PassRole', 'iam:CreateServiceLinkedRole'];

/** Sources: as {@link NETWORK_ACTIONS}; issue 12722 of the provider for what a group needs besides. */
export const MACHINE_ACTIONS: ActionTable = {
  aws_instance: {
    read: ec2(
      'DescribeInstances',
      'DescribeInstanceTypes',
      'DescribeInstanceAttribute',
      'DescribeTags',
      'DescribeVolumes',
      'DescribeInstanceCreditSpecifications',
      'DescribeImages',
    ),
    create: [...ec2('RunInstances', 'AssociateIamInstanceProfile'), 'iam:PassRole'],
    update: ec2(
      'ModifyInstanceAttribute',
      'ModifyInstanceMetadataOptions',
      'StopInstances',
      'StartInstances',
      'MonitorInstances',
      'UnmonitorInstances',
      'ReplaceIamInstanceProfileAssociation',
    ),
    delete: ec2('TerminateInstances'),
  },
  aws_launch_template: {
    read: ec2('DescribeLaunchTemplates', 'DescribeLaunchTemplateVersions'),
    create: ec2('CreateLaunchTemplate'),
    update: ec2('CreateLaunchTemplateVersion', 'ModifyLaunchTemplate'),
    delete: ec2('DeleteLaunchTemplate', 'DeleteLaunchTemplateVersions'),
  },
  aws_autoscaling_group: {
    read: scaling(
      'DescribeAutoScalingGroups',
      'DescribeScalingActivities',
      'DescribeWarmPool',
      'DescribeTrafficSources',
      'DescribeInstanceRefreshes',
    ),
    create: [...scaling('CreateAutoScalingGroup', 'CreateOrUpdateTags'), ...LAUNCH],
    update: scaling('UpdateAutoScalingGroup', 'SuspendProcesses', 'ResumeProcesses', 'SetInstanceProtection'),
    delete: scaling('DeleteAutoScalingGroup', 'DeleteTags'),
  },
};
