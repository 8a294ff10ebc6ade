import { Injectable } from '@nestjs/common';
import { AwsCredentialsService } from '../../credentials/aws-credentials.service.js';
import { StackRunnerService } from '../../provisioning/stack-runner.service.js';
import {
  type StackRunResult,
  type StackRunWatcher,
  type SynthesisedStack,
} from '../../provisioning/stack-runs.types.js';
import { SERVICE_OF_API, SERVICE_OF_WORKER, serviceNames } from '../service-names.js';
import { DeploymentProtectedError } from './deployment.errors.js';
import { DeploymentSecretsService } from './deployment-secrets.service.js';
import { serviceDefinition, type ServiceSettings } from './service-definition.js';

const STACK_FILE = 'cdk.tf.json';
/** Stands for the version of the password where nobody has asked for it. */
const UNKNOWN_PASSWORD_VERSION = 0;

export interface DeploymentTask {
  action: 'plan' | 'apply' | 'destroy';
  settings: ServiceSettings;
  /** Bucket of the state, or null for the data directory of this machine. */
  stateBucket: string | null;
  signal: AbortSignal;
}

/** Brings the service itself to AWS, for one domain. */
@Injectable()
export class ServiceDeploymentService {
  constructor(
    private readonly credentials: AwsCredentialsService,
    private readonly secrets: DeploymentSecretsService,
    private readonly runner: StackRunnerService,
  ) {}

  /** The configuration as the text of `cdk.tf.json`, without asking AWS anything. */
  synthesise(settings: ServiceSettings, stateBucket: string | null): Promise<string> {
    return textOf(settings, stateBucket, UNKNOWN_PASSWORD_VERSION);
  }

  /**
   * Runs Terraform as far as the action says and the watcher agrees. Throws {@link DeploymentProtectedError},
   * DeploymentSecretsError, AwsUnavailableError and the errors of the credentials; nothing was changed then.
   */
  async carryOut(task: DeploymentTask, watcher: StackRunWatcher): Promise<StackRunResult> {
    const { action, settings, stateBucket, signal } = task;
    if (action === 'destroy' && settings.database.isProtected) throw new DeploymentProtectedError(settings.domain);
    const { password, version } = await this.secrets.check(settings.domain);
    const { passwordVariable } = await serviceDefinition();
    const { environment, secrets } = await this.credentials.forChild();
    const stack: SynthesisedStack = {
      files: { [STACK_FILE]: await textOf(settings, stateBucket, version) },
      lockFile: null,
      variables: { [passwordVariable]: password },
      environment: { ...environment, AWS_REGION: settings.region },
      secrets: [...secrets, password],
    };
    const request = {
      name: `service-${settings.domain}`,
      kind: action === 'destroy' ? ('destroy' as const) : ('update' as const),
      isPlanOnly: action === 'plan',
      signal,
    };
    return this.runner.run(request, stack, watcher);
  }
}

async function textOf(settings: ServiceSettings, stateBucket: string | null, version: number): Promise<string> {
  const { synthesise } = await serviceDefinition();
  return synthesise({
    ...settings,
    names: { cluster: serviceNames(settings.domain).cluster, web: SERVICE_OF_API, worker: SERVICE_OF_WORKER },
    databasePasswordVersion: version,
    stateBucket,
  });
}
