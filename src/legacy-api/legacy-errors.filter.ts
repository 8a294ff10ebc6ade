import { type ArgumentsHost, Catch, Inject, NotFoundException } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ProblemFilter, retryHeaders } from '../common/http/problem.filter.js';
import { isModernPath, routedPath } from '../common/http/request-path.js';
import { failed, LegacyAnswer, sendLegacyAnswer } from './legacy-answer.js';
import { UnmatchedRoutes } from './unmatched-routes.js';

/**
 * Every error outside the new API, in the shapes old clients can read: JSON with the bare content type and `error_msg`.
 * Problem details would hang the Node client, which waits for a content type it knows.
 */
@Catch()
export class LegacyErrorsFilter extends ProblemFilter {
  constructor(@Inject(UnmatchedRoutes) private readonly unmatched: UnmatchedRoutes) {
    super();
  }

  override catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (isModernPath(routedPath(request.url))) super.catch(error, host);
    else if (error instanceof NotFoundException) sendLegacyAnswer(reply, this.answerUnmatched(request));
    else sendLegacyAnswer(reply, this.toAnswer(error, request));
  }

  private answerUnmatched(request: FastifyRequest): LegacyAnswer {
    try {
      return this.unmatched.answer(request);
    } catch (error) {
      return this.toAnswer(error, request);
    }
  }

  private toAnswer(error: unknown, request: FastifyRequest): LegacyAnswer {
    if (error instanceof LegacyAnswer) return error;
    const { status, code, detail } = this.describe(error, request);
    const { body } = failed(status, code === 'internal_error' ? 'Server Error' : detail);
    return new LegacyAnswer(status, body, retryHeaders(error));
  }
}
