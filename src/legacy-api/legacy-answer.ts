import { type FastifyReply } from 'fastify';

/** An answer of the old contract that ends a request early; thrown, and sent as it is. */
export class LegacyAnswer extends Error {
  constructor(
    readonly status: number,
    /** An object goes out as JSON, a text as the page it is. */
    readonly body: Record<string, unknown> | string,
    readonly headers: Record<string, string> = {},
  ) {
    super(`legacy answer ${status}`);
  }
}

/** The shape most failures of the old contract have. */
export function failed(status: number, message: string): LegacyAnswer {
  return new LegacyAnswer(status, { status: 'FAILED', error_msg: message });
}

/** An answer for people, who followed a link. */
export function page(status: number, html: string, headers: Record<string, string> = {}): LegacyAnswer {
  return new LegacyAnswer(status, html, { 'content-type': 'text/html; charset=utf-8', ...headers });
}

export function sendLegacyAnswer(reply: FastifyReply, { status, headers, body }: LegacyAnswer): void {
  // A route for pages has set the type of its page by now, and with that no object can be sent.
  if (typeof body !== 'string') void reply.header('content-type', 'application/json');
  void reply.status(status).headers(headers).send(body);
}
