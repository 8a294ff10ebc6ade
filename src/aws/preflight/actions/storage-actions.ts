import { type ActionTable, of } from '../required-actions.types.js';

const s3 = (...names: string[]): string[] => of('s3', ...names);

/** The provider reads everything a bucket may have, whatever the configuration says of it. */
const READ_BUCKET = s3(
  'ListBucket',
  'GetBucketAcl',
  'GetBucketPolicy',
  'GetBucketCORS',
  'GetBucketWebsite',
  'GetBucketVersioning',
  'GetAccelerateConfiguration',
  'GetBucketRequestPayment',
  'GetBucketLogging',
  'GetLifecycleConfiguration',
  'GetReplicationConfiguration',
  'GetEncryptionConfiguration',
  'GetBucketObjectLockConfiguration',
  'GetBucketTagging',
);

/** Sources: as {@link NETWORK_ACTIONS}; the part of S3 of the Service Authorization Reference. */
export const STORAGE_ACTIONS: ActionTable = {
  aws_s3_object: {
    read: s3('GetObject', 'GetObjectTagging'),
    create: s3('PutObject', 'PutObjectTagging'),
    update: s3('PutObject'),
    delete: s3('DeleteObject', 'DeleteObjectVersion', 'ListBucketVersions'),
  },
  aws_s3_bucket: {
    read: READ_BUCKET,
    create: s3('CreateBucket', 'PutBucketTagging'),
    update: s3('PutBucketTagging'),
    delete: s3('DeleteBucket'),
  },
  aws_s3_bucket_versioning: ofBucket('GetBucketVersioning', 'PutBucketVersioning'),
  aws_s3_bucket_server_side_encryption_configuration: ofBucket(
    'GetEncryptionConfiguration',
    'PutEncryptionConfiguration',
  ),
  aws_s3_bucket_public_access_block: ofBucket('GetBucketPublicAccessBlock', 'PutBucketPublicAccessBlock'),
  aws_s3_bucket_lifecycle_configuration: ofBucket('GetLifecycleConfiguration', 'PutLifecycleConfiguration'),
  aws_s3_bucket_policy: ofBucket('GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'),
  aws_db_subnet_group: {
    read: of('rds', 'DescribeDBSubnetGroups', 'ListTagsForResource'),
    create: of('rds', 'CreateDBSubnetGroup'),
    update: of('rds', 'ModifyDBSubnetGroup'),
    delete: of('rds', 'DeleteDBSubnetGroup'),
  },
  aws_db_parameter_group: {
    read: of('rds', 'DescribeDBParameterGroups', 'DescribeDBParameters', 'ListTagsForResource'),
    create: of('rds', 'CreateDBParameterGroup', 'ModifyDBParameterGroup'),
    update: of('rds', 'ModifyDBParameterGroup', 'ResetDBParameterGroup'),
    delete: of('rds', 'DeleteDBParameterGroup'),
  },
  aws_db_instance: {
    read: of('rds', 'DescribeDBInstances', 'DescribeDBSnapshots', 'DescribeDBEngineVersions', 'ListTagsForResource'),
    create: [
      ...of('rds', 'CreateDBInstance', 'RestoreDBInstanceFromDBSnapshot', 'AddTagsToResource'),
      ...of('iam', 'PassRole', 'CreateServiceLinkedRole'),
      ...of('kms', 'CreateGrant', 'DescribeKey'),
    ],
    update: of('rds', 'ModifyDBInstance', 'RebootDBInstance', 'RemoveTagsFromResource'),
    delete: of('rds', 'CreateDBSnapshot', 'DeleteDBInstance'),
  },
};

/** Settings of a bucket have no action of their own for their removal, unless one is told. */
function ofBucket(get: string, put: string, remove = put): ActionTable[string] {
  return { read: s3(get), create: s3(put), update: s3(put), delete: s3(remove) };
}
