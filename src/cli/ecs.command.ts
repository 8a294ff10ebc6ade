import { type Command, Option } from 'commander';
import { DomainError, errorMessage } from '../common/errors/domain-error.js';
import { ConfigError } from '../config/app-config.js';
import { type ExecReport, type PulledFile, type TargetOptions } from '../operations/ecs-exec/ecs-exec.types.js';
import { withEcsServices } from './ecs-services.js';
import { reportText } from './ecs-report.js';

const FAILED_CHECK = 1;
const UNSURE = 2;
/** As the AWS CLI has them, which scripts around it know. */
const USAGE = 252;
const NO_CREDENTIALS = 253;
const AWS_FAILED = 254;
const OTHER = 255;

const EXIT_CODES: Record<string, number> = {
  'aws.credentials_missing': NO_CREDENTIALS,
  'creds.expired': NO_CREDENTIALS,
  'ecs.credentials': NO_CREDENTIALS,
  'ecs.target': USAGE,
  'aws.unavailable': AWS_FAILED,
  'ecs.refused': AWS_FAILED,
};
const EXIT_TEXT =
  '\nExit codes: 252 wrong usage, 253 no credentials or they are over, 254 AWS failed or refused, 255 anything else.';

const APP_USER = 'reg_user';
const TARGET_TEXT =
  '\nWithout options the target is that of PS_ECS_CLUSTER, PS_ECS_SERVICE and PS_ECS_CONTAINER; --domain testsliderule.org\nis the cluster ps-testsliderule with the service and container ps-web.';

interface SessionOptions extends TargetOptions {
  user: string;
}

interface RunOptions extends SessionOptions {
  timeout?: string;
  pull?: string;
  force?: boolean;
}

class UsageError extends Error {}

/** Looking into the service's containers on ECS; needs credentials of AWS and no database. */
export function registerEcs(program: Command): void {
  const ecs = program
    .command('ecs')
    .description('Shells and commands in the containers of an installation on ECS, and what is in their way.')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : USAGE));
  registerCheck(ecs);
  registerShell(ecs);
  registerRun(ecs);
  registerTask(ecs);
}

function registerCheck(ecs: Command): void {
  targeted(ecs.command('check'))
    .description('Looks at everything a shell needs: plugin, task, roles, keys, network; changes nothing.')
    .option('--strict', 'exit code 2 when something is unknown or not as it should be')
    .option('--json', 'print {"target", "checks", "summary"}')
    .addHelpText(
      'after',
      `${TARGET_TEXT}\n\nExit codes: 0 nothing fails, 1 a check fails, 2 with --strict.${EXIT_TEXT}\n\nExamples:\n` +
        '  psctl ecs check --domain testsliderule.org\n' +
        '  psctl ecs check --json | jq -r \'.checks[] | select(.status == "fail") | .fix\'',
    )
    .action((options: TargetOptions & { strict?: boolean; json?: boolean }) =>
      ending(options.json ?? false, async () => {
        const report = await withEcsServices(({ checks }) => checks.check(options, 'operator'));
        process.stdout.write(`${options.json ? JSON.stringify(report) : reportText(report)}\n`);
        return exitCodeOf(report, options.strict ?? false);
      }),
    );
}

function registerShell(ecs: Command): void {
  targeted(ecs.command('shell'))
    .description('Opens a prompt in the container of a running task.')
    .option('--user <name>', 'whom to be there; sessions begin as root', APP_USER)
    .addHelpText(
      'after',
      `${TARGET_TEXT}\n${EXIT_TEXT}\n\nExamples:\n  psctl ecs shell --domain testsliderule.org\n  psctl ecs shell --service ps-worker --user root`,
    )
    .action(({ user, ...target }: SessionOptions) =>
      ending(false, async () => {
        await withEcsServices(({ sessions }) => sessions.shell(target, user, say));
        return 0;
      }),
    );
}

