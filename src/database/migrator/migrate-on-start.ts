import { type AppConfig } from '../../config/app-config.js';
import { type DatabaseUrl } from '../database-url.js';
import { checkMigrations, migrate, type MigrateOptions } from './migrator.js';

export interface StartHooks {
  onProgress: (message: string) => void;
  signal?: AbortSignal | undefined;
}

/** What PS_MIGRATE_ON_START says: applies what is pending, or refuses to start with it, or looks at nothing. */
export async function migrateOnStart(url: DatabaseUrl, config: AppConfig, hooks: StartHooks): Promise<string[]> {
  const options = migrateOptions(config, hooks);
  switch (config.env.PS_MIGRATE_ON_START) {
    case 'apply':
      return migrate(url, options);
    case 'check':
      await checkMigrations(url, options);
      return [];
    case 'off':
      hooks.onProgress('PS_MIGRATE_ON_START=off: nobody has looked whether the database fits this release');
      return [];
  }
}

/** How this installation migrates. A development database is made again when it is lost, so it needs no snapshot. */
export function migrateOptions({ env, taskName }: AppConfig, hooks: StartHooks): MigrateOptions {
  return {
    ...hooks,
    host: taskName,
    lockTimeoutSeconds: env.PS_MIGRATION_LOCK_TIMEOUT_SECONDS,
    isAheadAllowed: env.PS_DB_AHEAD === 'allow',
    isSnapshotNeeded: env.PS_ENVIRONMENT === 'production',
    snapshotId: env.PS_MIGRATION_SNAPSHOT_ID,
  };
}
