import { type DynamicModule, type LoggerService, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AppConfig } from '../config/app-config.js';
import { type DatabaseUrl } from '../database/database-url.js';
import { createFastifyAdapter, setUpHttp } from './http-setup.js';
import { OpenApiDocuments } from './openapi/openapi-documents.js';
import { ServerAppModule } from './server-app.module.js';

/** Makes Nest's application of a root module. Tests have one that replaces the clock on the way. */
export type AppBuilder = (
  root: DynamicModule,
  adapter: FastifyAdapter,
  options: NestApplicationOptions,
) => Promise<NestFastifyApplication>;

const nestFactory: AppBuilder = (root, adapter, options) => NestFactory.create(root, adapter, options);

/** The whole HTTP service, not listening yet: the one way it is built, in production and in tests. */
export async function createServerApp(
  config: AppConfig,
  database: DatabaseUrl,
  logger: LoggerService,
  build = nestFactory,
): Promise<NestFastifyApplication> {
  const root = ServerAppModule.with(config, database);
  const app = await build(root, createFastifyAdapter(config.env.PS_TRUSTED_PROXIES), {
    logger,
    abortOnError: false,
    bodyParser: false,
  });
  setUpHttp(app, config);
  if (config.env.PS_ROLE !== 'worker') app.get(OpenApiDocuments).attach(app);
  return app;
}
