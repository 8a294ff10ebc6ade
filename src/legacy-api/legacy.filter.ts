import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { LegacyAnswer } from './legacy-answer.js';

/** Sends the answers the old contract prescribes. */
@Catch(LegacyAnswer)
export class LegacyFilter implements ExceptionFilter<LegacyAnswer> {
  catch(answer: LegacyAnswer, host: ArgumentsHost): void {
    sendLegacyAnswer(host.switchToHttp().getResponse<FastifyReply>(), answer);
  }
}

export function sendLegacyAnswer(reply: FastifyReply, { status, headers, body }: LegacyAnswer): void {
  void reply.status(status).headers(headers).send(body);
}
