import { Ajv } from 'ajv';
import formatsPlugin from 'ajv-formats';

const addFormats = formatsPlugin.default ?? formatsPlugin;
const STACK_LINE = /\bat .+\.(js|ts):\d+/;

/** Holds answers against what the OpenAPI documents promise. */
export class AnswerChecker {
  #ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  #compiled = new Map();

  /** What is wrong with the answer; empty when nothing is. An operation that is null promises nothing. */
  problems(operation, { status, contentType, text }) {
    if (STACK_LINE.test(text)) return ['shows a stack trace'];
    // A 500 is a defect whatever is promised; other 5xx are meant when the operation promises exactly this one, such as
    // 503 for a cluster that is not there.
    if (status === 500 || (status > 500 && !operation?.responses[status])) return [`answered ${status}`];
    if (operation === null) return [];
    const promised = operation.responses[status] ?? operation.responses[`${String(status)[0]}XX`];
    if (!promised) return [`answered ${status}, which the document does not mention`];
    const [[type, { schema }] = [null, {}]] = Object.entries(promised.content ?? {});
    if (!schema) return [];
    if (contentType !== type) return [`answered ${status} with the content type ${contentType}, not ${type}`];
    return this.#mismatches(schema, text).map((problem) => `answered ${status} with a body that ${problem}`);
  }

  #mismatches(schema, text) {
    const validate = this.#compiled.get(schema) ?? this.#ajv.compile(schema);
    this.#compiled.set(schema, validate);
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return ['is no JSON'];
    }
    return validate(value) ? [] : [`does not match its schema: ${this.#ajv.errorsText(validate.errors)}`];
  }
}
