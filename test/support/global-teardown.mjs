import { rmSync } from 'node:fs';

export default async function globalTeardown() {
  const started = globalThis.psTestPostgres;
  if (!started) return;
  globalThis.psTestPostgres = undefined;
  await started.postgres.stop();
  rmSync(started.directory, { recursive: true, force: true });
}
