import { SetMetadata } from '@nestjs/common';
import { type z } from 'zod';

/** Answers of a route by status, for the OpenAPI document; null for one without a JSON body. */
export type DocumentedAnswers = Record<number, z.ZodType | null>;

export const DOCUMENTED_ANSWERS = 'ps:documented-answers';

/**
 * Declares what a route of the old contract may answer. Routes of the new API need none: their response schema and the
 * problem format say it all.
 */
export const Answers = (answers: DocumentedAnswers): MethodDecorator => SetMetadata(DOCUMENTED_ANSWERS, answers);
