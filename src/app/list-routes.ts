import { NestFactory } from '@nestjs/core';
import { type ListedRoute } from '../cli/program-parts.js';
import { type AccessRule } from '../common/access/access.decorators.js';
import { loadConfig } from '../config/app-config.js';
import { DatabaseUrl } from '../database/database-url.js';
import { createFastifyAdapter } from './http-setup.js';
import { accessRuleOf, walkRoutes } from './route-walk.js';
import { ServerAppModule } from './server-app.module.js';

/** Every route of the service by path. Nothing is started and no database asked: only declarations are read. */
export async function listRoutes(): Promise<ListedRoute[]> {
  const nowhere = new DatabaseUrl('postgres://nobody@localhost/none');
  const root = ServerAppModule.with(loadConfig(), nowhere);
  const app = await NestFactory.create(root, createFastifyAdapter(), { preview: true, logger: false });
  return walkRoutes(app)
    .map((route) => ({
      method: route.method,
      path: route.path,
      access: describe(accessRuleOf(route)),
      handler: route.name,
    }))
    .sort((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method));
}

function describe(rule: AccessRule | undefined): string {
  switch (rule?.kind) {
    case undefined:
      return 'nobody';
    case 'public':
      return 'everybody';
    case 'legacy':
      return 'as the old system';
    case 'permission':
      return rule.permission;
  }
}
