import { curlLine } from './curl-line.mjs';

/** Each problem of an operation once, with the first request that showed it. */
export class Findings {
  #byProblem = new Map();

  add({ operation, role }, message, problem) {
    const where =
      operation === null ? `${message.method}, which no document has` : `${message.method} ${operation.path}`;
    const key = JSON.stringify([where, problem]);
    const known = this.#byProblem.get(key);
    if (known) known.count++;
    else this.#byProblem.set(key, { operation: where, problem, count: 1, curl: curlLine(message, role) });
  }

  list() {
    return [...this.#byProblem.values()];
  }
}
