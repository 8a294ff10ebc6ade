import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { DomainError, errorMessage } from '../errors/domain-error.js';
import { type ProblemDetails, toProblem } from './problem-details.js';

/** Answers every error as `application/problem+json`; only defects are logged, with their stack. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = this.describe(error, request);
    if (reply.sent || reply.raw.headersSent) return;
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="api"');
    void reply
      .status(problem.status)
      .headers(retryHeaders(error))
      .header('content-type', 'application/problem+json')
      .send(JSON.stringify(problem));
  }

  protected describe(error: unknown, request: FastifyRequest): ProblemDetails {
    const problem = toProblem(error);
    if (problem.code === 'internal_error') {
      this.logger.error(
        `${request.method} ${request.url.split('?')[0] ?? ''}: ${errorMessage(error)}`,
        error instanceof Error ? error.stack : undefined,
      );
    }
    return problem;
  }
}

/** When trying again makes sense, for errors that know. */
export function retryHeaders(error: unknown): Record<string, string> {
  const seconds = error instanceof DomainError ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}
