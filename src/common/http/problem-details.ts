import { HttpException } from '@nestjs/common';
import { z } from 'zod';
import { DomainError } from '../errors/domain-error.js';

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

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
};

/** What clients may know of anything thrown. What is not meant for them becomes a 500 that says nothing of the inside. */
export function toProblem(error: unknown): ProblemDetails {
  if (error instanceof DomainError) return problem(error.httpStatus, error.code, error.message);
  if (error instanceof HttpException) return fromHttpException(error);
  const status = clientErrorStatus(error);
  if (status !== null)
    return problem(status, 'http.bad_request', 'The request could not be read. Check its method, headers and body.');
  return problem(
    500,
    'internal_error',
    'Something went wrong on our side. Try again; if it stays, tell the operators the time of this answer.',
  );
}

function problem(status: number, code: string, detail: string): ProblemDetails {
  return { type: 'about:blank', title: TITLES[status] ?? 'Internal Server Error', status, detail, code };
}

function fromHttpException(error: HttpException): ProblemDetails {
  const status = error.getStatus();
  const errors = validationErrors(error.getResponse());
  const code = errors ? 'validation_failed' : `http.${(TITLES[status] ?? 'error').toLowerCase().replaceAll(' ', '_')}`;
  const detail = errors ? 'The request does not have the expected form; see errors.' : error.message;
  return { ...problem(status, code, detail), ...(errors ? { errors } : {}) };
}

/** Nest's schema pipe answers with a list of `path: message` texts. */
function validationErrors(response: unknown): ProblemDetails['errors'] | null {
  if (typeof response !== 'object' || response === null || !('message' in response) || !Array.isArray(response.message))
    return null;
  return response.message.map((text: unknown) => splitMessage(String(text)));
}

function splitMessage(text: string): { path: string; message: string } {
  const separator = text.indexOf(': ');
  return separator < 0
    ? { path: '', message: text }
    : { path: text.slice(0, separator), message: text.slice(separator + 2) };
}

/** The HTTP layer below Nest throws plain errors that carry a status. */
function clientErrorStatus(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return null;
  const status = Number(error.statusCode);
  return status >= 400 && status < 500 ? status : null;
}
