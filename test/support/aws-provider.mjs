// @ts-check
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The simulated AWS provider, for tests and benchmarks: where it lies, and what Terraform and the service need to use it. */
const BESIDE_THE_PROJECT = fileURLToPath(new URL('../../../shared/tools/aws-provider-sim', import.meta.url));
/** How long a deletion waits for what depends on it; the real provider waits for minutes. */
const PATIENCE_MS = '400';

/**
 * The folder of the simulated AWS provider: `PS_AWS_PROVIDER_SIM`, or where it lies beside the project; null if it is
 * not there.
 *
 * @returns {string | null}
 */
export function findAwsProvider() {
  const folder = awsProviderFolder();
  return existsSync(join(folder, 'scripts/make-cli-config.mjs')) ? folder : null;
}

/** Where {@link findAwsProvider} looks. */
export function awsProviderFolder() {
  return process.env.PS_AWS_PROVIDER_SIM ?? BESIDE_THE_PROJECT;
}

/**
 * The provider with its dependencies: in place if they are there, else a copy that outlives this process.
 *
 * @param {string} source as {@link findAwsProvider} finds it
 * @returns {string} its folder
 */
export function installedAwsProvider(source) {
  if (existsSync(join(source, 'node_modules'))) return source;
  const files = readdirSync(source, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1))
    .sort();
  const copy = join(tmpdir(), `ps-aws-provider-sim-${fingerprint(source, files)}`);
  if (!existsSync(copy)) install(source, files, copy);
  return copy;
}

/**
 * What Terraform needs to find the provider and an account that lies in `directory`; more than one process may use it.
 *
 * @param {string} installation as {@link installedAwsProvider} tells it
 * @param {string} directory
 * @returns {Record<string, string>}
 */
export function awsAccountEnvironment(installation, directory) {
  const script = join(installation, 'scripts/make-cli-config.mjs');
  const cliConfig = execFileSync(process.execPath, [script, join(directory, 'cli')], { encoding: 'utf8' });
  return {
    TF_CLI_CONFIG_FILE: cliConfig.trim(),
    AWS_SIM_DIR: join(directory, 'account'),
    AWS_SIM_PATIENCE_MS: PATIENCE_MS,
  };
}

/**
 * A service that builds its clusters in this account: the variables it starts with. Keys are invented; the simulator
 * asks for none.
 *
 * @param {Readonly<Record<string, string>>} environment as {@link awsAccountEnvironment} makes it, with more if need be
 * @returns {Record<string, string>}
 */
export function awsServiceEnvironment(environment) {
  const { TF_CLI_CONFIG_FILE: cliConfig = '', ...account } = environment;
  return {
    ...account,
    PS_TERRAFORM_PROVIDER_MIRROR: mirrorOf(cliConfig),
    PS_TERRAFORM_PASS_ENVIRONMENT: Object.keys(account).join(','),
    PS_AWS_CONTAINER_REPOSITORY: '123456789012.dkr.ecr.us-west-2.amazonaws.com',
    PS_AWS_DOMAIN: 'example.org',
    // The provider is simulated, the API is not; see AwsApi for both.
    PS_AWS_OBSERVE: 'false',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'invented-secret-access-key-for-tests',
  };
}

/**
 * A service as it is in the image: its mirror is trusted, and one provider process serves all commands of a run. The
 * true provider listens on a socket, the simulated one on a port.
 *
 * @param {Readonly<Record<string, string>>} serviceEnvironment as {@link awsServiceEnvironment} makes it
 * @returns {Record<string, string>}
 */
export function asInTheImage(serviceEnvironment) {
  return { ...serviceEnvironment, PS_TERRAFORM_TRUST_MIRROR: 'true', PS_TERRAFORM_SHARED_PROVIDER: 'loopback' };
}

/**
 * The executable of the provider in an unpacked mirror.
 *
 * @param {string} mirror
 * @returns {string} its path
 */
export function findProviderIn(mirror) {
  const names = readdirSync(mirror, { recursive: true, encoding: 'utf8' });
  const found = names.find((path) => /terraform-provider-aws_v[^/]*$/.test(path));
  if (found === undefined) throw new Error(`${mirror} holds no provider for AWS; has the simulator changed?`);
  return join(mirror, found);
}

/** @param {string} cliConfig */
function mirrorOf(cliConfig) {
  const [, mirror] = /path = "([^"]+)"/.exec(readFileSync(cliConfig, 'utf8')) ?? [];
  if (mirror === undefined) throw new Error(`${cliConfig} names no provider mirror; has the simulator changed?`);
  return mirror;
}

/**
 * @param {string} source
 * @param {string[]} files
 */
function fingerprint(source, files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(source, file)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * Made elsewhere and renamed, because other processes may want the same; whoever comes second uses the first's.
 *
 * @param {string} source
 * @param {string[]} files
 * @param {string} copy
 */
function install(source, files, copy) {
  const own = mkdtempSync(`${copy}.`);
  for (const file of files) {
    // Not copied as a tree: folders of the source may be read-only, and their copies would be too.
    mkdirSync(dirname(join(own, file)), { recursive: true });
    copyFileSync(join(source, file), join(own, file));
  }
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: own, stdio: 'ignore' });
  try {
    renameSync(own, copy);
  } catch (error) {
    rmSync(own, { recursive: true });
    if (!existsSync(copy)) throw error;
  }
}
