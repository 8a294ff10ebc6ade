import { dirname } from 'node:path';
import { type RunWorkdir } from './run-workdir.js';

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The whole environment of a Terraform process, built from nothing: an inherited `TF_CLI_ARGS_apply=-destroy` would turn
 * an apply into a destroy, and provisioners print whatever they inherit.
 */
export function terraformEnvironment(
  workdir: RunWorkdir,
  binary: string,
  target: Record<string, string>,
): Record<string, string> {
  return {
    ...target,
    PATH: `${SYSTEM_PATH}:${dirname(binary)}`,
    HOME: workdir.home,
    TMPDIR: workdir.temporary,
    LANG: 'C.UTF-8',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: workdir.cliConfig,
  };
}
