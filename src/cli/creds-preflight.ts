import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { type CheckedAction, type PreflightReport } from '../aws/preflight.types.js';
import { type ProgramParts } from './program-parts.js';
import { type Answer, runCommand, table } from './output.js';

const DENIED = 1;

const EXAMPLES = `
Makes the configuration of the organization's cluster, and asks IAM about each action Terraform needs for it. Nothing is
built. What policies of resources, endpoints and sessions forbid IAM does not tell, so what is allowed can still fail.
It asks with the credentials of this machine; in a container of the worker that is the role clusters are built with.

Exit codes: 0 nothing is denied, 1 something is, or it failed, 3 the session is over.

Examples:
  psctl creds preflight --organization field-lab
  psctl creds preflight --organization field-lab --json | jq .missing`;

export function registerPreflight(creds: Command, { open }: ProgramParts): void {
  creds
    .command('preflight')
    .description("Says whether the credentials may do everything an organization's cluster takes.")
    .requiredOption('--organization <name>', 'whose cluster it is about')
    .option('--all', 'list what is allowed as well')
    .option('--json', 'print {"principal", "account", "expiresAt", "verdict", "actions", "uncovered", "missing"}')
    .addHelpText('after', EXAMPLES)
    .action((options: { organization: string; all?: boolean; json?: boolean }) =>
      runCommand(open, options, (services) => preflight(services, options.organization, options.all ?? false)),
    );
}

async function preflight(services: INestApplicationContext, organization: string, isAll: boolean): Promise<Answer> {
  // Loaded when they are needed: the other commands of creds have no use for clusters and a database, and start sooner.
  const { ClusterPreflightService } = await import('../clusters/cluster-preflight.service.js');
  const { AwsCredentialsService } = await import('../credentials/aws-credentials.service.js');
  const report = await services.get(ClusterPreflightService, { strict: false }).check(organization);
  const { expiresAt } = await services.get(AwsCredentialsService, { strict: false }).resolve();
  if (report.verdict === 'denied') process.exitCode = DENIED;
  return { text: asText(report, expiresAt, isAll), json: { ...report, expiresAt } };
}

function asText(
  { principal, actions, uncovered, missing }: PreflightReport,
  expiresAt: Date | null,
  isAll: boolean,
): string {
  const shown = actions.filter(({ verdict }) => isAll || verdict !== 'allowed');
  const count = (verdict: CheckedAction['verdict']): number => actions.filter((one) => one.verdict === verdict).length;
  return [
    `${principal}, ${expiresAt === null ? 'without an end' : `until ${expiresAt.toISOString()}`}`,
    `${actions.length} actions are needed: ${count('allowed')} allowed, ${count('denied')} denied, ${count('unknown')} unknown.`,
    ...(shown.length === 0 ? [] : ['', table([['VERDICT', 'ACTION', 'WHY', 'NEEDED BY'], ...shown.map(row)])]),
    ...(uncovered.length === 0 ? [] : ['', `Not known what these need: ${uncovered.join(', ')}`]),
    ...(missing.length === 0 ? [] : ['', 'A policy that allows what is denied:', policyText(missing)]),
  ].join('\n');
}

function row({ verdict, action, why, addresses }: CheckedAction): string[] {
  const [first = '', ...others] = addresses;
  return [verdict, action, why || '-', others.length === 0 ? first : `${first} and ${others.length} more`];
}

function policyText(missing: PreflightReport['missing']): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: missing }, null, 2);
}
