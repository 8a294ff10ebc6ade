import { S3Object } from '@cdktf/provider-aws/lib/s3-object/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type ClusterInputs } from './cluster-inputs.js';
import { composeFiles } from './compose-files.js';

/** The compose file of each kind of machine, where its boot script fetches it. */
export class ConfigObjects extends Construct {
  readonly composeFiles: S3Object;

  constructor(scope: Construct, inputs: ClusterInputs) {
    super(scope, 'config-objects');
    this.composeFiles = addressed('docker-compose-config', (id) => {
      return new S3Object(this, id, {
        bucket: inputs.installation.projectBucket,
        key: `infrastructure/software/${inputs.clusterName}-\${each.key}`,
        content: '${each.value}',
        etag: '${md5(each.value)}',
      });
    });
    this.composeFiles.addOverride('for_each', composeFiles(inputs));
  }
}
