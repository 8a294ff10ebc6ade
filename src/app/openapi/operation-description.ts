import { z } from 'zod';
import { ACCESS_RULE, type AccessRule } from '../../common/access/access.decorators.js';
import { permissionRule } from '../../common/access/permissions.js';
import {
  DOCUMENTED_ANSWERS,
  DOCUMENTED_FIELDS,
  DOCUMENTED_UNAVAILABILITY,
  type DocumentedAnswers,
} from '../../common/http/documented-answers.js';
import { problemSchema } from '../../common/http/problem-details.js';

/** Where Nest keeps what `@SerializeOptions` and `@HttpCode` say. */
const SERIALIZER_OPTIONS = 'class_serializer:options';
const HTTP_CODE = '__httpCode__';
/** What the old contract takes fields in. */
const FIELD_TYPES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'];

export interface RouteHandler {
  controller: object;
  method: object;
}

/** The part of an OpenAPI operation that is completed here. */
interface Operation {
  responses: Record<string, unknown>;
  parameters?: unknown[];
  requestBody?: unknown;
  description?: string;
  security?: Record<string, string[]>[];
}

/** Adds to a generated operation what it answers, who may call it, and path parameters only the guard reads. */
export function describeOperation(
  path: string,
  verb: string,
  operation: Operation,
  handler: RouteHandler | undefined,
): void {
  if (!handler)
    throw new Error(`The OpenAPI operation ${verb} ${path} has no route handler; are two controllers named alike?`);
  const rule = metadata(ACCESS_RULE, handler) as AccessRule | undefined;
  const answers = metadata(DOCUMENTED_ANSWERS, handler) as DocumentedAnswers | undefined;
  operation.responses = answers ? documented(answers) : modern(verb, handler);
  operation.parameters = [...unnamedPathParameters(path, operation.parameters ?? []), ...(operation.parameters ?? [])];
  const fields = metadata(DOCUMENTED_FIELDS, handler) as z.ZodType | undefined;
  if (fields) operation.requestBody = { required: true, content: contentOf(FIELD_TYPES, fields, 'input') };
  if (rule?.kind !== 'permission') return;
  const { scope, description } = permissionRule(rule.permission);
  operation.description = `Needs the permission \`${rule.permission}\` (${scope}): ${description}.`;
  operation.security = [{ bearer: [] }];
}

function unnamedPathParameters(path: string, given: unknown[]): unknown[] {
  const known = new Set(given.map((parameter) => (parameter as { name?: string }).name));
  return [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !known.has(name))
    .map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function metadata(key: string, { controller, method }: RouteHandler): unknown {
  return Reflect.getMetadata(key, method) ?? Reflect.getMetadata(key, controller);
}

function documented(answers: DocumentedAnswers): Record<string, unknown> {
  const entries = Object.entries(answers).map(([status, schema]) => [status, answer('application/json', schema)]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function modern(verb: string, handler: RouteHandler): Record<string, unknown> {
  const status = (metadata(HTTP_CODE, handler) as number | undefined) ?? (verb === 'post' ? 201 : 200);
  const options = metadata(SERIALIZER_OPTIONS, handler) as { schema?: z.ZodType } | undefined;
  const problem = answer('application/problem+json', problemSchema);
  const unavailable = metadata(DOCUMENTED_UNAVAILABILITY, handler) === true ? { 503: problem } : {};
  return {
    [status]: answer('application/json', options?.schema ?? null),
    ...unavailable,
    '4XX': problem,
    '5XX': problem,
  };
}

function answer(contentType: string, schema: z.ZodType | null): Record<string, unknown> {
  if (schema === null) return { description: '' };
  return { description: schema.description ?? '', content: contentOf([contentType], schema, 'output') };
}

function contentOf(contentTypes: string[], zodSchema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(zodSchema, { target: 'openapi-3.0', io });
  return Object.fromEntries(contentTypes.map((contentType) => [contentType, { schema }]));
}
