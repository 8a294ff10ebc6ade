import { AwsClients } from '../aws/aws-clients.service.js';
import { CallerIdentityService } from '../aws/caller-identity.service.js';
import { PolicySimulatorService } from '../aws/policy-simulator.service.js';
import { SystemClock } from '../common/clock/clock.js';
import { loadConfig } from '../config/app-config.js';
import { AwsCredentialsService } from '../credentials/aws-credentials.service.js';
import { MfaSessionService } from '../credentials/mfa-session.service.js';
import { EcsExecCheckService } from '../operations/ecs-exec/ecs-exec-check.service.js';
import { EcsExecSessionService } from '../operations/ecs-exec/ecs-exec-session.service.js';
import { OneOffTaskService } from '../operations/ecs-exec/one-off-task.service.js';

export interface EcsServices {
  checks: EcsExecCheckService;
  sessions: EcsExecSessionService;
  tasks: OneOffTaskService;
}

/** Lends the services of `psctl ecs`. They ask AWS and need no database, which an operator's machine cannot reach. */
export async function withEcsServices<T>(work: (services: EcsServices) => Promise<T>): Promise<T> {
  const config = loadConfig();
  const clock = new SystemClock();
  const mfa = new MfaSessionService(config, clock);
  const credentials = new AwsCredentialsService(config, mfa, clock);
  const clients = new AwsClients(config, credentials);
  const identities = new CallerIdentityService(clients, clock);
  const simulator = new PolicySimulatorService(clients);
  const checks = new EcsExecCheckService(config, clock, clients, identities, simulator, credentials, mfa);
  const sessions = new EcsExecSessionService(config, clock, clients, checks, credentials);
  try {
    return await work({ checks, sessions, tasks: new OneOffTaskService(config, clock, clients) });
  } finally {
    await clients.onApplicationShutdown();
  }
}
