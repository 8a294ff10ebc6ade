import { type Command } from 'commander';
import { LegacyImportService } from '../legacy-import/legacy-import.service.js';
import {
  type Finding,
  type ImportOptions,
  type ImportReport,
  type Severity,
} from '../legacy-import/legacy-import.types.js';
import { type ProgramParts } from './program-parts.js';
import { reportFailure, runCommand, table, usageError } from './output.js';

interface Options {
  from: string;
  dryRun?: boolean;
  target: string;
  rename: string[];
  renameUser: string[];
  ignore: string[];
  json?: boolean;
}

const EXAMPLES = `
Reads a running database (in one snapshot, without writing) or a plain SQL dump of pg_dump, and stores everything in one
transaction, or nothing. Run it again whenever you like: what was imported is not imported twice, and what has changed
here since is not overwritten. The password of a database may also come from PGPASSWORD or ~/.pgpass.

Exit codes: 0 done (a dry run: would be done), 1 refused or failed, 2 wrong usage.

Examples:
  psctl import-legacy --from legacy.sql --dry-run
  psctl import-legacy --from legacy.sql --rename "Alpha dup?=alpha-dup"
  psctl import-legacy --from postgres://reader@old.example.org/provsys --json`;

export function registerImportLegacy(program: Command, { open }: ProgramParts): void {
  program
    .command('import-legacy')
    .description('Takes over accounts, organizations, balances and clusters of the system being replaced.')
    .requiredOption('--from <source>', 'postgres:// URL, or path of a plain SQL dump')
    .option('--dry-run', 'store nothing, and say what would be stored')
    .option('--rename <old=new>', 'another name for an organization, by old name or id; repeatable', collect, [])
    .option('--rename-user <old=new>', 'another name for a user, by old name or id; repeatable', collect, [])
    .option('--ignore <name>', 'leave an unknown table, or table.column, behind; repeatable', collect, [])
    .option('--target <target>', 'where clusters of the organizations are built: aws or local', 'aws')
    .option('--json', 'print the report as {"source", "outcome", "sources", "targets", "findings"}')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => {
      try {
        const what = importOptions(options);
        await runCommand(open, options, async (services) => {
          const report = await services.get(LegacyImportService, { strict: false }).run(what);
          if (report.outcome === 'refused') process.exitCode = 1;
          return { text: asText(report), json: report };
        });
      } catch (error) {
        reportFailure(error, options.json ?? false);
      }
    });
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function importOptions({ from, dryRun = false, target, rename, renameUser, ignore }: Options): ImportOptions {
  if (target !== 'aws' && target !== 'local') throw usageError(`--target is aws or local, not "${target}".`);
  const organizationNames = pairs('--rename', rename);
  const usernames = pairs('--rename-user', renameUser);
  return { from, isDryRun: dryRun, target, organizationNames, usernames, ignored: new Set(ignore) };
}

/** New names never have an equals sign, old ones may. */
function pairs(option: string, values: readonly string[]): Map<string, string> {
  return new Map(
    values.map((value) => {
      const at = value.lastIndexOf('=');
      if (at < 1) throw usageError(`${option} "${value}": write old=new, for example ${option} "Old name?=new-name".`);
      return [value.slice(0, at), value.slice(at + 1)];
    }),
  );
}

const OUTCOMES: Record<ImportReport['outcome'], string> = {
  imported: 'Imported.',
  dry_run: 'Dry run: nothing was stored. Without --dry-run this would be imported.',
  refused: 'Refused: nothing was stored. Resolve what is listed under "refused" and try again.',
};
const HEADINGS: [Severity, string][] = [
  ['info', 'For your information:'],
  ['warn', 'Look at these:'],
  ['refuse', 'Refused, because:'],
];

function asText(report: ImportReport): string {
  const sources = report.sources
    .filter(({ read }) => read > 0)
    .map((count) => [count.table, String(count.read), String(count.taken), skippedText(count.skipped)]);
  const targets = report.targets.map((count) => [
    count.table,
    String(count.added),
    String(count.changed),
    String(count.unchanged),
  ]);
  return [
    `Source: ${report.source}`,
    table([['OLD TABLE', 'READ', 'TAKEN', 'LEFT BEHIND'], ...sources]),
    ...(targets.length > 0 ? [table([['TABLE', 'ADDED', 'CHANGED', 'UNCHANGED'], ...targets])] : []),
    ...HEADINGS.flatMap(([severity, heading]) => findingsText(heading, report.findings, severity)),
    report.targets.length > 0 && targets.every(([, added, changed]) => added === '0' && changed === '0')
      ? 'Nothing to do: all of it was imported before.'
      : OUTCOMES[report.outcome],
  ].join('\n\n');
}

function skippedText(skipped: ImportReport['sources'][number]['skipped']): string {
  return skipped.map(({ reason, count }) => `${count} ${reason}`).join('; ');
}

function findingsText(heading: string, findings: readonly Finding[], severity: Severity): string[] {
  const lines = findings
    .filter((finding) => finding.severity === severity)
    .map((finding) => `  ${finding.table}${finding.row === null ? '' : ` ${finding.row}`}: ${finding.message}`);
  return lines.length > 0 ? [[heading, ...lines].join('\n')] : [];
}
