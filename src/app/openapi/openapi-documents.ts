import { type INestApplication, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type OpenAPIObject } from '@nestjs/swagger';
import { describeOperation, type RouteHandler } from './operation-description.js';

export type ApiName = 'modern' | 'legacy';

const TITLES: Record<ApiName, string> = { modern: 'ps-server', legacy: 'Provisioning system' };
const LEGACY_PATH = /^\/(api\/(?!v1\/)|ping\/)/;
/** Pages, and what the old document did not name either. */
const HIDDEN_PATH = /^\/(accounts\/|api\/(schema\/|disable_provisioning\/|v1\/docs|v1\/openapi))/;
const VERBS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/**
 * The OpenAPI documents, made from the routes themselves at the first request. The generator is loaded only then: it
 * takes 0.2 s that no start should wait for.
 */
@Injectable()
export class OpenApiDocuments {
  private app: INestApplication | null = null;
  private readonly made = new Map<ApiName, Promise<OpenAPIObject>>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** The application whose routes are described; set once, right after it was created. */
  attach(app: INestApplication): void {
    this.app = app;
  }

  get(api: ApiName): Promise<OpenAPIObject> {
    const document = this.made.get(api) ?? this.make(api);
    this.made.set(api, document);
    return document;
  }

  private async make(api: ApiName): Promise<OpenAPIObject> {
    if (!this.app) throw new Error('OpenApiDocuments was not attached to an application');
    const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
    const base = new DocumentBuilder().setTitle(TITLES[api]).setVersion('1').addBearerAuth().build();
    const document = SwaggerModule.createDocument(this.app, base, {
      operationIdFactory: (controller, method) => `${controller}_${method}`,
    });
    const handlers = this.handlers();
    const wanted = Object.entries(document.paths).filter(
      ([path]) => LEGACY_PATH.test(path) === (api === 'legacy') && !HIDDEN_PATH.test(path),
    );
    for (const [path, item] of wanted) {
      for (const verb of VERBS) {
        const operation = item[verb];
        if (operation) describeOperation(path, verb, operation, handlerOf(operation.operationId ?? '', handlers));
      }
    }
    return { ...document, openapi: '3.0.3', paths: Object.fromEntries(wanted) };
  }

  /** Every route's handler by the operation id the generator gives it. */
  private handlers(): Map<string, RouteHandler> {
    const found = new Map<string, RouteHandler>();
    for (const { metatype } of this.discovery.getControllers()) {
      if (typeof metatype !== 'function') continue;
      const prototype = metatype.prototype as Record<string, unknown>;
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const method = prototype[name];
        if (typeof method === 'function') found.set(`${metatype.name}_${name}`, { controller: metatype, method });
      }
    }
    return found;
  }
}

/** A handler of several methods or paths yields an operation for each, told apart by a suffix. */
function handlerOf(operationId: string, handlers: ReadonlyMap<string, RouteHandler>): RouteHandler | undefined {
  return (
    handlers.get(operationId) ?? handlers.get(operationId.replace(/(_(get|post|put|patch|delete))?(\[\d+\])?$/, ''))
  );
}
