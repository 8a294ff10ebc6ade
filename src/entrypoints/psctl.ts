#!/usr/bin/env node
import { requireSupportedNode } from './supported-node.js';

requireSupportedNode();
await import('reflect-metadata');
const { silenceSdkNotice } = await import('../config/sdk-notice.js');
silenceSdkNotice();
const { onOutputError } = await import('../common/programs/output-errors.js');
onOutputError(({ message }) => {
  process.exitCode = 1;
  process.stderr.write(`What this command prints could not be written (${message}). What it did is done.\n`);
});
const { createProgram } = await import('../cli/program.js');
const program = await createProgram(
  {
    open: async () => (await import('../app/open-cli-context.js')).openCliContext(),
    listRoutes: async () => (await import('../app/list-routes.js')).listRoutes(),
    openDeployment: async (region) => (await import('../app/open-deployment-context.js')).openDeploymentContext(region),
  },
  process.argv[2],
);
await program.parseAsync();
