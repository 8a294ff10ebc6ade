import { BadRequestException, StandardSchemaValidationPipe, UnsupportedMediaTypeException } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { RawBody } from '../common/http/raw-body.js';
import { AppConfig } from '../config/app-config.js';
import { corsPreflight, corsHeaders } from './cors.js';

const MAX_BODY_BYTES = 1024 * 1024;
const MAX_PARAMETER_LENGTH = 1024;
/** Longer than the idle time of the load balancer in front (60 s), which otherwise reuses a connection we just closed. */
const KEEP_ALIVE_MS = 75_000;
const MODERN_PREFIX = /^\/(api\/v1|admin)\//;

const SECURITY_HEADERS = {
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

export function createFastifyAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
  });
}

/** Everything HTTP that holds for all routes: bodies, headers, CORS, validation. */
export function setUpHttp(app: NestFastifyApplication): void {
  const instance = app.getHttpAdapter().getInstance();
  const origins = new Set(app.get(AppConfig).env.PS_CORS_ORIGINS);
  readBodies(instance);
  instance.addHook('onRequest', (request, reply, done) => {
    if (corsPreflight(request, reply, origins)) return;
    void reply.headers(SECURITY_HEADERS).headers(corsHeaders(request.headers.origin, origins));
    done();
  });
  instance.addHook('onSend', bareJson);
  app.useGlobalPipes(new StandardSchemaValidationPipe());
}

/** The Node client compares the content type with `application/json`; with a charset its login never settles. */
function bareJson(
  _request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  const type = reply.getHeader('content-type');
  if (typeof type === 'string' && type.startsWith('application/json'))
    void reply.header('content-type', 'application/json');
  done(null, payload);
}

/** The new API takes JSON; the old one has rules of its own for every body, so its routes get the bytes. */
function readBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (request, content, done) => {
    const body = new RawBody(content as Buffer, request.headers['content-type'] ?? '');
    if (!MODERN_PREFIX.test(request.url)) {
      done(null, body);
      return;
    }
    try {
      done(null, parseJson(body));
    } catch (error) {
      done(error as Error);
    }
  });
}

function parseJson({ content, contentType }: RawBody): unknown {
  if (content.length === 0) return undefined;
  const mediaType = (contentType.split(';')[0] ?? '').trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new UnsupportedMediaTypeException('Send the body as JSON, with the content type application/json.');
  }
  try {
    return JSON.parse(content.toString('utf8')) as unknown;
  } catch (error) {
    throw new BadRequestException(`The body is no JSON: ${(error as Error).message}`);
  }
}
