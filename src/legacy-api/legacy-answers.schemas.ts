import { z } from 'zod';
import { type DocumentedAnswers } from '../common/http/documented-answers.js';

/** The shape most failures have, of the members' endpoints as well as of the service itself. */
export const failedSchema = z.object({ status: z.literal('FAILED'), error_msg: z.string() });
export const detailSchema = z.object({ detail: z.string() });
export const codedDetailSchema = z.object({ detail: z.string(), code: z.string() });
export const refusedTokenSchema = codedDetailSchema.extend({
  messages: z.array(z.object({ token_class: z.string(), token_type: z.string(), message: z.string() })).optional(),
});
/** Sentences by the name of the field, or `non_field_errors`. */
const fieldProblemsSchema = z.record(z.string(), z.array(z.string()));

export const messageSchema = z.object({ status: z.literal('SUCCESS'), msg: z.string() });
/** What inactive members get from endpoints that do nothing for them. */
export const activitySchema = z.object({ active: z.boolean() });

/** What a refresh or a logout reads. */
export const refreshFieldsSchema = z.object({ refresh: z.string() });

/** What every endpoint may answer instead of its own answers. */
const ALWAYS: DocumentedAnswers = { 406: detailSchema, 413: failedSchema, 500: failedSchema };

/**
 * Answers of an endpoint for members of an organization: bodies are ignored; a missing token is 400 and a bad one 403
 * (contract section 1.3). 404 is a page: the path is none of ours, for example because a number is no number.
 */
export function memberAnswers(own: DocumentedAnswers): DocumentedAnswers {
  return { ...ALWAYS, 400: failedSchema, 403: refusedTokenSchema, 404: null, ...own };
}

/** Answers of an endpoint that reads fields from its body (contract section 1.2). */
export function formAnswers(own: DocumentedAnswers): DocumentedAnswers {
  const invalid = z.union([detailSchema, fieldProblemsSchema, failedSchema]);
  return { ...ALWAYS, 400: invalid, 415: detailSchema, ...own };
}
