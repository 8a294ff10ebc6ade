import { z } from 'zod';
import { OperatorError } from '../common/errors/operator-error.js';
import { Secret } from '../common/secret/secret.js';
import { type AwsEnvironment, readAwsEnvironment } from './aws-environment.js';
import { developmentSecrets } from './development-secrets.js';
import { taskName } from './task-name.js';
import { type Env, type EnvName, envSchema } from './env.schema.js';

/** The effective configuration. Frozen; injected by this abstract class as its token. */
export abstract class AppConfig {
  abstract readonly env: Readonly<Env>;
  abstract readonly jwtSecret: Secret;
  abstract readonly stateEncryptionKey: Secret;
  /** Where executables are looked for. */
  abstract readonly executablePath: string;
  /** The variables named by PS_TERRAFORM_PASS_ENVIRONMENT that are set. */
  abstract readonly passedEnvironment: Readonly<Record<string, string>>;
  abstract readonly aws: Readonly<AwsEnvironment>;
  /** What programs of a person's terminal need besides PATH: the terminal, the language, the way to the network. */
  abstract readonly terminalEnvironment: Readonly<Record<string, string>>;
  /** What this process runs on: the task of a container service, or the host. */
  abstract readonly taskName: string;
}

/** The environment is not usable. Lists every problem, so that one restart fixes them all. */
export class ConfigError extends OperatorError {
  constructor(readonly problems: string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * What a production installation must be given: nothing is generated or embedded there, and the defaults of the last
 * two would lose mails and lead people to their own computers.
 */
export const PRODUCTION_REQUIRED: EnvName[] = [
  'PS_DATABASE_URL',
  'PS_JWT_SECRET',
  'PS_STATE_ENCRYPTION_KEY',
  'PS_MAIL_TRANSPORT',
  'PS_PUBLIC_URL',
];

/** Parses the environment. Throws {@link ConfigError} with all problems; unknown `PS_` names are problems too. */
export function loadConfig(source: NodeJS.ProcessEnv = process.env): AppConfig {
  const given = Object.fromEntries(
    Object.entries(source).filter(([name, value]) => name.startsWith('PS_') && value !== ''),
  );
  const parsed = envSchema.safeParse(given);
  const problems = [
    ...unknownNames(given),
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)),
    ...missingInProduction(given),
    ...(parsed.success ? contradictions(parsed.data) : []),
  ];
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return effective(parsed.data, source);
}

/** The same for work in a region, whatever region the environment names. */
export function loadConfigFor(region: string): AppConfig {
  return loadConfig({ ...process.env, PS_AWS_REGION: region });
}

function unknownNames(given: Record<string, unknown>): string[] {
  return Object.keys(given)
    .filter((name) => !(name in envSchema.shape) && !FOREIGN_VARIABLES.has(name))
    .map((name) => `${name}: unknown variable; .env.example lists the known ones`);
}

/**
 * Not ours, not wrong: those of the Python client, often exported on a researcher's laptop, and those of our own tests,
 * beside which commands run as well.
 */
const FOREIGN_VARIABLES = new Set([
  'PS_USERNAME',
  'PS_PASSWORD',
  'PS_GITHUB_TOKEN',
  'PS_AWS_PROVIDER_SIM',
  'PS_TEST_POSTGRES_URL',
]);

function missingInProduction(given: Record<string, unknown>): string[] {
  if (given.PS_ENVIRONMENT !== 'production') return [];
  return PRODUCTION_REQUIRED.filter((name) => given[name] === undefined).map(
    (name) => `${name}: required when PS_ENVIRONMENT is production`,
  );
}

/** Of a lease, how many renewals may fail before others take the run. */
const MISSED_HEARTBEATS = 3;

function contradictions(env: Env): string[] {
  const least = MISSED_HEARTBEATS * env.PS_RUN_HEARTBEAT_SECONDS;
  const problems = [];
  if (env.PS_RUN_LOST_SECONDS < least)
    problems.push(
      `PS_RUN_LOST_SECONDS: must be at least ${MISSED_HEARTBEATS} times PS_RUN_HEARTBEAT_SECONDS, so ${least}, or living workers lose their runs`,
    );
  const url = env.PS_DATABASE_URL && new URL(env.PS_DATABASE_URL.reveal());
  if (env.PS_DATABASE_PASSWORD && url?.password !== '')
    problems.push(
      `PS_DATABASE_PASSWORD: ${url ? 'PS_DATABASE_URL has a password already; give one of the two' : 'needs PS_DATABASE_URL, which it is for'}`,
    );
  return problems;
}

/** The URL with the password that was given beside it. */
function databaseUrl({ PS_DATABASE_URL: given, PS_DATABASE_PASSWORD: password }: Env): Secret | undefined {
  if (given === undefined || password === undefined) return given;
  const url = new URL(given.reveal());
  url.password = encodeURIComponent(password.reveal());
  return new Secret(url.toString());
}

const TERMINAL_VARIABLES = [
  ...['HOME', 'TERM', 'COLORTERM', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR', 'AWS_CA_BUNDLE'],
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'],
];

function effective(env: Env, source: NodeJS.ProcessEnv): AppConfig {
  const generated = () => developmentSecrets(env.PS_DATA_DIRECTORY);
  return Object.freeze({
    env: Object.freeze({ ...env, PS_DATABASE_URL: databaseUrl(env) }),
    jwtSecret: env.PS_JWT_SECRET ?? generated().jwtSecret,
    stateEncryptionKey: env.PS_STATE_ENCRYPTION_KEY ?? generated().stateEncryptionKey,
    executablePath: source.PATH ?? '',
    passedEnvironment: Object.freeze(passed(env.PS_TERRAFORM_PASS_ENVIRONMENT, source)),
    aws: Object.freeze(readAwsEnvironment(source)),
    terminalEnvironment: Object.freeze(passed(TERMINAL_VARIABLES, source)),
    taskName: taskName(source),
  });
}

function passed(names: string[], source: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (source[name] === undefined ? [] : [[name, source[name]]])));
}

export interface ConfigEntry {
  name: string;
  value: string;
  origin: 'environment' | 'default' | 'generated';
  description: string;
}

/** The effective values for people, secrets hidden. */
export function describeConfig(config: AppConfig, source: NodeJS.ProcessEnv = process.env): ConfigEntry[] {
  return (Object.keys(envSchema.shape) as EnvName[]).map((name) => {
    const value = config.env[name];
    const isGenerated = value === undefined && (name === 'PS_JWT_SECRET' || name === 'PS_STATE_ENCRYPTION_KEY');
    const isSet = source[name] !== undefined && source[name] !== '';
    return {
      name,
      value: isGenerated ? new Secret('').toString() : displayed(value),
      origin: isGenerated ? 'generated' : isSet ? 'environment' : 'default',
      description: z.globalRegistry.get(envSchema.shape[name])?.description ?? envSchema.shape[name].description ?? '',
    };
  });
}

function displayed(value: Env[EnvName]): string {
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(',') : String(value);
}
