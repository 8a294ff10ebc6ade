import { type Command } from 'commander';
import { OrganizationTokensService } from '../auth/organization-tokens.service.js';
import { UsersService } from '../users/users.service.js';
import { type ProgramParts } from './program-parts.js';
import { PSCTL_ACTOR, runCommand } from './output.js';

interface Options {
  username: string;
  org: string;
  json?: boolean;
}

export function registerIssueToken(program: Command, { open }: ProgramParts): void {
  program
    .command('issue-token')
    .description('Issues tokens of an organization for one of its active members, without a password.')
    .requiredOption('--username <name>', 'the member')
    .requiredOption('--org <name>', 'the organization')
    .option('--json', 'print {"access", "refresh", "expiresAt"}')
    .addHelpText(
      'after',
      '\nWhoever has the tokens acts as the member; the audit log says that they were issued here.\n\nExamples:\n' +
        '  psctl issue-token --username ann --org sliderule\n' +
        '  TOKEN=$(psctl issue-token --username ann --org sliderule --json | jq -r .access)',
    )
    .action((options: Options) =>
      runCommand(open, options, async (services) => {
        const user = await services.get(UsersService, { strict: false }).getByUsername(options.username);
        const tokens = services.get(OrganizationTokensService, { strict: false });
        const { access, refresh, expiresAt } = await tokens.issueFor(user, options.org, PSCTL_ACTOR);
        const json = { access, refresh, expiresAt: expiresAt.toISOString() };
        return { text: `access  ${access}\nrefresh ${refresh}\nThe access token expires at ${json.expiresAt}.`, json };
      }),
    );
}
