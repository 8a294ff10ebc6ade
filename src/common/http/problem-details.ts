import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { z } from 'zod';
import { DomainError } from '../errors/domain-error.js';
import { RequestInvalidException } from './request-invalid.exception.js';

/** RFC 9457 problem details. */
export const problemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string().describe('stable; what programs branch on'),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});

export type ProblemDetails = z.infer<typeof problemSchema>;

/** Names RFC 9110 has changed; Node knows some by the old one. */
const TITLES: Record<number, string> = { 413: 'Content Too Large', 422: 'Unprocessable Content' };

/** What clients may know of anything thrown. What is not meant for them becomes a 500 that says nothing of the inside. */
export function toProblem(error: unknown): ProblemDetails {
  if (error instanceof DomainError) return problem(error.httpStatus, error.code, error.message);
  if (error instanceof RequestInvalidException)
    return { ...problem(400, 'validation_failed', error.message), errors: error.issues };
  if (error instanceof HttpException) return problem(error.getStatus(), httpCode(error.getStatus()), error.message);
  const status = clientErrorStatus(error);
  if (status !== null) {
    const detail = 'The request could not be read. Check its method, headers and body.';
    return problem(status, httpCode(status), detail);
  }
  return problem(
    500,
    'internal_error',
    'Something went wrong on our side. Try again; if it stays, tell the operators the time of this answer.',
  );
}

function problem(status: number, code: string, detail: string): ProblemDetails {
  return { type: 'about:blank', title: title(status), status, detail, code };
}

function title(status: number): string {
  return TITLES[status] ?? STATUS_CODES[status] ?? 'Error';
}

function httpCode(status: number): string {
  return `http.${title(status).toLowerCase().replace(/\W+/g, '_')}`;
}

/** The HTTP layer below Nest throws plain errors that carry a status. */
function clientErrorStatus(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null;
  const status = Number(error.statusCode);
  return status >= 400 && status < 500 ? status : null;
}
