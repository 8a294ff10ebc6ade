import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { Secret } from '../common/secret/secret.js';
import { parseTrustedProxies } from './trusted-proxies.js';

const CORS_ORIGINS = ['slideruleearth.io', 'testsliderule.org']
  .flatMap((domain) => [`https://${domain}`, `https://client.${domain}`, `https://demo.${domain}`])
  .join(',');

const seconds = (fallback: number, min = 1): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().min(min).max(604_800).default(fallback);
const integer = (fallback: number, min: number, max: number): z.ZodDefault<z.ZodCoercedNumber> =>
  z.coerce.number().int().min(min).max(max).default(fallback);
const secret = (minLength: number) =>
  z
    .string()
    .min(minLength)
    .transform((value) => new Secret(value));

/** Goes into headers of mails, where a line break would begin another header. */
const oneLine = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}]*$/u, 'must be one line');

/** Without a slash at the end, so that paths can be put behind it. */
const webUrl = (fallback: string) =>
  z
    .url({ protocol: /^https?$/, error: 'must be a URL such as https://ps.example.org' })
    .default(fallback)
    .transform((value) => value.replace(/\/+$/, ''));

/** Secrets in one text; none of them can hold a comma. */
const secretList = (minLength: number) =>
  z
    .string()
    .default('')
    .transform((value) => value.split(',').filter((part) => part !== ''))
    .refine(
      (parts) => parts.every((part) => part.length >= minLength),
      `each must have ${minLength} characters or more`,
    )
    .refine((parts) => parts.every((part) => part === part.trim()), 'there must be no spaces around the commas')
    .transform((parts) => parts.map((part) => new Secret(part)));
const trustedProxies = z
  .string()
  .default('')
  .transform((value, context) => {
    const proxies = parseTrustedProxies(value);
    if (proxies !== null) return proxies;
    context.addIssue('must be a count from 0 to 10, or a comma-separated list of addresses and CIDR networks');
    return z.NEVER;
  });

const switchOf = (byDefault: 'true' | 'false') =>
  z
    .enum(['true', 'false'])
    .default(byDefault)
    .transform((value) => value === 'true');
const flag = switchOf('false');
const flagOn = switchOf('true');

const HARDENING = ['imdsv2', 'encrypted-volumes', 'secrets-at-boot'] as const;

const hardening = z
  .string()
  .default(HARDENING.join(','))
  .transform((value) => value.split(',').filter((part) => part !== ''))
  .pipe(z.array(z.enum(HARDENING)));

/** What Terraform reads from TF_ variables would change what a run does; PS_ variables hold our secrets. */
const variableNames = z
  .string()
  .default('')
  .transform((value) => value.split(',').filter((name) => name !== ''))
  .refine((names) => names.every((name) => /^[A-Za-z_]\w*$/.test(name)), 'must be names of variables')
  .refine((names) => names.every((name) => !/^(TF_|PS_)/i.test(name)), 'must not name TF_ or PS_ variables');

/** A base64 text of exactly 32 bytes, the key size of AES-256. */
const aesKey = z
  .string()
  .refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes in base64 (openssl rand -base64 32)')
  .transform((value) => new Secret(value));

const ecsName = z.string().regex(/^(arn:aws[\w-]*:ecs:[\w:/-]+|[\w-]{1,255})$/, 'must be a name or an ARN of ECS');

const databaseUrl = z
  .string()
  .refine(
    (value) => URL.canParse(value) && ['postgres:', 'postgresql:'].includes(new URL(value).protocol),
    'must look like postgres://user:password@host:port/database',
  )
  .transform((value) => new Secret(value));

/**
 * Every environment variable the service reads, with its default. Descriptions feed `psctl config` and `.env.example`;
 * `defaultText` says in words what a default is that differs between machines.
 */
