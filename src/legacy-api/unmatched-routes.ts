import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { routedPath } from '../common/http/request-path.js';
import { LegacyAccess } from './legacy-access.js';
import { LegacyAnswer, page } from './legacy-answer.js';
import { PARSED_TYPES, RENDERED_TYPE, assertAcceptable } from './legacy-media-types.js';
import { type LegacyRoute, legacyRouteOf } from './legacy-routes.js';

const NOT_FOUND_PAGE =
  '<!doctype html>\n<html lang="en"><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>\n';

/**
 * What no controller takes, by the old rules (contract section 1.2): a missing trailing slash redirects, OPTIONS tells
 * what a route takes, another method is 405 after the token was looked at, and the rest is a page.
 */
@Injectable()
export class UnmatchedRoutes {
  constructor(private readonly access: LegacyAccess) {}

  answer(request: FastifyRequest): LegacyAnswer {
    const path = routedPath(request.url);
    if (legacyRouteOf(`${path}/`)) return slashRedirect(request.originalUrl);
    const route = legacyRouteOf(path);
    const isOtherMethod = route !== null && (request.method === 'OPTIONS' || !route.methods.includes(request.method));
    return isOtherMethod ? this.otherMethod(route, request) : page(404, NOT_FOUND_PAGE);
  }

  private otherMethod(route: LegacyRoute, request: FastifyRequest): LegacyAnswer {
    assertAcceptable(request.headers.accept);
    if (route.isAuthenticated) this.access.authenticate(request.headers.authorization);
    const headers = { allow: route.methods.join(', ') };
    return request.method === 'OPTIONS'
      ? new LegacyAnswer(200, { renders: [RENDERED_TYPE], parses: PARSED_TYPES }, headers)
      : new LegacyAnswer(405, { detail: `Method "${request.method}" not allowed.` }, headers);
  }
}

/** The path goes back exactly as it came. */
function slashRedirect(url: string): LegacyAnswer {
  const queryStart = url.indexOf('?');
  const [path, query] = queryStart < 0 ? [url, ''] : [url.slice(0, queryStart), url.slice(queryStart)];
  return page(301, '', { location: `${path}/${query}` });
}
