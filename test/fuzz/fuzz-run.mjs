import fc from 'fast-check';
import { AnswerChecker } from './answer-checker.mjs';
import { Findings } from './findings.mjs';
import { HttpClient } from './http-client.mjs';
import { filledIn } from './markers.mjs';
import { requestTo } from './request-generator.mjs';

const REQUESTS_PER_POPULATION = 1_000;
const CONCURRENCY = 4;
/** What docs/api.md promises to take. */
const MAX_BODY_LENGTH = 1024 * 1024;
const ADDRESSES_PER_POPULATION = 2;

/** Arbitrary requests to a service, and what was wrong with its answers. */
export class FuzzRun {
  #checker = new AnswerChecker();
  #findings = new Findings();
  #statuses = {};
  /** Operations that were answered with a success. */
  #reached = new Set();
  #answered = 0;

  /** `populate` makes people and organizations, given a client to make them with. */
  constructor({ url, operations, roles, populate, answerLimitMs }) {
    this.url = url;
    this.operations = operations;
    this.populate = populate;
    this.answerLimitMs = answerLimitMs;
    this.arbitrary = requestTo(operations, roles);
  }

  /** The same seed yields the same requests. `onProgress` hears how many were answered. */
  async send(total, seed, onProgress) {
    for (let part = 0; part * REQUESTS_PER_POPULATION < total; part++) {
      const numRuns = Math.min(REQUESTS_PER_POPULATION, total - part * REQUESTS_PER_POPULATION);
      const requests = fc.sample(this.arbitrary, { seed: seed + part, numRuns });
      const [preparing, client] = this.#clients(part);
      const population = await this.populate(preparing);
      await Promise.all(
        Array.from({ length: CONCURRENCY }, () => this.#work(requests, population, client, onProgress)),
      );
      for (const one of [preparing, client]) one.close();
    }
  }

  result() {
    const unreached = this.operations.filter((operation) => !this.#reached.has(operation));
    return {
      operations: this.operations.length,
      unreached: unreached.map(({ verb, path }) => `${verb.toUpperCase()} ${path}`),
      statuses: this.#statuses,
      findings: this.#findings.list(),
    };
  }

  /** Wrong passwords among the requests must not keep the next population from logging in. */
  #clients(part) {
    return Array.from(
      { length: ADDRESSES_PER_POPULATION },
      (_, own) => new HttpClient(this.url, ADDRESSES_PER_POPULATION * part + own, this.answerLimitMs),
    );
  }

  async #work(requests, population, client, onProgress) {
    for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
      await this.#try(request, population, client);
      onProgress(++this.#answered);
    }
  }

  #count(outcome) {
    this.#statuses[outcome] = (this.#statuses[outcome] ?? 0) + 1;
  }

  async #try(request, population, client) {
    const message = toMessage(request, population);
    let answer;
    try {
      answer = await client.send(message);
    } catch (error) {
      if (isRefusedUpload(error, message)) this.#count('refused upload');
      else this.#findings.add(request, message, error.message);
      return;
    }
    const { operation } = request;
    this.#count(answer.status);
    for (const problem of this.#checker.problems(operation, answer)) this.#findings.add(request, message, problem);
    if (operation === null || answer.status >= 300) return;
    this.#reached.add(operation);
    if (answer.contentType === 'application/json')
      population.learn(this.operations, operation, JSON.parse(answer.text));
  }
}

/**
 * A server may answer 413 and close the connection in the middle of a body that is too large; whether the client reads
 * that or fails to write first is a matter of luck.
 */
function isRefusedUpload({ code }, { body = '' }) {
  return body.length > MAX_BODY_LENGTH && ['EPIPE', 'ECONNRESET'].includes(code);
}

/** The request as it goes over the wire. */
function toMessage({ verb, path, query, body, role, accept, header }, { known, tokens }) {
  const filledPath = filledIn(path, known, encodeURIComponent);
  const filledQuery = filledIn(query, known, encodeURIComponent);
  const token = tokens.get(role);
  const isForm = body?.type === 'application/x-www-form-urlencoded';
  const inJson = (value) => JSON.stringify(value).slice(1, -1);
  return {
    method: verb.toUpperCase(),
    path: filledQuery === '' ? filledPath : `${filledPath}?${filledQuery}`,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(accept === undefined ? {} : { accept }),
      ...(body === null ? {} : { 'content-type': body.type }),
      ...(header === null ? {} : { [header[0]]: header[1] }),
    },
    body: body === null ? undefined : filledIn(body.text, known, isForm ? encodeURIComponent : inJson),
  };
}
