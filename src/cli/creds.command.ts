import password from '@inquirer/password';
import input from '@inquirer/input';
import { type Command } from 'commander';
import { SystemClock } from '../common/clock/clock.js';
import { loadConfig } from '../config/app-config.js';
import {
  type CredentialsFinding,
  type CredentialsStatus,
  LONGEST_SESSION,
  type LoginRequest,
  SHORTEST_SESSION,
  USUAL_SESSION,
} from '../credentials/credentials.types.js';
import { MfaSessionService } from '../credentials/mfa-session.service.js';
import { exportedSession, EXPORT_FORMATS, type ExportFormat } from './creds-export.js';
import { registerPreflight } from './creds-preflight.js';
import { type ProgramParts } from './program-parts.js';
import { printAnswer, usageError } from './output.js';
import { readFirstLine } from './stdin.js';

const USUAL_ROLE_SECONDS = '3600';
const EXIT_CODES =
  '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 the session is over, 4 AWS did not take the code, 253 no credentials.';

interface LoginOptions {
  sourceProfile?: string;
  profile: string;
  serial?: string;
  duration: string;
  codeStdin?: boolean;
  force?: boolean;
  moveLongTermTo?: string;
  backup?: boolean;
  roleArn?: string;
  roleProfile?: string;
  externalId?: string;
  roleDuration: string;
  json?: boolean;
}

/** AWS credentials on the machine of a person; but for the preflight it needs no database. */
export function registerCreds(program: Command, parts: ProgramParts): void {
  const creds = program
    .command('creds')
    .description('AWS credentials of this machine: sessions with a second factor, and what is wrong with them.');
  registerLogin(creds);
  registerStatus(creds);
  registerLogout(creds);
  registerExport(creds);
  registerDoctor(creds);
  registerPreflight(creds, parts);
}

function service(): MfaSessionService {
  return new MfaSessionService(loadConfig(), new SystemClock());
}

function registerLogin(creds: Command): void {
  creds
    .command('login')
    .description('Writes a session into a profile of the credentials file, for a code of your device.')
    .option('--source-profile <name>', 'profile with the keys of your user; found out when only one has any')
    .option('--profile <name>', 'profile the session is written to', 'default')
    .option('--serial <serial>', 'the device; otherwise that of the profile, or the one AWS tells of')
    .option('--duration <seconds>', `from ${SHORTEST_SESSION} to ${LONGEST_SESSION}`, String(USUAL_SESSION))
    .option('--code-stdin', 'read the code from the first line of standard input')
    .option('--force', 'also when the session there lasts for more than a quarter of an hour')
    .option('--move-long-term-to <name>', 'put keys that are in the way of the session into this profile first')
    .option('--backup', 'keep the file as it was as credentials.bak')
    .option('--role-arn <arn>', 'take a role on as well')
    .option('--role-profile <name>', 'profile for the role')
    .option('--external-id <id>', 'what the role asks for')
    .option('--role-duration <seconds>', 'from 900 to 3600', USUAL_ROLE_SECONDS)
    .option('--json', 'print the status as an object')
    .addHelpText(
      'after',
      `\nThe code is asked for and never given as an argument, which others could read.${EXIT_CODES}\n\nExamples:\n` +
        '  psctl creds login --source-profile me\n' +
        '  psctl creds login --move-long-term-to me          keys of your user are in [default]\n' +
        '  psctl creds login --source-profile me --role-arn arn:aws:iam::123456789012:role/deploy --role-profile deploy',
    )
    .action((options: LoginOptions) =>
      printAnswer(options, async () => {
        const { isReused, ...status } = await service().login(loginRequest(options), {
          code: (serial) => askCode(serial, options.codeStdin ?? false),
          device: askDevice,
        });
        const how = isReused ? 'The session there is used on; --force asks for another.' : 'Logged in.';
        return { text: `${how}\n${statusText(status)}`, json: { ...status, isReused } };
      }),
    );
}

function registerStatus(creds: Command): void {
  creds
    .command('status')
    .description('Says whose credentials are used, where they come from and how long they last.')
    .option('--profile <name>', 'of this profile; otherwise of what the tools of this shell would use')
    .option('--offline', 'without asking AWS')
    .option('--json', 'print the status as an object')
    .addHelpText(
      'after',
      `${EXIT_CODES}\n\nExamples:\n  psctl creds status\n  psctl creds status --json | jq .remainingSeconds`,
    )
    .action((options: { profile?: string; offline?: boolean; json?: boolean }) =>
      printAnswer(options, async () => {
        const status = await service().status(options.profile ?? null, options.offline !== true);
        if (status.kind === 'none') process.exitCode = 253;
        if (status.remainingSeconds === 0) process.exitCode = 3;
        return { text: statusText(status), json: status };
      }),
    );
}

