import { writeFile } from 'node:fs/promises';
import { type INestApplicationContext } from '@nestjs/common';
import { type Command } from 'commander';
import { OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { type Organization } from '../organizations/organizations.types.js';
import { StateAdministrationService } from '../provisioning/state-administration.service.js';
import { type StateLock, type StateVersion } from '../provisioning/provisioning.types.js';
import { type OpenContext, type ProgramParts } from './program-parts.js';
import { type Answer, PSCTL, runCommand, runCommandWith, table, usageError } from './output.js';

interface Options {
  json?: boolean;
}

type Work<Given> = (states: StateAdministrationService, organization: Organization, given: Given) => Promise<Answer>;

/** The stored Terraform states. */
export function registerState(program: Command, { open }: ProgramParts): void {
  const state = program.command('state').description("The stored versions of an organization's Terraform state.");
  registerList(state, open);
  registerDownload(state, open);
  registerRollback(state, open);
  registerUnlock(state, open);
}

function registerList(state: Command, open: OpenContext): void {
  state
    .command('list')
    .description('Lists versions, newest first, and says which run has the state for itself.')
    .argument('<organization>')
    .option('--limit <count>', 'of how many, 200 at most', '50')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .option('--json', 'print {"versions", "nextCursor", "lock"}')
    .addHelpText(
      'after',
      '\nExamples:\n  psctl state list field-lab\n  psctl state list field-lab --limit 1 --json | jq -r ".versions[0].id"',
    )
    .action((name: string, options: Options & { limit: string; cursor?: string }) =>
      runCommandWith(
        open,
        options,
        () => ({ limit: limitOf(options.limit), cursor: options.cursor }),
        work(name, async (states, { id }, { limit, cursor }) => {
          const { items, nextCursor } = await states.list(id, { limit, cursor, sort: '-createdAt', filters: {} });
          const lock = await states.lock(id);
          return { text: listText(items, nextCursor, lock), json: { versions: items, nextCursor, lock } };
        }),
      ),
    );
}

function registerDownload(state: Command, open: OpenContext): void {
  state
    .command('download')
    .description('Writes a version in clear to a file only you can read; the audit log says so.')
    .argument('<organization>')
    .argument('<version>', 'its id')
    .requiredOption('--output <file>', 'a file that is not there yet')
    .option('--json', 'print the version as an object')
    .addHelpText(
      'after',
      '\nStates hold secrets. Delete the file when you are done.\n\nExample:\n' +
        '  psctl state download field-lab 0190c2a4-7d3e-7c1a-9a57-3f5d1c0b8e21 --output field-lab.tfstate',
    )
    .action((name: string, versionId: string, options: Options & { output: string }) =>
      runCommandWith(
        open,
        options,
        () => idOf(versionId),
        work(name, async (states, organization, id) => {
          const { version, content } = await states.download(organization, id, PSCTL);
          await writeFile(options.output, content, { mode: 0o600, flag: 'wx' });
          return { text: `Serial ${version.serial} is in ${options.output}. It may hold secrets.`, json: version };
        }),
      ),
    );
}

function registerRollback(state: Command, open: OpenContext): void {
  state
    .command('rollback')
    .description('Makes an older version the newest, with the next serial; refused while a run waits or is at work.')
    .argument('<organization>')
    .argument('<version>', 'its id')
    .requiredOption('--confirm <organization>', 'the name of the organization, typed again')
    .option('--json', 'print the new version as an object')
    .addHelpText(
      'after',
      '\nWhatever was built since is not in it any more, and nothing takes that down. The next run compares it with reality.\n\n' +
        'Example:\n  psctl state rollback field-lab 0190c2a4-7d3e-7c1a-9a57-3f5d1c0b8e21 --confirm field-lab',
    )
    .action((name: string, versionId: string, options: Options & { confirm: string }) =>
      runCommandWith(
        open,
        options,
        () => idOf(versionId),
        work(name, async (states, organization, id) => {
          const version = await states.rollBack(organization, id, options.confirm, PSCTL);
          return { text: `The state of ${name} is now serial ${version.serial}: version ${version.id}`, json: version };
        }),
      ),
    );
}

function registerUnlock(state: Command, open: OpenContext): void {
  state
    .command('unlock')
    .description('Fails the run that holds the state, if its worker is gone; refused while the worker lives.')
    .argument('<organization>')
    .requiredOption('--confirm <run>', 'the id of the run, as "state list" shows it')
    .option('--json', 'print the run as an object')
    .addHelpText(
      'after',
      '\nA worker of the same place takes such a run over by itself, and loses less. Unlock only when none is there.\n\n' +
        'Example:\n  psctl state unlock field-lab --confirm 0190c2a4-7d3e-7c1a-9a57-3f5d1c0b8e21',
    )
    .action((name: string, options: Options & { confirm: string }) =>
      runCommand(open, options, (services) =>
        work(name, async (states, organization) => {
          const run = await states.unlock(organization, options.confirm, PSCTL);
          return { text: `Run ${run.id} is ${run.status}; the state of ${name} is free.`, json: run };
        })(services, undefined),
      ),
    );
}

function work<Given>(name: string, what: Work<Given>) {
  return async (services: INestApplicationContext, given: Given): Promise<Answer> => {
    const organization = await services.get(OrganizationsService, { strict: false }).findByName(name);
    if (!organization) throw new OrganizationNotFoundError(name);
    return what(services.get(StateAdministrationService, { strict: false }), organization, given);
  };
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw usageError(`--limit is 1 to 200, not "${text}".`);
  return limit;
}

function idOf(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text;
  throw usageError(`"${text}" is no id of a version; "psctl state list" shows them.`);
}

function listText(versions: StateVersion[], nextCursor: string | null, lock: StateLock | null): string {
  const lines = versions.map(({ id, serial, lineage, sizeBytes, source, runId, createdBy, createdAt }) => [
    ...[String(serial), createdAt.toISOString(), source, runId ?? createdBy ?? '-', String(sizeBytes), lineage, id],
  ]);
  const held = lock
    ? `Held by run ${lock.runId} (${lock.kind}, ${lock.status}) on ${lock.workerHost ?? 'no host'}; last sign of life ${lock.heartbeatAt?.toISOString() ?? 'never'}`
    : 'No run holds the state.';
  return [
    table([['SERIAL', 'STORED', 'SOURCE', 'BY', 'BYTES', 'LINEAGE', 'VERSION'], ...lines]),
    '',
    held,
    ...(nextCursor === null ? [] : [`More: --cursor ${nextCursor}`]),
  ].join('\n');
}
