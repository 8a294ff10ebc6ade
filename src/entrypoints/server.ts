import { requireSupportedNode } from './supported-node.js';

requireSupportedNode();
await import('reflect-metadata');
const { silenceSdkNotice } = await import('../config/sdk-notice.js');
silenceSdkNotice();
const { runServer } = await import('../app/run-server.js');
await runServer();
