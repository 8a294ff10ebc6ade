import { StandardSchemaSerializerInterceptor } from '@nestjs/common';
import { INTERCEPTORS_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { CLASS_SERIALIZER_OPTIONS } from '@nestjs/common/serializer/class-serializer.constants.js';
import { z } from 'zod';
import { accessRuleOf, type WalkedRoute } from '../../src/app/route-walk.js';
import { permissionRule } from '../../src/common/access/permissions.js';
import { DOCUMENTED_ANSWERS } from '../../src/common/http/documented-answers.js';
import { isModernPath } from '../../src/common/http/request-path.js';
import { legacyRouteOf } from '../../src/legacy-api/legacy-routes.js';

/** Handlers whose answers no schema describes: a stream, and documents made elsewhere. */
const WITHOUT_SCHEMA = new Set([
  'RunEventsController.stream',
  'ApiDocumentController.openApi',
  'ApiDocumentController.page',
  'ApiDocumentController.asset',
  // A file, as it was stored.
  'AdminStateController.download',
]);
/** OAuth has its parameters from elsewhere, and those that are not known must be ignored (RFC 6749, section 4.1.2). */
const OPEN_QUERY = new Set(['GithubLoginController.callback']);
const SHORTEST_REASON = 10;

/** What is missing in the declarations of the routes, one sentence each. */
export function routeDefects(routes: WalkedRoute[]): string[] {
  return routes.flatMap((route) =>
    [...accessDefects(route), ...(isModernPath(route.path) ? schemaDefects(route) : [])].map(
      (defect) => `${route.name} (${route.method} ${route.path}): ${defect}`,
    ),
  );
}

function accessDefects(route: WalkedRoute): string[] {
  const rule = accessRuleOf(route);
  const { path } = route;
  switch (rule?.kind) {
    case undefined:
      return ['says not who may call it'];
    case 'public':
      return rule.reason.length < SHORTEST_REASON ? ['is public without a reason'] : [];
    case 'legacy':
      return [
        ...(legacyRouteOf(path.replace(/:\w+/g, '1')) ? [] : ['is not in the table of the old routes']),
        ...(Reflect.hasMetadata(DOCUMENTED_ANSWERS, route.handler) ? [] : ['does not say what it answers']),
      ];
    case 'permission':
      return permissionRule(rule.permission).scope === 'organization' && !/\/:organization(\/|$)/.test(path)
        ? ['needs a permission in an organization that its path does not name']
        : [];
  }
}

interface Argument {
  /** One of Nest's RouteParamtypes. */
  kind: number;
  /** The parameter or query field that is read alone. */
  data: string | undefined;
  schema: unknown;
}

function schemaDefects(route: WalkedRoute): string[] {
  const input = argumentsOf(route);
  const unread = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name!).filter((name) => name !== 'organization');
  return [
    ...input
      .filter(({ kind, schema }) => CHECKED.has(kind) && !schema)
      .map(({ kind, data }) => `takes its ${CHECKED.get(kind)!} ${data ?? ''} without a schema`),
    ...input
      .filter(({ kind, schema }) => WHOLE.has(kind) && schema && !isStrict(schema) && !OPEN_QUERY.has(route.name))
      .map(({ kind }) => `lets unknown fields into its ${CHECKED.get(kind)!}`),
    ...unread.filter((name) => !input.some(({ data }) => data === name)).map((name) => `does not check :${name}`),
    ...(WITHOUT_SCHEMA.has(route.name) || hasResponseSchema(route) ? [] : ['has no response schema that is enforced']),
  ];
}

const CHECKED = new Map<number, string>([
  [RouteParamtypes.BODY, 'body'],
  [RouteParamtypes.QUERY, 'query'],
  [RouteParamtypes.PARAM, 'parameter'],
  [RouteParamtypes.RAW_BODY, 'raw body'],
]);
const WHOLE = new Set<number>([RouteParamtypes.BODY, RouteParamtypes.QUERY]);

function argumentsOf({ controller, name }: WalkedRoute): Argument[] {
  const metadata = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name.split('.')[1]!) ?? {}) as Record<
    string,
    Omit<Argument, 'kind'>
  >;
  return Object.entries(metadata)
    .filter(([key]) => /^\d+:\d+$/.test(key))
    .map(([key, { data, schema }]) => ({ kind: Number(key.split(':')[0]), data, schema }));
}

function isStrict(schema: unknown): boolean {
  return schema instanceof z.ZodObject && schema.def.catchall instanceof z.ZodNever;
}

function hasResponseSchema({ controller, handler }: WalkedRoute): boolean {
  const own = <T>(key: string): T[] =>
    [Reflect.getMetadata(key, handler), Reflect.getMetadata(key, controller)].filter(
      (value) => value !== undefined,
    ) as T[];
  const isEnforced = own<unknown[]>(INTERCEPTORS_METADATA).flat().includes(StandardSchemaSerializerInterceptor);
  return isEnforced && own<{ schema?: unknown }>(CLASS_SERIALIZER_OPTIONS).some(({ schema }) => schema !== undefined);
}