function registerRun(ecs: Command): void {
  targeted(ecs.command('run'))
    .description('Runs a command in the container of a running task; prints its output and ends with its exit code.')
    .argument('[command...]', 'what to run, behind --')
    .option('--user <name>', 'whom to be there', APP_USER)
    .option('--timeout <seconds>', 'end it after so long')
    .option('--pull <remote:local>', 'afterwards copy a file from there to here')
    .option('--force', 'replace the local file')
    .addHelpText(
      'after',
      `${TARGET_TEXT}\n\nExit codes: those of the command; 255 when the session ended before it.${EXIT_TEXT}\n\nExamples:\n` +
        '  psctl ecs run --domain testsliderule.org -- psctl list-orgs --json\n' +
        "  psctl ecs run --pull /tmp/report.csv:report.csv -- sh -c 'psctl list-orgs > /tmp/report.csv'",
    )
    .action((command: string[], options: RunOptions) => ending(false, () => runRemote(command, options)));
}

function registerTask(ecs: Command): void {
  targeted(ecs.command('task'), false)
    .description('Runs a command in a new task like those of the service, waits for it, and shows the end of its log.')
    .argument('<command...>', 'what to run, behind --; psctl for this program')
    .addHelpText(
      'after',
      `${TARGET_TEXT}\n\nFor scripts: it needs no plugin and no session, and the exit code is that of the container.${EXIT_TEXT}\n\nExample:\n` +
        '  psctl ecs task --domain testsliderule.org -- psctl list-orgs',
    )
    .action((command: string[], options: TargetOptions) =>
      ending(false, async () => {
        const outcome = await withEcsServices(({ tasks }) =>
          tasks.run(options, command, (status) => {
            say(status);
          }),
        );
        for (const line of outcome.log ?? []) process.stdout.write(`${line}\n`);
        if (outcome.log === null) say('The log of the task cannot be read from CloudWatch.');
        const reason = outcome.reason === null ? '' : `: ${outcome.reason}`;
        say(`Task ${outcome.taskId} ended with exit code ${outcome.exitCode}${reason}.`);
        return outcome.exitCode;
      }),
    );
}

async function runRemote(command: string[], { user, timeout, pull, force, ...target }: RunOptions): Promise<number> {
  if (command.length === 0 && pull === undefined)
    throw new UsageError('Say what to run: psctl ecs run -- psctl list-orgs. Or give --pull.');
  const timeoutSeconds = timeout === undefined ? null : secondsOf(timeout);
  const file = pull === undefined ? null : fileOf(pull, force ?? false);
  return withEcsServices(async ({ sessions }) => {
    if (command.length > 0) {
      const remote = { command, user, timeoutSeconds };
      const code = await sessions.run(target, remote, (output) => void process.stdout.write(output), say);
      if (code !== 0) return code;
    }
    if (file === null) return 0;
    const { bytes } = await sessions.pull(target, file, { user, timeoutSeconds }, say);
    say(`${bytes} bytes of ${file.remote} are in ${file.local}.`);
    return 0;
  });
}

/** Options that say where. */
function targeted(command: Command, hasTask = true): Command {
  command
    .option('--domain <domain>', 'of the installation; names its cluster, service and container')
    .option('--cluster <name>', 'name or ARN of the ECS cluster')
    .option('--container <name>', 'which of the containers');
  const service = new Option('--service <name>', 'name or ARN of the ECS service');
  command.addOption(hasTask ? service.conflicts('task') : service);
  return hasTask ? command.option('--task <id>', 'this one, instead of the newest of the service') : command;
}

/** Does the work and sets the exit code; failures go to standard error. */
async function ending(isJson: boolean, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    const message = errorMessage(error);
    process.stderr.write(`${isJson ? JSON.stringify({ error: message }) : message}\n`);
    process.exitCode = failureCode(error);
  }
}

function failureCode(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigError) return USAGE;
  return (error instanceof DomainError ? EXIT_CODES[error.code] : undefined) ?? OTHER;
}

function exitCodeOf({ summary }: ExecReport, isStrict: boolean): number {
  if (summary.fail > 0) return FAILED_CHECK;
  return isStrict && summary.warn + summary.unknown > 0 ? UNSURE : 0;
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  throw new UsageError(`--timeout is a number of seconds, not "${text}".`);
}

function fileOf(text: string, mayOverwrite: boolean): PulledFile {
  const at = text.indexOf(':');
  const [remote, local] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || local === '')
    throw new UsageError(`--pull is <remote>:<local>, such as /tmp/dump.sql:dump.sql, not "${text}".`);
  return { remote, local, mayOverwrite };
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
