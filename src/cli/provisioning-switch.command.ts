import { type Command } from 'commander';
import { SettingsService } from '../settings/settings.service.js';
import { type ProgramParts } from './program-parts.js';
import { PSCTL_ACTOR, runCommand } from './output.js';

interface Options {
  json?: boolean;
}

interface Switch {
  name: string;
  isDisabled: boolean;
  description: string;
  done: string;
  example: string;
}

export function registerDisableProvisioning(program: Command, parts: ProgramParts): void {
  registerSwitch(program, parts, {
    name: 'disable-provisioning',
    isDisabled: true,
    description: 'Lets no further run of Terraform start, anywhere; running ones finish.',
    done: 'Provisioning is disabled. Requests are still stored; enable-provisioning goes on with them.',
    example: 'before another version of the service takes over:\n  psctl disable-provisioning',
  });
}

export function registerEnableProvisioning(program: Command, parts: ProgramParts): void {
  registerSwitch(program, parts, {
    name: 'enable-provisioning',
    isDisabled: false,
    description: 'Lets runs of Terraform start again.',
    done: 'Provisioning is enabled. Every cluster is brought to what is asked for now.',
    example: 'psctl enable-provisioning --json',
  });
}

function registerSwitch(
  program: Command,
  { open }: ProgramParts,
  { name, isDisabled, description, done, example }: Switch,
): void {
  program
    .command(name)
    .description(description)
    .option('--json', 'print {"provisioningDisabled"}')
    .addHelpText('after', `\nThe switch stays as it is over restarts.\n\nExample:\n  ${example}`)
    .action((options: Options) =>
      runCommand(open, options, async (services) => {
        await services.get(SettingsService, { strict: false }).set('provisioningDisabled', isDisabled, PSCTL_ACTOR);
        return { text: done, json: { provisioningDisabled: isDisabled } };
      }),
    );
}
