import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias/index.js';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Account } from './account.js';
import { policy } from './policy.js';
import { type ServiceInputs } from './service-inputs.js';

const DELETION_DAYS = 30;

/** One key of the installation's own for database, logs, mails to operators, and sessions in containers. */
export class Encryption extends Construct {
  readonly key: KmsKey;

  constructor(scope: Construct, { names, region }: ServiceInputs, account: Account) {
    super(scope, 'encryption');
    this.key = addressed('service', (id) => {
      return new KmsKey(this, id, {
        description: `ps-server ${names.cluster}`,
        enableKeyRotation: true,
        deletionWindowInDays: DELETION_DAYS,
        policy: policy(
          {
            Sid: 'AccountDecides',
            Effect: 'Allow',
            Action: 'kms:*',
            Principal: { AWS: account.arn('iam', 'root') },
            Resource: '*',
          },
          {
            Sid: 'Logs',
            Effect: 'Allow',
            Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
            Principal: { Service: `logs.${region}.amazonaws.com` },
            Resource: '*',
            Condition: {
              ArnLike: { 'kms:EncryptionContext:aws:logs:arn': account.arn('logs', `log-group:/${names.cluster}/*`) },
            },
          },
          {
            Sid: 'Alarms',
            Effect: 'Allow',
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Resource: '*',
            Condition: { StringEquals: { 'aws:SourceAccount': account.id } },
          },
        ),
      });
    });
    addressed('service', () => {
      return new KmsAlias(this, 'alias', { name: `alias/${names.cluster}`, targetKeyId: this.key.keyId });
    });
  }
}
