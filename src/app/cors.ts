import { type FastifyReply, type FastifyRequest } from 'fastify';

const ALLOWED_HEADERS =
  'accept, accept-encoding, authorization, content-type, dnt, origin, user-agent, x-csrftoken, x-requested-with';
const ALLOWED_METHODS = 'DELETE, GET, OPTIONS, PATCH, POST, PUT';
const MAX_AGE_SECONDS = '86400';

/**
 * Answers a browser's preflight, for any path and before routing and authentication: 200 and empty, with the allow
 * headers only for a known origin (contract section 1.2). False when the request is none.
 */
export function corsPreflight(request: FastifyRequest, reply: FastifyReply, origins: ReadonlySet<string>): boolean {
  const { origin } = request.headers;
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false;
  const allowance = isAllowed(origin, origins)
    ? {
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-allow-methods': ALLOWED_METHODS,
        'access-control-max-age': MAX_AGE_SECONDS,
      }
    : {};
  void reply.status(200).headers(corsHeaders(origin, origins)).headers(allowance).send();
  return true;
}

/** Headers of every answer. Without credentials: old clients send tokens, never cookies. */
export function corsHeaders(origin: string | undefined, origins: ReadonlySet<string>): Record<string, string> {
  return isAllowed(origin, origins) ? { vary: 'Origin', 'access-control-allow-origin': origin } : { vary: 'Origin' };
}

function isAllowed(origin: string | undefined, origins: ReadonlySet<string>): origin is string {
  return origin !== undefined && origins.has(origin);
}
