import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { DeploymentSettingsService } from '../operations/deployment/deployment-settings.service.js';
import { type ServiceSettings } from '../operations/deployment/deployment.types.js';
import { DeploymentSecretsService } from '../operations/deployment/deployment-secrets.service.js';
import { ServiceDeploymentService } from '../operations/deployment/service-deployment.service.js';
import { type StackRunResult } from '../provisioning/stack-runs.types.js';
import { abortedBySignals } from './aborted-by-signals.js';
import { DeploymentTerminal } from './deployment-terminal.js';
import { type Answer, printAnswer, table, usageError } from './output.js';
import { type OpenDeployment, type ProgramParts } from './program-parts.js';

const WOULD_CHANGE = 2;
const NOT_AGREED = 3;
const INTERRUPTED = 130;

interface Options {
  domain: string;
  file?: string;
  image?: string;
  tag?: string;
  snapshot?: string;
  stateBucket?: string;
  yes?: boolean;
  confirm?: string;
  json?: boolean;
}

const EXAMPLES = `
Settings are read from deployments/<domain>.yml; docs/deployment.md lists them. The state is kept in the bucket of
--state-bucket (with a lock), or below PS_DATA_DIRECTORY on this machine. Credentials are those of psctl creds.

Exit codes: 0 done or nothing to do, 1 failed, 2 wrong usage, or with plan: something would change, 3 nobody agreed,
130 interrupted.

Examples:
  psctl deploy secrets --domain testsliderule.org
  psctl deploy plan --domain testsliderule.org --state-bucket my-states
  psctl deploy apply --domain testsliderule.org --state-bucket my-states --image <repository>@sha256:<digest>
  psctl deploy destroy --domain testsliderule.org --state-bucket my-states`;

/** The deployment of the service itself; needs no database. */
export function registerDeploy(program: Command, { openDeployment: open }: ProgramParts): void {
  const deploy = program
    .command('deploy')
    .description('Deploys this service to AWS, for one domain: its secrets, and everything else by Terraform.')
    .addHelpText('after', EXAMPLES);
  withSettings(deploy.command('secrets'))
    .description('Creates the secrets of a domain that are not there, with random values; prints their names only.')
    .action((options: Options) => printAnswer(options, () => ensureSecrets(open, options)));
  withStack(deploy.command('synth'))
    .description('Prints the Terraform configuration, cdk.tf.json; asks AWS nothing.')
    .action((options: Options) => printAnswer(options, () => synthesise(open, options)));
  withStack(deploy.command('plan'))
    .description('Shows what an apply would change.')
    .action((options: Options) => printAnswer(options, () => carryOut(open, 'plan', options)));
  withStack(deploy.command('apply'))
    .option('--yes', 'do not ask whether to carry the plan out')
    .description('Plans, asks, and builds or changes the deployment.')
    .action((options: Options) => printAnswer(options, () => carryOut(open, 'apply', options)));
  withStack(deploy.command('destroy'))
    .option('--confirm <domain>', 'the domain once more, instead of typing it')
    .description('Plans, asks for the domain, and takes everything down; the database leaves a last snapshot.')
    .action((options: Options) => printAnswer(options, () => carryOut(open, 'destroy', options)));
}

function withSettings(command: Command): Command {
  return command
    .requiredOption('--domain <domain>', 'of the deployment, for example testsliderule.org')
    .option('--file <path>', 'settings of the deployment; deployments/<domain>.yml unless told')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES);
}

function withStack(command: Command): Command {
  return withSettings(command)
    .option('--image <image>', 'by digest: repository@sha256:...; goes before that of the file')
    .option('--tag <version>', 'version of the image, for people')
    .option('--snapshot <id>', 'what a new database begins with')
    .option('--state-bucket <bucket>', 'where the state is kept; without it on this machine');
}

async function ensureSecrets(open: OpenDeployment, options: Options): Promise<Answer> {
  const settings = await settingsOf(options);
  return withDeployment(open, settings, async (services) => {
    const { created, kept } = await services.get(DeploymentSecretsService).ensure(settings.domain);
    const lines = [...created.map((name) => ['created', name]), ...kept.map((name) => ['is there', name])];
    return { text: table(lines), json: { created, kept } };
  });
}

async function synthesise(open: OpenDeployment, options: Options): Promise<Answer> {
  const settings = await settingsOf(options);
  return withDeployment(open, settings, async (services) => {
    const text = await services.get(ServiceDeploymentService).synthesise(settings, options.stateBucket ?? null);
    return { text, json: JSON.parse(text) as unknown };
  });
}

async function carryOut(open: OpenDeployment, action: 'plan' | 'apply' | 'destroy', options: Options): Promise<Answer> {
  if (options.confirm !== undefined && options.confirm !== options.domain)
    throw usageError(`--confirm must be ${options.domain}, the domain whose deployment is to go.`);
  const settings = await settingsOf(options);
  const { signal, release } = abortedBySignals((line) => process.stderr.write(`${line}\n`));
  const isAgreed = options.yes === true || options.confirm !== undefined;
  const terminal = new DeploymentTerminal(action, settings.domain, isAgreed, signal);
  try {
    const result = await withDeployment(open, settings, (services) =>
      services
        .get(ServiceDeploymentService)
        .carryOut({ action, settings, stateBucket: options.stateBucket ?? null, signal }, terminal),
    );
    return answerOf(action, result, signal.aborted);
  } finally {
    release();
  }
}

function answerOf(action: string, result: StackRunResult, isInterrupted: boolean): Answer {
  const { status, changes, outputs, failure } = result;
  if (failure !== null) throw new Error(failure.message);
  const ending = endingOf(action, status, isInterrupted);
  if (status === 'canceled') process.exitCode = isInterrupted ? INTERRUPTED : NOT_AGREED;
  else if (action === 'plan' && changes.length > 0) process.exitCode = WOULD_CHANGE;
  const named = Object.entries(outputs).map(([name, value]) => [name, String(value)]);
  const text = [ENDINGS[ending], ...(named.length > 0 ? ['', table(named)] : [])];
  return { text: text.join('\n'), json: { action, status, changes, outputs } };
}

type Ending = StackRunResult['status'] | 'planned' | 'refused';

/** A run that is canceled was interrupted, or nobody agreed to its plan. */
function endingOf(action: string, status: StackRunResult['status'], isInterrupted: boolean): Ending {
  if (action === 'plan' && status === 'succeeded') return 'planned';
  return status === 'canceled' && !isInterrupted ? 'refused' : status;
}

const ENDINGS: Record<Ending, string> = {
  planned: 'Nothing was changed.',
  refused: 'Nobody agreed, so nothing was changed.',
  succeeded: 'Done.',
  no_changes: 'Nothing has to be changed.',
  canceled:
    'Stopped before it was carried out as a whole. The state knows what there is; the next command goes on from it.',
  failed: 'Failed.',
};

function settingsOf({ domain, file, image, tag, snapshot }: Options): Promise<ServiceSettings> {
  const settings = new DeploymentSettingsService();
  return settings.read(domain, file ?? settings.usualFile(domain), { image, version: tag, snapshot });
}

async function withDeployment<T>(
  open: OpenDeployment,
  { region }: ServiceSettings,
  work: (services: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const services = await open(region);
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}
