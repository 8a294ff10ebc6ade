import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Files of the viewer that pages load, with their content type. */
export const ASSETS = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
} as const;

export type AssetName = keyof typeof ASSETS;

export function isAsset(name: string): name is AssetName {
  return Object.hasOwn(ASSETS, name);
}

/** From the installed package, not from somebody else's server. */
export function readAsset(name: AssetName): Promise<Buffer> {
  return readFile(join(dirname(require.resolve('swagger-ui-dist/package.json')), name));
}

/** A page that shows the OpenAPI document at `documentUrl`; `isInteractive` lets readers try requests out. */
export function referencePage(documentUrl: string, assetsUrl: string, isInteractive: boolean): string {
  const options = {
    url: documentUrl,
    dom_id: '#reference',
    ...(isInteractive ? {} : { supportedSubmitMethods: [], docExpansion: 'full' }),
  };
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>API reference</title>
    <link rel="stylesheet" href="${assetsUrl}swagger-ui.css" />
  </head>
  <body>
    <div id="reference"></div>
    <script src="${assetsUrl}swagger-ui-bundle.js"></script>
    <script>
      SwaggerUIBundle(${JSON.stringify(options)});
    </script>
  </body>
</html>
`;
}
