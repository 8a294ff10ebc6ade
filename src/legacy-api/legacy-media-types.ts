import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { LegacyAnswer } from './legacy-answer.js';

export const RENDERED_TYPE = 'application/json';
export const PARSED_TYPES = [RENDERED_TYPE, 'application/x-www-form-urlencoded', 'multipart/form-data'];

/** Browsers ask for pages; they get the JSON that a page would have shown. */
const ACCEPTABLE = new Set([RENDERED_TYPE, 'application/*', 'text/html', 'text/*', '*/*']);

/** Refuses callers that can read nothing we send, before anything else is looked at (contract section 1.2). */
@Injectable()
export class LegacyAcceptGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    assertAcceptable(context.switchToHttp().getRequest<FastifyRequest>().headers.accept);
    return true;
  }
}

/** Throws the old system's 406. No header accepts everything. */
export function assertAcceptable(accept = ''): void {
  const wanted = accept.split(',').map((range) => (range.split(';')[0] ?? '').trim().toLowerCase());
  if (accept.trim() === '' || wanted.some((range) => ACCEPTABLE.has(range))) return;
  throw new LegacyAnswer(406, { detail: 'Could not satisfy the request Accept header.' });
}
