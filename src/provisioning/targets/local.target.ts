import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import { type RunInputs } from '../provisioning.types.js';
import { type Existing, type SynthesisedStack, type Target } from './target.js';

/** Clusters on this machine, for development and demonstrations. */
@Injectable()
export class LocalTarget implements Target {
  constructor(private readonly config: AppConfig) {}

  async preload(): Promise<void> {
    await definition();
  }

  /** What `terraform_data` stands for exists in the state only. */
  existing(): Promise<Existing> {
    return Promise.resolve({ resources: [], listedTypes: [] });
  }

  preflight(): Promise<null> {
    return Promise.resolve(null);
  }

  diagnose(): Promise<string[]> {
    return Promise.resolve([]);
  }

  async synthesise({ organizationName, nodes, clusterVersion, isPublic }: RunInputs): Promise<SynthesisedStack> {
    const { synthesiseLocalCluster } = await definition();
    const delaySeconds = this.config.env.PS_LOCAL_DELAY_SECONDS;
    const text = synthesiseLocalCluster({ organizationName, nodes, clusterVersion, isPublic, delaySeconds });
    return { files: { 'cdk.tf.json': text }, lockFile: null, variables: {}, environment: {}, secrets: [] };
  }
}

/** Imported late: cdktf takes 160 ms and 90 MB, which processes that only answer requests need not pay. */
function definition(): Promise<typeof import('../../../cdktf/local/local-cluster.js')> {
  return import('../../../cdktf/local/local-cluster.js');
}
