import { type INestApplicationContext, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule } from '../common/access/access.decorators.js';

type Handler = (...parameters: never[]) => unknown;

export interface WalkedRoute {
  /** `Controller.handler`. */
  name: string;
  /** `GET`, or `ALL`. */
  method: string;
  path: string;
  controller: Type;
  handler: Handler;
}

/** Every route of every controller the application has, as Nest registers it. */
export function walkRoutes(app: INestApplicationContext): WalkedRoute[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => routesOf(metatype as Type));
}

/** The routes of one controller; none for a class that is no controller. */
export function routesOf(controller: Type): WalkedRoute[] {
  const prototype = controller.prototype as Record<string, Handler>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((key) => {
    const handler = prototype[key];
    if (!handler) return [];
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const prefixes = texts(Reflect.getMetadata(PATH_METADATA, controller));
    const paths = texts(Reflect.getMetadata(PATH_METADATA, handler));
    const name = `${controller.name}.${key}`;
    return prefixes.flatMap((prefix) =>
      paths.map((path) => ({ name, method: RequestMethod[method], path: joined(prefix, path), controller, handler })),
    );
  });
}

/** Nest joins with one slash and takes one off the end. */
function joined(prefix: string, path: string): string {
  return [prefix, path]
    .map((part) => (part.startsWith('/') ? part : `/${part}`))
    .join('')
    .replace(/^\/\//, '/')
    .replace(/(.)\/$/, '$1');
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : [value as string];
}

export function accessRuleOf({ controller, handler }: WalkedRoute): AccessRule | undefined {
  return (Reflect.getMetadata(ACCESS_RULE, handler) ?? Reflect.getMetadata(ACCESS_RULE, controller)) as
    AccessRule | undefined;
}
