import { BadRequestException, UnsupportedMediaTypeException } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { MalformedJsonError, parseStorableJsonBody } from '../common/http/json-body.js';
import { RawBody } from '../common/http/raw-body.js';
import { isModernPath, routedPath, withSoundEscapes } from '../common/http/request-path.js';
import { SchemaPipe } from '../common/http/schema.pipe.js';
import { type AppConfig } from '../config/app-config.js';
import { type TrustedProxies } from '../config/trusted-proxies.js';
import { corsPreflight, corsHeaders } from './cors.js';

const MAX_BODY_BYTES = 1024 * 1024;
/** As long as Node lets a request line and its headers be, so that every name reaches its route and is answered there. */
const MAX_PARAMETER_LENGTH = 16 * 1024;
/** Longer than the idle time of the load balancer in front (60 s), which otherwise reuses a connection we just closed. */
const KEEP_ALIVE_MS = 75_000;
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;
const JSON_WITH_CHARSET = /^(application\/(?:problem\+)?json);/;

const SECURITY_HEADERS = {
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

/** Routes have zod schemas, none of Fastify's own; without this it would load its JSON Schema compilers all the same. */
const NO_COMPILERS = { buildValidator: refuseToCompile, buildSerializer: refuseToCompile };

function refuseToCompile(): never {
  throw new Error('A route declares a schema of Fastify. Declare a zod schema instead.');
}

export function createFastifyAdapter(trustedProxies: TrustedProxies = 0): FastifyAdapter {
  return new FastifyAdapter({
    trustProxy: trust(trustedProxies),
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    rewriteUrl: ({ url = '/' }) => withSoundEscapes(url),
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    schemaController: { compilersFactory: NO_COMPILERS },
  });
}

/**
 * With a count, the last so many addresses are our own proxies: right only where nothing but they can reach the port.
 * Fastify itself trusts nobody when it is given a count, hence the function.
 */
function trust(proxies: TrustedProxies): string[] | false | ((address: string, hop: number) => boolean) {
  if (typeof proxies !== 'number') return [...proxies];
  return proxies === 0 ? false : (_address, hop) => hop < proxies;
}

/** Everything HTTP that holds for all routes: bodies, headers, CORS, validation. */
export function setUpHttp(app: NestFastifyApplication, { env }: AppConfig): void {
  const instance = app.getHttpAdapter().getInstance();
  const origins = new Set(env.PS_CORS_ORIGINS);
  readBodies(instance);
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.headers(SECURITY_HEADERS);
    if (corsPreflight(request, reply, origins)) return;
    void reply.headers(corsHeaders(request.headers.origin, origins));
    if (isModern(request)) {
      done(nulInUrl(request));
      return;
    }
    dropBrokenContentType(request);
    done();
  });
  instance.addHook('onSend', bareJson);
  app.useGlobalPipes(new SchemaPipe());
}

/** The Node client compares the content type with `application/json`; with a charset its login never settles. */
function bareJson(
  _request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: (error: null, payload: unknown) => void,
): void {
  const type = JSON_WITH_CHARSET.exec(String(reply.getHeader('content-type')))?.[1];
  if (type !== undefined) void reply.header('content-type', type);
  done(null, payload);
}

function isModern({ url }: FastifyRequest): boolean {
  return isModernPath(routedPath(url));
}

/** No text in the database can hold a NUL, and Postgres fails on a statement with one. */
function nulInUrl({ url }: FastifyRequest): Error | undefined {
  return url.includes('%00')
    ? new BadRequestException('The address holds a NUL character (%00). Remove it.')
    : undefined;
}

/**
 * Fastify refuses a content type that is none before it looks for a route, but most old endpoints ignore bodies
 * whatever they are. The others find no type at all, and refuse that.
 */
function dropBrokenContentType({ raw }: FastifyRequest): void {
  const type = raw.headers['content-type'];
  if (type !== undefined && !MEDIA_TYPE.test(type)) delete raw.headers['content-type'];
}

/** The new API takes JSON; the old one has rules of its own for every body, so its routes get the bytes. */
function readBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (request, content, done) => {
    const body = new RawBody(content as Buffer, request.headers['content-type'] ?? '');
    if (!isModern(request)) {
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
    return parseStorableJsonBody(content);
  } catch (error) {
    if (error instanceof MalformedJsonError) throw new BadRequestException(`The body is no JSON: ${error.message}.`);
    throw error;
  }
}
