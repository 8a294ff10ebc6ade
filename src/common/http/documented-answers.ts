import { SetMetadata } from '@nestjs/common';
import { type z } from 'zod';

/** Answers of a route by status, for the OpenAPI document; null for one without a JSON body. */
export type DocumentedAnswers = Record<number, z.ZodType | null>;

export const DOCUMENTED_ANSWERS = 'ps:documented-answers';
export const DOCUMENTED_UNAVAILABILITY = 'ps:documented-unavailability';
export const DOCUMENTED_FIELDS = 'ps:documented-fields';

/**
 * Declares what a route of the old contract may answer. Routes of the new API need none: their response schema and the
 * problem format say it all.
 */
export const Answers = (answers: DocumentedAnswers): MethodDecorator => SetMetadata(DOCUMENTED_ANSWERS, answers);

/** Declares the fields a route of the old contract reads from its body itself, which may be JSON or a form. */
export const Fields = (schema: z.ZodObject): MethodDecorator => SetMetadata(DOCUMENTED_FIELDS, schema);

/** Declares that a route of the new API answers 503 when something outside of the service is not there. */
export const MayBeUnavailable = (): MethodDecorator => SetMetadata(DOCUMENTED_UNAVAILABILITY, true);
