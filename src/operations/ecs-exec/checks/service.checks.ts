import { type Cluster, type Service, type ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import { type ExecSnapshot, valueOf } from '../snapshot.js';
import { nameOf } from '../names.js';
import { type Check, fail, type Finding, given, pass, skip, warn } from './check.js';

const EVENTS = 5;
/** Migrating at the start takes this long at most before the container counts as unhealthy (docker/Dockerfile). */
const START_SECONDS = 300;

export const serviceChecks: Check[] = [
  { id: 'exec.cluster', run: cluster },
  { id: 'exec.service.status', run: status },
  { id: 'exec.service.flag', run: flag },
  { id: 'exec.service.deploy', run: deploy },
  { id: 'exec.service.grace', run: grace },
];

function cluster({ cluster: input, target }: ExecSnapshot): Finding {
  return given<[Cluster | null]>([input], (found) => {
    if (!found)
      return fail(
        `There is no cluster ${target.cluster} here.`,
        'Check name, region and account; aws ecs list-clusters shows those there are.',
      );
    const evidence = { arn: found.clusterArn, status: found.status };
    if (found.status !== 'ACTIVE')
      return fail(`The cluster is ${found.status ?? 'in an unknown state'}.`, 'Deploy it again.', evidence);
    return pass(`The cluster ${nameOf(target.cluster)} is active.`, evidence);
  });
}

function status(snapshot: ExecSnapshot): Finding {
  const { cluster: clusterName, service: serviceName } = snapshot.target;
  return ofService(
    snapshot,
    (service) => {
      const evidence = { arn: service.serviceArn, status: service.status };
      if (service.status === 'ACTIVE') return pass(`The service ${service.serviceName ?? ''} is active.`, evidence);
      if (service.status === 'DRAINING')
        return warn(
          'The service is being removed; its tasks end soon.',
          'Deploy it again if it should stay.',
          evidence,
        );
      return fail(`The service is ${service.status ?? 'in an unknown state'}.`, 'Deploy it.', evidence);
    },
    () =>
      fail(
        `There is no service ${serviceName ?? ''} in ${clusterName}.`,
        'Check the name; aws ecs list-services shows those there are.',
      ),
  );
}

function flag(snapshot: ExecSnapshot): Finding {
  return ofService(snapshot, (service) => {
    const task = valueOf(snapshot.task);
    const evidence = { service: service.enableExecuteCommand, task: task?.enableExecuteCommand };
    if (service.enableExecuteCommand !== true)
      return fail(
        'The service does not have ECS Exec enabled.',
        'Set enableExecuteCommand of the service and deploy anew: aws ecs update-service --enable-execute-command --force-new-deployment.',
        evidence,
      );
    if (task && task.enableExecuteCommand !== true)
      return warn(
        'The service has ECS Exec enabled, but the task was started before that.',
        'Start new tasks: aws ecs update-service --force-new-deployment.',
        evidence,
      );
    return pass('The service has ECS Exec enabled.', evidence);
  });
}

function deploy(snapshot: ExecSnapshot): Finding {
  return ofService(snapshot, (service) => {
    const primary = service.deployments?.find((deployment) => deployment.status === 'PRIMARY');
    const state = primary?.rolloutState ?? null;
    const breaker = service.deploymentConfiguration?.deploymentCircuitBreaker;
    const events = (service.events ?? []).slice(0, EVENTS).map(({ message }) => message ?? '');
    const { desiredCount: desired, runningCount: running } = service;
    const evidence = {
      ...{ state, desired, running, events },
      circuitBreaker: { enable: breaker?.enable ?? false, rollback: breaker?.rollback ?? false },
      lastDeployment: lastOf(snapshot),
    };
    if (state === 'FAILED')
      return fail(
        `The deployment failed: ${primary?.rolloutStateReason ?? 'ECS gives no reason'}.`,
        `See what happened: ${events.join(' | ') || 'ECS tells of no events'}`,
        evidence,
      );
    if (state === 'IN_PROGRESS')
      return warn(
        'A deployment is under way; tasks may be replaced at any moment.',
        'Wait until it is complete.',
        evidence,
      );
    if (desired !== running)
      return warn(
        `${running ?? 0} of ${desired ?? 0} wanted tasks run.`,
        `See why: ${events.join(' | ') || 'ECS tells of no events'}`,
        evidence,
      );
    if (breaker?.enable !== true || breaker.rollback !== true)
      return warn(
        'A deployment that fails is tried for ever: the circuit breaker is off, or does not roll back.',
        'Set deploymentCircuitBreaker {enable, rollback} of the service.',
        evidence,
      );
    return pass(`The deployment is complete: ${running ?? 0} of ${desired ?? 0} wanted tasks run.`, evidence);
  });
}

function grace(snapshot: ExecSnapshot): Finding {
  return ofService(snapshot, (service) => {
    if ((service.loadBalancers ?? []).length === 0) return skip('No load balancer looks at the health of the tasks.');
    const seconds = service.healthCheckGracePeriodSeconds ?? 0;
    if (seconds >= START_SECONDS) return pass(`The load balancer is ignored for the first ${seconds} s.`, { seconds });
    return warn(
      `The load balancer is ignored for the first ${seconds} s only; a task that migrates for longer is killed and started again.`,
      `Set healthCheckGracePeriodSeconds to ${START_SECONDS} or more.`,
      { seconds },
    );
  });
}

/** That there is none says {@link status}; a task nobody's service started has none of this. */
function ofService(
  { service: input, target }: ExecSnapshot,
  rule: (service: Service) => Finding,
  without: () => Finding = () => skip('There is no service.'),
): Finding {
  return given<[Service | null]>([input], (service) => {
    if (service) return rule(service);
    return target.service === null ? skip('The task was started by no service.') : without();
  });
}

function lastOf({ deployment }: ExecSnapshot): Pick<ServiceDeploymentBrief, 'status' | 'statusReason'> | null {
  const last = valueOf(deployment);
  return last ? { status: last.status, statusReason: last.statusReason } : null;
}