export const envSchema = z.object({
  PS_ENVIRONMENT: z
    .enum(['development', 'production'])
    .default('development')
    .describe('production refuses generated secrets and the embedded Postgres'),
  PS_ROLE: z.enum(['all', 'api', 'worker']).default('all').describe('which part of the service this process is'),
  PS_HOST: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
  PS_PORT: integer(8000, 0, 65_535).describe('port to listen on; 0 picks a free one'),
  PS_DATA_DIRECTORY: z
    .string()
    .min(1)
    .default('.data')
    .describe('run directories, the embedded Postgres and generated secrets'),
  PS_LOG_LEVEL: z.enum(['error', 'warn', 'log', 'debug']).default('log').describe('least severe level that is logged'),
  PS_LOG_FORMAT: z.enum(['json', 'text']).default('json').describe('json for machines, text for people'),
  PS_DATABASE_URL: databaseUrl
    .optional()
    .describe(
      'postgres://user:password@host:port/database; without it an embedded Postgres is started (development only)',
    ),
  PS_DATABASE_PASSWORD: secret(1)
    .optional()
    .describe('password for PS_DATABASE_URL when that has none, so that it can come from a secret of its own'),
  PS_DATABASE_POOL_SIZE: integer(10, 2, 200).describe('connections to Postgres besides the one that listens'),
  PS_DATABASE_CONNECT_TIMEOUT_SECONDS: seconds(10, 0).describe(
    'how long a start waits for a Postgres that does not answer yet',
  ),
  PS_DATABASE_EMBEDDED_PORT: integer(0, 0, 65_535).describe('port of the embedded Postgres; 0 picks a free one'),
  PS_MIGRATE_ON_START: z
    .enum(['apply', 'check', 'off'])
    .default('apply')
    .describe('apply applies pending migrations at every start; check refuses to start with any; off does not look'),
  PS_DB_AHEAD: z
    .enum(['refuse', 'allow'])
    .default('refuse')
    .describe('allow starts on a database that a newer release has changed in ways this one may not work with'),
  PS_MIGRATION_SNAPSHOT_ID: oneLine(200)
    .optional()
    .describe('snapshot of the database that was taken before a breaking migration; recorded with it'),
  PS_MIGRATION_LOCK_TIMEOUT_SECONDS: seconds(300).describe('how long to wait for another process that migrates'),
  PS_JWT_SECRET: secret(16)
    .optional()
    .describe('HMAC secret of the tokens, the same value the clusters verify with; generated in development'),
  PS_JWT_PREVIOUS_SECRETS: secretList(16).describe(
    'comma-separated secrets that signed before PS_JWT_SECRET; their tokens are accepted until they expire',
  ),
  PS_STATE_ENCRYPTION_KEY: aesKey
    .optional()
    .describe(
      'base64 of 32 bytes; encrypts stored Terraform states, and sessions are signed with a key made of it; generated in development',
    ),
  PS_TOKEN_ACCESS_LIFETIME_SECONDS: seconds(3600).describe('life of an access token'),
  PS_TOKEN_REFRESH_LIFETIME_SECONDS: seconds(86_400).describe('life of a refresh token'),
  PS_TOKEN_REUSE_GRACE_SECONDS: seconds(10, 0).describe(
    'how long a used refresh token may be shown again before that counts as theft and ends its successors',
  ),
  PS_TRUSTED_PROXIES: trustedProxies.describe(
    'proxies whose X-Forwarded-For is believed: how many stand in front, or their addresses and networks; empty: none',
  ),
  PS_CORS_ORIGINS: z
    .string()
    .default(CORS_ORIGINS)
    .transform((value) => value.split(',').filter((origin) => origin !== ''))
    .describe('comma-separated origins of browser clients'),
  PS_SITE_NAME: oneLine(60).default('SlideRule').describe('what the service is called in mails'),
  PS_PUBLIC_URL: webUrl('http://localhost:8000').describe(
    'where people reach this service in a browser; links in mails start with it',
  ),
  PS_MAIL_TRANSPORT: z
    .enum(['file', 'ses'])
    .default('file')
    .describe('ses sends through Amazon SES; file writes mails to the data directory and sends nothing'),
  PS_MAIL_FROM: oneLine(300)
    .default('support@mail.slideruleearth.io')
    .describe('sender of all mails: an address, or "Name <address>"'),
  PS_MAIL_SES_REGION: z.string().min(1).default('us-west-2').describe('region of Amazon SES'),
  PS_MAIL_SES_ENDPOINT: z.url().optional().describe('another endpoint of Amazon SES, for tests'),
  PS_MAIL_TIMEOUT_SECONDS: seconds(10, 0.05).describe('limit of one attempt to hand over a mail'),
  PS_MAIL_POLL_SECONDS: seconds(5, 0.05).describe('how often waiting mails are looked for without a notification'),
  PS_DISABLE_PROVISIONING_CODE: secret(8)
    .optional()
    .describe('second factor of PUT /api/disable_provisioning/; without one that endpoint never succeeds'),
  PS_SERVER_PORT: z
    .string()
    .optional()
    .describe('port the deployment uses now, 50051 or 50052; PUT /api/disable_provisioning/ answers the other one'),
  PS_GITHUB_CLIENT_ID: z
    .string()
    .min(1)
    .optional()
    .describe('client id of the OAuth app at GitHub; without one nobody logs in through GitHub at /api/v1'),
  PS_GITHUB_CLIENT_SECRET: secret(16)
    .optional()
    .describe('its client secret; without one only the device flow works, for command lines'),
  PS_GITHUB_URL: webUrl('https://github.com').describe('where people log in to GitHub'),
  PS_GITHUB_API_URL: webUrl('https://api.github.com').describe(
    'where GitHub is asked whose a token is; of an Enterprise Server https://<host>/api/v3',
  ),
  PS_GITHUB_TIMEOUT_SECONDS: seconds(5, 0.05).describe('limit of one request to GitHub'),
  PS_TERRAFORM_BINARY: z.string().optional().describe('path of terraform or tofu; default: the first one on the PATH'),
  PS_TERRAFORM_PROVIDER_MIRROR: z
    .string()
    .optional()
    .describe('directory with unpacked providers; with one, nothing is ever downloaded from a registry'),
  PS_TERRAFORM_LOCK_FILE: z
    .string()
    .optional()
    .describe(
      'lock file with the providers, and their hashes, that clusters on AWS are built with; init takes no others',
    ),
  PS_TERRAFORM_TRUST_MIRROR: flag.describe(
    'true spares Terraform the hashing of the providers at every command; only for a mirror nobody but root can write to',
  ),
  PS_TERRAFORM_SHARED_PROVIDER: z
    .enum(['socket', 'loopback', 'off'])
    .default('socket')
    .describe(
      'which providers of a trusted mirror serve all commands of a run with one process: those on a private Unix socket, also those on a local port, which every user of the machine can reach, or none',
    ),
  PS_TERRAFORM_PASS_ENVIRONMENT: variableNames.describe(
    'comma-separated names of variables Terraform gets besides its own, such as HTTPS_PROXY; never TF_ or PS_ ones',
  ),
  PS_RUN_SLOTS: integer(availableParallelism(), 1, 64).meta({
    description: 'runs executed at once by this process',
    defaultText: 'one per processor core',
  }),
  PS_RUN_DESTROY_SLOTS: integer(1, 1, 64).describe('additional slots only a destroy may use'),
  PS_RUN_HEARTBEAT_SECONDS: seconds(5, 0.05).describe('how often a worker says that it still owns its runs'),
  PS_RUN_LOST_SECONDS: seconds(90).describe('silence after which another worker may take a run over'),
  PS_RUN_POLL_SECONDS: seconds(5, 0.05).describe('how often the queue is looked at without a notification'),
  PS_RUN_INIT_TIMEOUT_SECONDS: seconds(300).describe('limit of terraform init'),
  PS_RUN_PLAN_TIMEOUT_SECONDS: seconds(900).describe('limit of terraform plan'),
  PS_RUN_APPLY_TIMEOUT_SECONDS: seconds(3600).describe('limit of terraform apply; then it is interrupted once'),
  PS_RUN_REFRESH_SECONDS: seconds(300, 0).describe(
    'for how long a run that only changes the number of nodes relies on the last comparison of the state with AWS; 0: never',
  ),
  PS_RUN_APPROVAL_SECONDS: seconds(1800).describe(
    'how long a plan that interrupts a running cluster waits for somebody to agree; older plans are not applied',
  ),
  PS_RUN_CANCEL_GRACE_PLAN_SECONDS: seconds(300).describe(
    'how long a cancelled plan may take to stop before it may be killed',
  ),
  PS_RUN_CANCEL_GRACE_APPLY_SECONDS: seconds(900).describe(
    'how long a cancelled apply may take to stop before an administrator may have it killed',
  ),
  PS_RUN_LOG_MAX_BYTES: integer(5_000_000, 10_000, 1_000_000_000).describe(
    'stored log of one run; from half of it on only warnings, errors and summaries are kept',
  ),
  PS_RECONCILE_POLL_SECONDS: seconds(30, 0.05).describe('how often every cluster is compared with what is wished for'),
  PS_RECONCILE_RETRY_SECONDS: seconds(60, 0.05).describe('first wait after a failed run; doubles up to one hour'),
  PS_CLUSTER_CLEANUP_SECONDS: seconds(3600, 0).describe(
    'how long what a failed first deployment left may stand when it is not tried again; then it is destroyed; 0: for ever',
  ),
  PS_CAPACITY_SWEEP_SECONDS: seconds(60, 0.05).describe('how often expired requests are looked for besides the timer'),
  PS_SHUTDOWN_INTERRUPT_SECONDS: seconds(30, 0).describe(
    'after SIGTERM, how long a running apply may finish before it is interrupted',
  ),
  PS_SHUTDOWN_GRACE_SECONDS: seconds(100, 0).describe(
    'after SIGTERM, how long to wait for runs in all; keep it below the stop timeout',
  ),
  PS_LEGACY_STRICT_MEMBERSHIP: flag.describe(
    'true: membership_status answers 403 to members who are not active; false: 200 with {"active": false}, as the old system',
  ),
  PS_AWS_CONTAINER_REPOSITORY: z
    .string()
    .regex(/^[\w.-]+(:\d+)?(\/[\w.-]+)*$/, 'must look like 123456789012.dkr.ecr.us-west-2.amazonaws.com')
    .optional()
    .describe('where the images of clusters are; without it no clusters are built on AWS'),
  PS_AWS_REGION: z.string().min(1).default('us-west-2').describe('region of the clusters'),
  PS_AWS_DOMAIN: z.string().min(1).default('slideruleearth.io').describe('clusters are <organization>.<domain>'),
  PS_AWS_PROJECT_BUCKET: z
    .string()
    .min(3)
    .default('sliderule')
    .describe('bucket with the configuration, software and data of clusters'),
  PS_AWS_PUBLIC_BUCKET: z.string().min(3).default('sliderule-public').describe('bucket that clusters write results to'),
  PS_AWS_KEY_PAIR: z.string().min(1).optional().describe('key pair for ssh to the machines of clusters'),
  PS_AWS_AMI_OWNER: z.string().min(1).default('self').describe('account that owns the machine images, or self'),
  PS_AWS_VPC_CIDR: z.string().min(9).default('10.0.0.0/16').describe('network of each cluster'),
  PS_AWS_NODE_VOLUME_GB: integer(64, 8, 16_384).describe('volume of each node'),
  PS_AWS_HARDENING: hardening.describe(
    'comma-separated: imdsv2, encrypted-volumes, secrets-at-boot; switching one replaces or restarts machines',
  ),
  PS_AWS_ROLE_ARN: z
    .string()
    .regex(/^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/, 'must be the ARN of a role')
    .optional()
    .describe('role the service takes on for everything it does on AWS; without one it uses the credentials it has'),
  PS_AWS_MACHINE_BOUNDARY_ARN: z
    .string()
    .regex(/^arn:[a-z-]+:iam::\d{12}:policy\/.+$/, 'must be the ARN of an IAM policy')
    .optional()
    .describe('policy that bounds what the machines of new clusters may do; the roles of clusters get it as boundary'),
  PS_AWS_SESSION_LEAST_SECONDS: seconds(3600, 0).describe(
    'what a session with a second factor must still last for a run to begin; log in again when it is refused',
  ),
  PS_ALLOW_LOCAL_MFA: flag.describe(
    'whether staff may log in to AWS over HTTP with a second factor, from this machine or a trusted proxy; for a machine of your own',
  ),
  PS_AWS_PREFLIGHT: z
    .enum(['block', 'warn', 'off'])
    .default('block')
    .describe(
      'what happens to a run of which IAM says before that the credentials may not do what it takes: block ends it, warn notes it',
    ),
  PS_AWS_OBSERVE: flagOn.describe(
    'whether the service asks AWS itself what exists: nodes that run, machines, resources no state knows; false: it relies on states',
  ),
  PS_DRIFT_CHECK_SECONDS: seconds(21_600, 0).describe(
    'how often every deployed cluster is compared with reality; 0: never',
  ),
  PS_ECS_CLUSTER: ecsName
    .optional()
    .describe('ECS cluster this installation runs in, for psctl ecs and /admin/ecs/exec-check; a name or an ARN'),
  PS_ECS_SERVICE: ecsName.optional().describe('ECS service that shells open in; without one ps-web'),
  PS_ECS_CONTAINER: ecsName.optional().describe('container of its tasks; without one it is called like the service'),
  PS_LOCAL_DELAY_SECONDS: integer(0, 0, 3600).describe(
    'local target: how long each node takes to come up, for demonstrations',
  ),
});

export type Env = z.infer<typeof envSchema>;
export type EnvName = keyof Env;
