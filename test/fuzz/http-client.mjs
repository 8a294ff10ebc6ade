import { Agent, request as startRequest } from 'node:http';

/** Addresses of this machine that can be had without configuration; elsewhere all requests come from one. */
const HAS_LOOPBACK_NETWORK = process.platform === 'linux';

/**
 * Sends requests byte for byte as they are given: paths with `..` or broken escapes, bodies of GET requests, wrong
 * content types. Nothing is followed, retried or tidied up.
 */
export class HttpClient {
  #agent;
  #url;

  /** The service limits attempts by address; `number` chooses one that was not used before. */
  constructor(url, number, limitMs) {
    this.#url = new URL(url);
    this.limitMs = limitMs;
    const network = { localAddress: `127.1.${(number >> 7) & 255}.${1 + (number & 127)}` };
    this.#agent = new Agent({ keepAlive: true, maxSockets: 16, ...(HAS_LOOPBACK_NETWORK ? network : {}) });
  }

  /** Posts JSON, for preparations; anything but a success is an error. */
  async post(path, body, token) {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    const answer = await this.send({ method: 'POST', path, headers, body: JSON.stringify(body) });
    if (answer.status >= 300) throw new Error(`POST ${path} was answered ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text);
  }

  /**
   * The answer: its status, content type and text. Of an event stream only the head is read. Rejects when there is no
   * whole answer within the limit, or the connection breaks.
   */
  send({ method, path, headers, body }) {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#url;
      // Node sends the body of a GET without saying how long it is.
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const request = startRequest({
        agent: this.#agent,
        hostname,
        port,
        method,
        path,
        headers: { ...headers, ...length },
      });
      const limit = setTimeout(() => {
        request.destroy(new Error(`there was no whole answer within ${this.limitMs} ms`));
      }, this.limitMs);
      const settle = (how, value) => {
        clearTimeout(limit);
        how(value);
      };
      request.on('error', (error) => settle(reject, error));
      request.on('response', (response) => {
        const { statusCode: status, headers: received } = response;
        const contentType = (received['content-type'] ?? '').split(';')[0];
        const chunks = [];
        response.on('error', (error) => settle(reject, error));
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => settle(resolve, { status, contentType, text: Buffer.concat(chunks).toString() }));
        if (contentType !== 'text/event-stream') return;
        settle(resolve, { status, contentType, text: '' });
        request.destroy();
      });
      request.end(body);
    });
  }

  close() {
    this.#agent.destroy();
  }
}
