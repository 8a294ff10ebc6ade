import { inspect } from 'node:util';

const HIDDEN = '[secret]';

/**
 * A value that must never be printed. Every way JavaScript turns a value into text (templates, JSON, inspect) yields
 * a placeholder; only {@link Secret.reveal} yields the value.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
