// @ts-check
import { DemoFailure } from './demo-failure.mjs';

/**
 * @typedef {object} Call
 * @property {string} method
 * @property {string} path
 * @property {unknown} [body] sent as JSON
 * @property {Token} [token]
 */

/**
 * @typedef {object} Token
 * @property {string} name of the shell variable that stands for it
 * @property {string} value
 */

/** The demo's HTTP calls. Shows each as the `curl` line that does the same, with variables in place of secrets. */
export class ApiClient {
  /** @type {Map<string, string>} */
  #variables = new Map();

  /**
   * @param {string} url
   * @param {import('./screen.mjs').Screen} screen
   * @param {AbortSignal} signal
   */
  constructor(url, screen, signal) {
    this.url = url;
    this.screen = screen;
    this.signal = signal;
  }

  /**
   * From now on shown as `$name`.
   *
   * @param {string} name
   * @param {string} value
   */
  hide(name, value) {
    this.#variables.set(value, name);
  }

  /**
   * The parsed answer. Anything but success ends the demo.
   *
   * @template [Body=Record<string, unknown>]
   * @param {Call} call
   * @returns {Promise<Body>}
   */
  async show(call) {
    this.screen.command(this.#curl(call));
    return /** @type {Promise<Body>} */ (this.ask(call));
  }

  /**
   * Like {@link show}, without showing it.
   *
   * @template [Body=Record<string, unknown>]
   * @param {Call} call
   * @returns {Promise<Body>}
   */
  async ask(call) {
    const response = await this.#send(call);
    const text = await response.text();
    if (!response.ok) throw refused(call, response.status, text);
    /** @type {unknown} */
    const answer = text === '' ? null : JSON.parse(text);
    return /** @type {Body} */ (answer);
  }

  /**
   * The body of an answer that goes on, as text.
   *
   * @param {Call} call
   * @returns {AsyncGenerator<string, void>}
   */
  async *stream(call) {
    this.screen.command(this.#curl(call, '-N '));
    const response = await this.#send(call);
    if (!response.ok || response.body === null) throw refused(call, response.status, await response.text());
    const decoder = new TextDecoder();
    try {
      const chunks = /** @type {import('node:stream/web').ReadableStream<Uint8Array>} */ (response.body);
      for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw unanswered(call, error);
    }
  }

  /**
   * The headers are those of the Python client: a content type only with a body, no body at all for a capacity request.
   *
   * @param {Call} call
   */
  async #send(call) {
    const { method, path, body, token } = call;
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token.value}` }),
    };
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      return await fetch(this.url + path, { method, signal: this.signal, headers, ...content });
    } catch (error) {
      throw unanswered(call, error);
    }
  }

  /**
   * @param {Call} call
   * @param {string} [flags]
   */
  #curl({ method, path, body, token }, flags = '') {
    const isImplied = method === (body === undefined ? 'GET' : 'POST');
    return [
      `curl ${flags}${isImplied ? '' : `-X ${method} `}$URL${path}`,
      ...(token === undefined ? [] : [`-H "Authorization: Bearer $${token.name}"`]),
      ...(body === undefined ? [] : [`-H 'Content-Type: application/json' -d '${this.#quoted(body)}'`]),
    ].join(' ');
  }

  /**
   * JSON inside single quotes, which are left for each variable.
   *
   * @param {unknown} body
   */
  #quoted(body) {
    let text = JSON.stringify(body);
    for (const [value, name] of this.#variables) text = text.replaceAll(value, `'"$${name}"'`);
    return text;
  }
}

/**
 * @param {Call} call
 * @param {number} status
 * @param {string} text
 */
function refused({ method, path }, status, text) {
  return new DemoFailure(`${method} ${path} answered ${status}: ${text.slice(0, 500)}`, { needsLog: true });
}

/**
 * @param {Call} call
 * @param {unknown} error
 */
function unanswered({ method, path }, error) {
  const { message, cause } = /** @type {Error} */ (error);
  const why = cause instanceof Error && cause.message !== '' ? cause.message : message;
  return new DemoFailure(`${method} ${path} got no complete answer: ${why}`, { needsLog: true });
}
