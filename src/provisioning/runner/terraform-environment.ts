import { dirname, relative, resolve } from 'node:path';
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
    // Relative to where Terraform works: providers listen on sockets there, whose paths may have 107 characters at most.
    TMPDIR: relative(workdir.directory, workdir.temporary),
    LANG: 'C.UTF-8',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: workdir.cliConfig,
  };
}

/**
 * Terraform's own configuration. An unpacked mirror is linked to and never written, so that inits side by side cannot
 * spoil each other's binaries, as they do with a plugin cache.
 */
export function terraformCliConfig(providerMirror: string | null): string {
  const checkpoint = 'disable_checkpoint = true\n';
  if (providerMirror === null) return checkpoint;
  const path = JSON.stringify(resolve(providerMirror));
  return `${checkpoint}provider_installation {\n  filesystem_mirror {\n    path = ${path}\n  }\n}\n`;
}
