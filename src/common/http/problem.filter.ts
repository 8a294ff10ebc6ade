import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { errorMessage } from '../errors/domain-error.js';
import { toProblem } from './problem-details.js';

/** Answers every error as `application/problem+json`; only defects are logged, with their stack. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = toProblem(error);
    if (problem.status >= 500 && problem.code === 'internal_error') {
      this.logger.error(
        `${request.method} ${request.url.split('?')[0] ?? ''}: ${errorMessage(error)}`,
        error instanceof Error ? error.stack : undefined,
      );
    }
    if (reply.sent || reply.raw.headersSent) return;
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="api"');
    void reply.status(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
  }
}