function registerLogout(creds: Command): void {
  creds
    .command('logout')
    .description('Removes the session from its profile. AWS knows it until it ends.')
    .option('--profile <name>', 'profile the session is in', 'default')
    .option('--json', 'print {"isRemoved"}')
    .addHelpText('after', '\nExample:\n  psctl creds logout')
    .action((options: { profile: string; json?: boolean }) =>
      printAnswer(options, async () => {
        const isRemoved = await service().logout(options.profile);
        const text = isRemoved
          ? `The session is out of [${options.profile}].`
          : `There was no session in [${options.profile}].`;
        return { text, json: { isRemoved } };
      }),
    );
}

function registerExport(creds: Command): void {
  creds
    .command('export')
    .description('Prints the session, secrets included, for other programs.')
    .option('--profile <name>', 'profile the session is in', 'default')
    .option('--format <format>', `${EXPORT_FORMATS.join(', ')}; process is for credential_process`, 'env')
    .addHelpText(
      'after',
      `${EXIT_CODES}\n\nExamples:\n  eval "$(psctl creds export)"\n  credential_process = psctl creds export --format process`,
    )
    .action((options: { profile: string; format: string }) =>
      printAnswer({}, () => {
        const format = EXPORT_FORMATS.find((known) => known === options.format);
        if (format === undefined) throw usageError(`--format is one of ${EXPORT_FORMATS.join(', ')}.`);
        const text = exportedSession(service().exported(options.profile), format satisfies ExportFormat);
        return Promise.resolve({ text, json: null });
      }),
    );
}

function registerDoctor(creds: Command): void {
  creds
    .command('doctor')
    .description('Looks for what is wrong, or may go wrong: the file, the environment, the clock, the session.')
    .option('--json', 'print {"findings"}')
    .addHelpText('after', '\nExit codes: 0 nothing is wrong, 1 something is.\n\nExample:\n  psctl creds doctor')
    .action((options: { json?: boolean }) =>
      printAnswer(options, async () => {
        const findings = await service().examine();
        if (findings.some(({ severity }) => severity === 'fail')) process.exitCode = 1;
        return { text: findings.map(findingText).join('\n'), json: { findings } };
      }),
    );
}

function loginRequest(options: LoginOptions): LoginRequest {
  const { roleArn, roleProfile } = options;
  if ((roleArn === undefined) !== (roleProfile === undefined))
    throw usageError('--role-arn and --role-profile are given together.');
  return {
    sourceProfile: options.sourceProfile ?? null,
    profile: options.profile,
    serial: options.serial ?? null,
    durationSeconds: Number(options.duration),
    isForced: options.force ?? false,
    moveLongTermTo: options.moveLongTermTo ?? null,
    hasBackup: options.backup ?? false,
    role:
      roleArn === undefined || roleProfile === undefined
        ? null
        : {
            arn: roleArn,
            profile: roleProfile,
            externalId: options.externalId ?? null,
            durationSeconds: Number(options.roleDuration),
          },
  };
}

async function askCode(serial: string, isFromStdin: boolean): Promise<string> {
  if (isFromStdin) return readFirstLine(process.stdin);
  if (!process.stdin.isTTY) throw usageError('There is no terminal to ask for the code. Give --code-stdin.');
  return password({ message: `Code of ${serial}:` });
}

async function askDevice(serials: string[]): Promise<string> {
  if (!process.stdin.isTTY)
    throw usageError(`There are several devices; name one with --serial: ${serials.join(', ')}`);
  const list = serials.map((serial, index) => `  ${index + 1}  ${serial}`).join('\n');
  for (;;) {
    const answer = Number(await input({ message: `Which device?\n${list}\n` }));
    const chosen = serials[answer - 1];
    if (chosen !== undefined) return chosen;
  }
}

function statusText(status: CredentialsStatus): string {
  const { kind, profile, accessKeySuffix, expiresAt, remainingSeconds, arn, sourceProfile } = status;
  const lines = [
    ['Source', profile === null ? kind : `${kind}, [${profile}]`],
    ['Belongs to', arn ?? ''],
    ['Key', accessKeySuffix === null ? '' : `...${accessKeySuffix}`],
    ['From', sourceProfile === null ? '' : `[${sourceProfile}]`],
    ['Ends', expiresAt === null ? '' : `${expiresAt.toISOString()} (${expiresAt.toLocaleString()} here)`],
    ['Lasts', remainingSeconds === null ? '' : `${Math.floor(remainingSeconds / 60)} minutes`],
  ];
  return lines
    .filter(([, value]) => value !== '')
    .map(([name = '', value]) => `${name.padEnd(10)}  ${value}`)
    .join('\n');
}

function findingText({ id, severity, message }: CredentialsFinding): string {
  return `${severity.toUpperCase().padEnd(4)}  ${id.padEnd(22)}  ${message}`;
}
