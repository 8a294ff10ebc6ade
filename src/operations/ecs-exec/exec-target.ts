import { type Env } from '../../config/env.schema.js';
import { serviceNames, SERVICE_OF_API } from '../service-names.js';
import { ExecTargetError } from './ecs-exec.errors.js';
import { type ExecTarget, type TargetOptions } from './ecs-exec.types.js';
import { nameOf } from './names.js';

type Configured = Pick<Env, 'PS_ECS_CLUSTER' | 'PS_ECS_SERVICE' | 'PS_ECS_CONTAINER'>;

/**
 * What is meant: what was said, else the names of the domain, else the configuration, else what this service is called by
 * its rule of names. Throws {@link ExecTargetError} when nobody says which cluster.
 */
export function execTarget(options: TargetOptions, configured: Readonly<Configured>): ExecTarget {
  const names = options.domain === undefined ? null : namesOf(options.domain);
  const cluster = options.cluster ?? names?.cluster ?? configured.PS_ECS_CLUSTER;
  if (cluster === undefined)
    throw new ExecTargetError(
      'It is not known which ECS cluster is meant. Name it or the domain (--cluster, --domain), or set PS_ECS_CLUSTER.',
    );
  const service = options.service ?? names?.service ?? configured.PS_ECS_SERVICE ?? SERVICE_OF_API;
  const isConfigured = names === null && options.service === undefined;
  const container = options.container ?? (isConfigured ? configured.PS_ECS_CONTAINER : undefined) ?? nameOf(service);
  return { cluster, service: options.task === undefined ? service : null, task: options.task ?? null, container };
}

function namesOf(domain: string) {
  try {
    return serviceNames(domain);
  } catch (error) {
    throw new ExecTargetError(`${(error as Error).message} Give one such as testsliderule.org.`, { cause: error });
  }
}
