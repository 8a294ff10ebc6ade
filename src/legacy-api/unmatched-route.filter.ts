import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, NotFoundException } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { toProblem } from '../common/http/problem-details.js';
import { LegacyAccess } from './legacy-access.js';
import { LegacyAnswer } from './legacy-answer.js';
import { sendLegacyAnswer } from './legacy.filter.js';
import { legacyRouteOf } from './legacy-routes.js';

const NOT_FOUND_PAGE =
  '<!doctype html>\n<html lang="en"><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>\n';
const MODERN_PREFIX = /^\/(api\/v1|admin|health)(\/|$)/;

/**
 * What no route takes: the new API answers with problem details; elsewhere the old rules hold (contract section 1.2): a
 * missing trailing slash redirects, a wrong method is 405 after the token was looked at, the rest is a page.
 */
@Catch(NotFoundException)
export class UnmatchedRouteFilter implements ExceptionFilter<NotFoundException> {
  constructor(@Inject(LegacyAccess) private readonly access: LegacyAccess) {}

  async catch(error: NotFoundException, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const [path = '', query] = request.url.split('?', 2);
    if (MODERN_PREFIX.test(path)) {
      void reply
        .status(404)
        .header('content-type', 'application/problem+json')
        .send(JSON.stringify(toProblem(error)));
      return;
    }
    if (legacyRouteOf(`${path}/`)) {
      void reply
        .status(301)
        .header('location', `${path}/${query === undefined ? '' : `?${query}`}`)
        .send();
      return;
    }
    const answer = await this.wrongMethod(request, path);
    if (answer) sendLegacyAnswer(reply, answer);
    else void reply.status(404).header('content-type', 'text/html; charset=utf-8').send(NOT_FOUND_PAGE);
  }

  private async wrongMethod(request: FastifyRequest, path: string): Promise<LegacyAnswer | null> {
    const route = legacyRouteOf(path);
    if (!route || route.methods.includes(request.method)) return null;
    try {
      if (route.isAuthenticated) await this.access.authenticate(request.headers.authorization);
    } catch (error) {
      if (error instanceof LegacyAnswer) return error;
      throw error;
    }
    const detail = `Method "${request.method}" not allowed.`;
    return new LegacyAnswer(405, { detail }, { allow: route.methods.join(', ') });
  }
}
