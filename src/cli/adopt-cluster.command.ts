import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { ClusterAdoptionService } from '../clusters/cluster-adoption.service.js';
import { type AdoptionReport, type OldStateLocation, oldStateKey } from '../clusters/cluster-adoption.types.js';
import { type Run } from '../provisioning/provisioning.types.js';
import { type ProgramParts } from './program-parts.js';
import { type Answer, PSCTL, runCommandWith, table, usageError } from './output.js';

interface Options {
  state?: string;
  bucket?: string;
  key?: string;
  domain: string;
  region: string;
  check?: boolean;
  workerSeconds: string;
  timeoutSeconds: string;
  json?: boolean;
}

interface Input {
  location: OldStateLocation;
  isCheck: boolean;
  unclaimedSeconds: number;
  totalSeconds: number;
}

const WOULD_CHANGE = 2;

const EXAMPLES = `
Suspends the organization's provisioning, stores the old system's state of its cluster, and has a worker plan an update to
what is there. An empty plan proves that the service manages the cluster now, and changes nothing of it. Provisioning
stays suspended until an administrator lifts that. Adopting the same state again stores nothing and plans again.
With --bucket, credentials come from where the AWS SDK looks for them; AWS_ENDPOINT_URL names another endpoint.

Exit codes: 0 nothing would change (with --check: it can be adopted), 1 failed, 2 something would change, or wrong usage.

Examples:
  psctl adopt-cluster field-lab --bucket sliderule --check
  psctl adopt-cluster field-lab --bucket sliderule
  psctl adopt-cluster field-lab --state cluster.tfstate --json`;

export function registerAdoptCluster(program: Command, { open }: ProgramParts): void {
  program
    .command('adopt-cluster')
    .description('Takes over a cluster the old system deployed, and proves with a plan that nothing would change.')
    .argument('<organization>', 'whose cluster it is')
    .option('--state <file>', 'its state, as "terraform state pull" prints it')
    .option('--bucket <name>', 'the bucket of the old system')
    .option(
      '--key <key>',
      'the object in it; tf-workspaces/<domain>-<organization>/tf-states/cluster.tfstate unless told',
    )
    .option('--domain <domain>', 'of the old installation', 'slideruleearth.io')
    .option('--region <region>', 'where the bucket is', 'us-west-2')
    .option('--check', 'only read and check the state; nothing is stored')
    .option('--worker-seconds <seconds>', 'how long the plan may wait for a worker', '60')
    .option('--timeout-seconds <seconds>', 'how long it may take in all', '1800')
    .option('--json', 'print {"adoption", "plan"}')
    .addHelpText('after', EXAMPLES)
    .action((organization: string, options: Options) =>
      runCommandWith(
        open,
        options,
        () => inputOf(organization, options),
        (services, input) => adopt(services, organization, input),
      ),
    );
}

function inputOf(organization: string, options: Options): Input {
  return {
    location: locationOf(organization, options),
    isCheck: options.check ?? false,
    unclaimedSeconds: seconds('--worker-seconds', options.workerSeconds),
    totalSeconds: seconds('--timeout-seconds', options.timeoutSeconds),
  };
}

function locationOf(organization: string, { state, bucket, key, domain, region }: Options): OldStateLocation {
  if (state !== undefined && bucket === undefined && key === undefined) return { file: state };
  if (bucket !== undefined && state === undefined)
    return { bucket, key: key ?? oldStateKey(domain, organization), region };
  throw usageError('Give either --state, with a file, or --bucket, with --key if the state is not in its usual place.');
}

function seconds(option: string, text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw usageError(`${option} is a number of whole seconds, not "${text}".`);
  return Number(text);
}

async function adopt(services: INestApplicationContext, organization: string, input: Input): Promise<Answer> {
  const adopting = services.get(ClusterAdoptionService, { strict: false });
  if (input.isCheck) {
    const report = await adopting.check(organization, input.location);
    return { text: `${asText(report)}\n\nNothing was stored.`, json: { adoption: report, plan: null } };
  }
  const report = await adopting.adopt(organization, input.location, PSCTL);
  const { how, run } = await adopting.awaitPlan(await adopting.plan(report, PSCTL), input);
  if (how === 'unclaimed')
    throw new Error(
      `The state is stored, but no worker took the plan (run ${run.id}) within ${input.unclaimedSeconds} s. Start one (PS_ROLE=worker), see that provisioning is not disabled, and look at the run; or adopt again after cancelling it.`,
    );
  if (how === 'late')
    throw new Error(
      `The state is stored, but the plan (run ${run.id}) is ${run.status} after ${input.totalSeconds} s. Look at the run; nothing is changed by it.`,
    );
  return proof(report, run);
}

/** Only a plan that Terraform itself calls empty is a proof. */
function proof(report: AdoptionReport, run: Run): Answer {
  const changes = run.changes ?? [];
  const plan = { runId: run.id, status: run.status, changes, failure: run.failure };
  const json = { adoption: report, plan };
  const head = `${asText(report)}\n\nPlan: run ${run.id}`;
  if (run.status === 'no_changes' && changes.length === 0)
    return {
      text: `${head}\nNothing would change. Provisioning of ${report.organization} stays suspended; lift that when you are ready.`,
      json,
    };
  if (run.status !== 'succeeded' && run.status !== 'no_changes')
    throw new Error(
      `The state is stored, but the plan (run ${run.id}) is ${run.status}${run.failure ? `: ${run.failure.message}` : ''}. Provisioning of ${report.organization} stays suspended.`,
    );
  process.exitCode = WOULD_CHANGE;
  const lines = changes.map(({ action, address, reason }) => [action, address, reason ?? '-']);
  const list = lines.length === 0 ? 'Only outputs.' : table([['ACTION', 'ADDRESS', 'REASON'], ...lines]);
  return {
    text: `${head}\nThis would change:\n\n${list}\n\nProvisioning of ${report.organization} stays suspended.`,
    json,
  };
}

const OUTCOMES: Record<AdoptionReport['outcome'], string> = {
  checked: 'It can be adopted.',
  adopted: 'Adopted.',
  unchanged: 'It was adopted before.',
};

function asText(report: AdoptionReport): string {
  const { source, lineage, serial, terraformVersion, clusterName, address, nodes, madeFor, resources } = report;
  const counts = Object.entries(resources).map(([name, count]) => [name, String(count)]);
  return [
    `Source: ${source}`,
    `Serial ${serial} of lineage ${lineage}, written by Terraform ${terraformVersion}`,
    `Cluster ${clusterName} at ${address ?? 'no address'}, ${nodes} nodes, version ${madeFor.clusterVersion}, ${madeFor.isPublic ? 'public' : 'private'}`,
    '',
    table([['RESOURCE', 'INSTANCES'], ...counts]),
    '',
    OUTCOMES[report.outcome],
  ].join('\n');
}
