import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RunWorkdir } from '../../../dist/src/provisioning/runner/run-workdir.js';
import { terraformCliConfig } from '../../../dist/src/provisioning/runner/terraform-environment.js';
import {
  asInTheImage,
  awsAccountEnvironment,
  awsProviderFolder,
  awsServiceEnvironment,
  findAwsProvider,
  findProviderIn,
  installedAwsProvider,
} from '../../support/aws-provider.mjs';
import { TerraformByHand } from './terraform-by-hand.mjs';
import { lookForTerraform } from './terraform.mjs';

/** The unpacked package of hashicorp/aws; what it holds besides the simulator does not matter, only that it is hashed. */
const TRUE_PACKAGE_BYTES = 671_000_000;
const REGION = 'us-west-2';
const CALLS = 'calls.jsonl';

/** Why nothing can be measured against the simulated AWS here, or null. */
export function whyNoSimulatedAws() {
  if (lookForTerraform() === null) return 'neither terraform nor tofu is on the PATH.';
  if (findAwsProvider() !== null) return null;
  return `${awsProviderFolder()} has no AWS provider; name the folder of the simulated one in PS_AWS_PROVIDER_SIM.`;
}

/**
 * The simulated AWS for a service and for Terraform by hand. Every directory that Terraform works in has an account of
 * its own, named like it: the simulator reads the whole account at each call, so that 60 clusters in one would measure
 * the simulator.
 */
export class SimulatedAws {
  constructor() {
    const installation = installedAwsProvider(findAwsProvider());
    this.directory = mkdtempSync(join(tmpdir(), 'ps-server-bench-aws-'));
    const environment = awsAccountEnvironment(installation, this.directory);
    /** What a service starts with. */
    this.serviceEnvironment = asInTheImage(awsServiceEnvironment(environment));
    this.provider = findProviderIn(this.serviceEnvironment.PS_TERRAFORM_PROVIDER_MIRROR);
    const launcher = readFileSync(this.provider, 'utf8');
    const ownAccount = 'export AWS_SIM_DIR="$AWS_SIM_DIR/${PWD##*/}"';
    const ownLog = `[ ! -e "$AWS_SIM_DIR/${CALLS}" ] || export AWS_SIM_LOG="$AWS_SIM_DIR/${CALLS}"`;
    writeFileSync(this.provider, launcher.replace('\n', `\n${ownAccount}\n${ownLog}\n`));
  }

  /** Terraform by hand in a new directory below `parent`, which takes the account of that name; more variables if need be. */
  terraformIn(parent, name, more = {}) {
    const { PS_TERRAFORM_PROVIDER_MIRROR: mirror, ...service } = this.serviceEnvironment;
    const ours = ([variable]) => variable.startsWith('AWS_');
    const workdir = new RunWorkdir(parent, name, 'by-hand');
    workdir.create(terraformCliConfig(mirror));
    const environment = { ...Object.fromEntries(Object.entries(service).filter(ours)), AWS_REGION: REGION, ...more };
    return new TerraformByHand(workdir, lookForTerraform(), environment);
  }

  /** From now on what Terraform asks of the account of this name is counted; that costs some time. */
  watchCalls(name) {
    const account = join(this.serviceEnvironment.AWS_SIM_DIR, name);
    mkdirSync(account, { recursive: true });
    const log = join(account, CALLS);
    writeFileSync(log, '');
    return {
      forget: () => truncateSync(log),
      byOperation: () => {
        const counts = {};
        for (const line of readFileSync(log, 'utf8').split('\n').filter(Boolean)) {
          const { op } = JSON.parse(line);
          counts[op] = (counts[op] ?? 0) + 1;
        }
        return counts;
      },
    };
  }

  /** Makes the provider's package as large as the true one, or as small as it was. */
  setTrueSize(isTrueSize) {
    const padding = join(dirname(this.provider), 'padding');
    rmSync(padding, { force: true });
    if (!isTrueSize) return;
    writeFileSync(padding, '');
    truncateSync(padding, TRUE_PACKAGE_BYTES);
  }

  close() {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
