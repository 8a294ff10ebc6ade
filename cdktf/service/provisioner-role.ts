import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Account } from './account.js';
import { type MachineBoundary } from './machine-boundary.js';
import { policy, type Statement } from './policy.js';
import { type ServiceInputs } from './service-inputs.js';

/** As long as a run may take; the service renews what it got by then. */
const SESSION_SECONDS = 3600;

const NAMES = { role: '*-iam-role', 'instance-profile': '*-iam-profile', policy: '*-iam*-policy' };

/** What builds clusters: taken on by the worker for each run, and by nothing else. */
export class ProvisionerRole extends Construct {
  readonly role: IamRole;

  constructor(
    scope: Construct,
    private readonly inputs: ServiceInputs,
    private readonly account: Account,
    boundary: MachineBoundary,
    worker: IamRole,
  ) {
    super(scope, 'provisioner');
    this.role = addressed('provisioner', (id) => {
      return new IamRole(this, id, {
        name: `${inputs.names.cluster}-${id}`,
        maxSessionDuration: SESSION_SECONDS,
        assumeRolePolicy: policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: worker.arn } }),
      });
    });
    this.grant('machines', this.machines());
    this.grant('identities', [...this.roles(boundary.policy.arn), ...this.otherIdentities()]);
    this.grant('objects', this.objects());
    addressed('worker-takes-on-provisioner', (id) => {
      return new IamRolePolicy(this, id, {
        name: 'take-on-provisioner',
        role: worker.id,
        policy: policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: this.role.arn }),
      });
    });
  }

  /** A policy of each kind: one alone would be longer than IAM allows. */
  private grant(name: string, statements: Statement[]): void {
    addressed(`provisioner-${name}`, (id) => {
      return new IamRolePolicy(this, id, { name, role: this.role.id, policy: policy(...statements) });
    });
  }

  private machines(): Statement[] {
    const here = { StringEquals: { 'aws:RequestedRegion': this.inputs.region } };
    return [
      {
        Sid: 'Look',
        Effect: 'Allow',
        Action: ['ec2:Describe*', 'ec2:GetConsoleOutput', 'autoscaling:Describe*'],
        Resource: '*',
      },
      {
        Sid: 'Networks',
        Effect: 'Allow',
        Action: [
          'ec2:*Vpc',
          'ec2:*VpcAttribute',
          'ec2:*Subnet',
          'ec2:*SubnetAttribute',
          'ec2:*InternetGateway',
          'ec2:*RouteTable',
          'ec2:*RouteTableAssociation',
          'ec2:*Route',
          'ec2:*SecurityGroup',
          'ec2:*SecurityGroupIngress',
          'ec2:*SecurityGroupEgress',
          'ec2:CreateTags',
          'ec2:DeleteTags',
        ],
        Resource: '*',
        Condition: here,
      },
      {
        Sid: 'Machines',
        Effect: 'Allow',
        Action: [
          'ec2:RunInstances',
          'ec2:StartInstances',
          'ec2:StopInstances',
          'ec2:TerminateInstances',
          'ec2:MonitorInstances',
          'ec2:UnmonitorInstances',
          'ec2:ModifyInstanceAttribute',
          'ec2:ModifyInstanceMetadataOptions',
          'ec2:AssociateIamInstanceProfile',
          'ec2:ReplaceIamInstanceProfileAssociation',
          'ec2:DisassociateIamInstanceProfile',
          'ec2:*LaunchTemplate',
          'ec2:CreateLaunchTemplateVersion',
          'ec2:DeleteLaunchTemplateVersions',
          'autoscaling:*AutoScalingGroup',
          'autoscaling:*Tags',
          'autoscaling:*InstanceRefresh',
          'autoscaling:SuspendProcesses',
          'autoscaling:ResumeProcesses',
          'autoscaling:SetInstanceProtection',
        ],
        Resource: '*',
        Condition: here,
      },
    ];
  }

  private roles(boundaryArn: string): Statement[] {
    const roles = this.identity('role');
    return [
      {
        Sid: 'LookAtIdentities',
        Effect: 'Allow',
        Action: ['iam:Get*', 'iam:List*'],
        Resource: [roles, this.identity('instance-profile'), this.identity('policy')],
      },
      {
        Sid: 'GiveRights',
        Effect: 'Allow',
        Action: ['iam:CreateRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary'],
        Resource: roles,
        Condition: { StringEquals: { 'iam:PermissionsBoundary': boundaryArn } },
      },
      {
        Sid: 'RolesOfMachines',
        Effect: 'Allow',
        Action: [
          'iam:DeleteRole',
          'iam:DeleteRolePolicy',
          'iam:DetachRolePolicy',
          'iam:TagRole',
          'iam:UntagRole',
          'iam:UpdateRole',
          'iam:UpdateRoleDescription',
        ],
        Resource: roles,
      },
      {
        Sid: 'HandToMachines',
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: roles,
        Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      },
    ];
  }

  private otherIdentities(): Statement[] {
    return [
      {
        Sid: 'Policies',
        Effect: 'Allow',
        Action: [
          'iam:CreatePolicy',
          'iam:CreatePolicyVersion',
          'iam:DeletePolicy',
          'iam:DeletePolicyVersion',
          'iam:TagPolicy',
          'iam:UntagPolicy',
        ],
        Resource: this.identity('policy'),
      },
      {
        Sid: 'Profiles',
        Effect: 'Allow',
        Action: [
          'iam:CreateInstanceProfile',
          'iam:DeleteInstanceProfile',
          'iam:AddRoleToInstanceProfile',
          'iam:RemoveRoleFromInstanceProfile',
          'iam:TagInstanceProfile',
          'iam:UntagInstanceProfile',
        ],
        Resource: this.identity('instance-profile'),
      },
      {
        Sid: 'FirstGroupOfTheAccount',
        Effect: 'Allow',
        Action: 'iam:CreateServiceLinkedRole',
        Resource: '*',
        Condition: { StringEquals: { 'iam:AWSServiceName': ['autoscaling.amazonaws.com', 'spot.amazonaws.com'] } },
      },
    ];
  }

  /** Those of clusters, by the names the stack of a cluster gives them. */
  private identity(kind: keyof typeof NAMES): string {
    return this.account.arn('iam', `${kind}/${NAMES[kind]}`);
  }

  private objects(): Statement[] {
    const { account, inputs } = this;
    const { projectBucket } = inputs.clusters;
    return [
      {
        Sid: 'ConfigurationOfMachines',
        Effect: 'Allow',
        Action: [
          's3:GetObject',
          's3:GetObjectTagging',
          's3:PutObject',
          's3:PutObjectTagging',
          's3:DeleteObject',
          's3:DeleteObjectVersion',
        ],
        Resource: account.bucketArn(projectBucket, '*'),
      },
      {
        Sid: 'LookIntoBucket',
        Effect: 'Allow',
        Action: ['s3:ListBucket', 's3:ListBucketVersions', 's3:GetBucketLocation'],
        Resource: account.bucketArn(projectBucket),
      },
      {
        Sid: 'Names',
        Effect: 'Allow',
        Action: [
          'route53:ListHostedZones',
          'route53:ListHostedZonesByName',
          'route53:GetHostedZone',
          'route53:GetChange',
          'route53:ListResourceRecordSets',
          'route53:ListTagsForResource',
          'route53:ChangeResourceRecordSets',
        ],
        Resource: '*',
      },
      {
        Sid: 'SecretsOfMachines',
        Effect: 'Allow',
        Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy', 'secretsmanager:GetSecretValue'],
        Resource: account.arn('secretsmanager', `secret:${inputs.domain}/secrets-??????`),
      },
    ];
  }
}
