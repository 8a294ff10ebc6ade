import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Account } from './account.js';
import { policy, type Statement } from './policy.js';
import { type ServiceInputs } from './service-inputs.js';

const PULL_IMAGES: Statement = {
  Sid: 'PullImages',
  Effect: 'Allow',
  Action: [
    'ecr:GetAuthorizationToken',
    'ecr:BatchCheckLayerAvailability',
    'ecr:GetDownloadUrlForLayer',
    'ecr:BatchGetImage',
    'ecr:DescribeImages',
    'ecr:DescribeRepositories',
    'ecr:ListImages',
  ],
  Resource: '*',
};

const BE_MANAGED: Statement = {
  Sid: 'BeManagedAndWatched',
  Effect: 'Allow',
  Action: [
    'ssm:DescribeAssociation',
    'ssm:GetDocument',
    'ssm:GetManifest',
    'ssm:ListAssociations',
    'ssm:ListInstanceAssociations',
    'ssm:PutInventory',
    'ssm:UpdateAssociationStatus',
    'ssm:UpdateInstanceAssociationStatus',
    'ssm:UpdateInstanceInformation',
    'ssmmessages:*',
    'ec2messages:*',
    'cloudwatch:PutMetricData',
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:DescribeLogGroups',
    'logs:DescribeLogStreams',
    'logs:PutLogEvents',
    'logs:PutRetentionPolicy',
  ],
  Resource: '*',
};

/**
 * The most a machine of any cluster may ever do, whatever its role says. The provisioner can make roles only with this
 * boundary, so it cannot make one that is mightier than itself.
 */
export class MachineBoundary extends Construct {
  readonly policy: IamPolicy;

  constructor(scope: Construct, inputs: ServiceInputs, account: Account) {
    super(scope, 'machine-boundary');
    this.policy = addressed('machine-boundary', (id) => {
      return new IamPolicy(this, id, {
        name: `${inputs.names.cluster}-${id}`,
        description: 'The most a machine of a cluster may do',
        policy: policy(...dataStatements(inputs, account), PULL_IMAGES, BE_MANAGED),
      });
    });
  }
}

/** What clusters work on. */
function dataStatements({ domain, clusters, region }: ServiceInputs, account: Account): Statement[] {
  const buckets = [clusters.projectBucket, clusters.publicBucket];
  return [
    {
      Sid: 'ReadData',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:ListBucket', 's3:GetBucketLocation'],
      Resource: '*',
    },
    {
      Sid: 'WriteResults',
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
      Resource: buckets.map((bucket) => account.bucketArn(bucket, '*')),
    },
    {
      Sid: 'ReplaceNodes',
      Effect: 'Allow',
      Action: ['ec2:DescribeInstances', 'ec2:DescribeTags', 'ec2:DescribeVolumes', 'ec2:TerminateInstances'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': region } },
    },
    {
      Sid: 'Secrets',
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: account.arn('secretsmanager', `secret:${domain}/secrets-??????`),
    },
  ];
}
