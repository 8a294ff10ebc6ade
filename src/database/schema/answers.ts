import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { z } from 'zod';
import { errorMessage } from '../../common/errors/domain-error.js';
import { MigrationError } from '../migrator/migration-error.js';
import { type Ask } from './decide.js';
import { type Answer, type Answers, type Choice, type Question, QUIT } from './question.types.js';

/** What was given as an answer is none. */
export class AnswerError extends Error {}

/** Asks a person one question; null where nobody may be asked. */
export type AskPerson = ((question: Question) => Promise<string>) | null;

const fileSchema = z.record(z.string(), z.coerce.string());

/**
 * Answers of a file, text by id of question, as `not-null users.phone: "default: ''"`. Throws {@link AnswerError} when
 * it is no such file.
 */
export function readAnswers(path: string): ReadonlyMap<string, string> {
  try {
    return new Map(Object.entries(fileSchema.parse(load(readFileSync(path, 'utf8')) ?? {})));
  } catch (error) {
    throw new AnswerError(`${path} is no file of answers, one "question: answer" a line: ${errorMessage(error)}`);
  }
}

/** `name`, or `name: argument`. Throws {@link AnswerError} when the question has no such answer. */
export function parseAnswer({ id, choices }: Question, text: string): Answer {
  const [, name = '', argument = ''] = /^\s*([a-z-]+)\s*(?::\s*([\s\S]*?))?\s*$/.exec(text) ?? [];
  const choice = choices.find((known) => known.name === name);
  if (!choice) throw new AnswerError(`"${text}" answers nothing about "${id}". ${listed(choices)}`);
  if ((choice.argument === undefined) !== (argument === ''))
    throw new AnswerError(`"${text}" for "${id}": write ${written(choice)}.`);
  if (choice.oneOf && !choice.oneOf.includes(argument))
    throw new AnswerError(`"${argument}" for "${id}" must be ${choice.argument ?? ''}.`);
  return { choice: name, argument };
}

/**
 * Answers questions from what was given, and asks a person about the others. Throws a {@link MigrationError} that needs
 * a human, with every question that is left, when nobody may be asked, or when the answer is to quit.
 */
export class Answering {
  private readonly answers = new Map<string, Answer>();
  private readonly asked = new Set<string>();

  constructor(
    private readonly given: ReadonlyMap<string, string>,
    private readonly person: AskPerson,
  ) {}

  readonly ask: Ask = async (questions): Promise<Answers> => {
    const open = questions.filter(({ id }) => !this.answers.has(id));
    for (const { id } of open) this.asked.add(id);
    const unanswered = open.filter(({ id }) => !this.given.has(id));
    if (unanswered.length > 0 && this.person === null) throw nobodyToAsk(unanswered);
    for (const question of open) {
      const text = this.given.get(question.id) ?? (await this.person?.(question)) ?? '';
      const answer = parseAnswer(question, text);
      if (answer.choice === QUIT.name)
        throw new MigrationError('needsHuman', `${question.id}: quit. Nothing was written.`);
      this.answers.set(question.id, answer);
    }
    return this.answers;
  };

  /** Throws {@link AnswerError} when something was answered that nobody asked: an id may be misspelt. */
  assertAllUsed(): void {
    const unused = [...this.given.keys()].filter((id) => !this.asked.has(id));
    if (unused.length === 0) return;
    throw new AnswerError(`Nothing asks about ${unused.map((id) => `"${id}"`).join(', ')}. Correct or remove it.`);
  }
}

/** A question as a person or the reader of a log sees it. */
export function questionText({ text, choices }: Question): string {
  return [text, ...choices.map((choice) => `  ${written(choice)}: ${choice.meaning}`)].join('\n');
}

function nobodyToAsk(questions: readonly Question[]): MigrationError {
  const list = questions.map((question) => `${question.id}\n${questionText(question)}`).join('\n\n');
  return new MigrationError(
    'needsHuman',
    `A person must decide this, and nothing was written:\n\n${list}\n\nRun it in a terminal, or give --answers with a file that ` +
      `has a line for each, such as\n  ${questions[0]?.id ?? ''}: "${exampleOf(questions[0])}"`,
  );
}

function exampleOf(question: Question | undefined): string {
  const [first] = question?.choices ?? [];
  return first ? `${first.name}${first.argument === undefined ? '' : `: ${first.oneOf?.[0] ?? "''"}`}` : '';
}

function listed(choices: readonly Choice[]): string {
  return `It may be: ${choices.map(written).join('; ')}.`;
}

function written({ name, argument }: Choice): string {
  return argument === undefined ? name : `${name}: <${argument}>`;
}
