export interface Choice {
  name: string;
  /** What is asked for with it, and written behind it: `default: 'x'`. */
  argument?: string;
  /** What the argument may be; anything where this is not given. */
  oneOf?: readonly string[];
  /** What it does. */
  meaning: string;
}

/** What only a person can decide about a difference. */
export interface Question {
  /** Stable, and the key of an answers file: `not-null users.phone`. */
  id: string;
  text: string;
  choices: Choice[];
}

export interface Answer {
  choice: string;
  argument: string;
}

/** By the id of the question. */
export type Answers = ReadonlyMap<string, Answer>;

/** Nobody wants this change after all. */
export const QUIT: Choice = { name: 'quit', meaning: 'write nothing' };
