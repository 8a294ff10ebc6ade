import { requireSupportedNode } from './supported-node.js';

requireSupportedNode();
await import('reflect-metadata');
const { runServer } = await import('../app/run-server.js');
await runServer();
