import { type INestApplicationContext } from '@nestjs/common';
import { actorLabel, systemActor } from '../common/access/actor.js';
import { DomainError, errorMessage } from '../common/errors/domain-error.js';
import { MigrationError } from '../database/migrator/migration-error.js';
import { type OpenContext } from './program-parts.js';

const FAILED = 1;
const WRONG_USAGE = 2;

/** The command was called in a way that cannot work. */
class UsageError extends Error {}

export function usageError(message: string): Error {
  return new UsageError(message);
}

/** Failures scripts tell apart, by the code of the error. */
const EXIT_CODES: Record<string, number> = {
  'creds.expired': 3,
  'creds.mfa_refused': 4,
  'creds.profile_unusable': 253,
};

/** Says on stderr why a command failed, as text or JSON, and sets the exit code: 1 failed, 2 wrong usage, or its own. */
export function reportFailure(error: unknown, isJson: boolean): void {
  const message = errorMessage(error);
  process.stderr.write(`${isJson ? JSON.stringify({ error: message }) : message}\n`);
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return WRONG_USAGE;
  if (error instanceof MigrationError) return error.exitCode;
  return (error instanceof DomainError ? EXIT_CODES[error.code] : undefined) ?? FAILED;
}

/** Who does what a command does. */
export const PSCTL = systemActor('psctl');
/** The same in the audit log. */
export const PSCTL_ACTOR = actorLabel(PSCTL);

/** What a command says on standard output. */
export interface Answer {
  /** For people. */
  text: string;
  /** The same with `--json`. */
  json: unknown;
}

/** As {@link runCommand}, with what is asked for first: nobody waits for a database to be told of a wrong option. */
export async function runCommandWith<Input>(
  open: OpenContext,
  options: { json?: boolean },
  ask: () => Input | Promise<Input>,
  work: (services: INestApplicationContext, input: Input) => Promise<Answer>,
): Promise<void> {
  let input: Input;
  try {
    input = await ask();
  } catch (error) {
    reportFailure(error, options.json ?? false);
    return;
  }
  await runCommand(open, options, (services) => work(services, input));
}

/** Opens the services, lets `work` use them, closes them, and prints what it answers or why it failed. */
export function runCommand(
  open: OpenContext,
  options: { json?: boolean },
  work: (services: INestApplicationContext) => Promise<Answer>,
): Promise<void> {
  return printAnswer(options, () => withServices(open, work));
}

/** Prints what `work` answers or why it failed. */
export async function printAnswer(options: { json?: boolean }, work: () => Promise<Answer>): Promise<void> {
  const isJson = options.json ?? false;
  try {
    const { text, json } = await work();
    process.stdout.write(`${isJson ? JSON.stringify(json) : text}\n`);
  } catch (error) {
    reportFailure(error, isJson);
  }
}

async function withServices<T>(open: OpenContext, work: (services: INestApplicationContext) => Promise<T>): Promise<T> {
  const services = await open();
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

/** Columns as wide as their widest cell; the first row is the heading. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
