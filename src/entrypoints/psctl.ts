#!/usr/bin/env node
import { requireSupportedNode } from './supported-node.js';

requireSupportedNode();
await import('reflect-metadata');
const { openCliContext } = await import('../app/open-cli-context.js');
const { createProgram } = await import('../cli/program.js');
await createProgram(
  openCliContext,
  async () => (await import('../app/list-routes.js')).listRoutes(),
  async (region) => (await import('../app/open-deployment-context.js')).openDeploymentContext(region),
).parseAsync();
