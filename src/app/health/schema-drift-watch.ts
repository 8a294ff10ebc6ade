import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AppConfig } from '../../config/app-config.js';
import { DatabaseUrl } from '../../database/database-url.js';
import { driftWarning, findSchemaDrift, type SchemaDrift } from '../../database/schema/schema-drift.js';

/** Looks once, beside the start and without holding it up, whether the database is what this release declares. */
@Injectable()
export class SchemaDriftWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Database');
  private looking: Promise<SchemaDrift> | null = null;
  private found: string[] = [];

  constructor(
    private readonly url: DatabaseUrl,
    private readonly config: AppConfig,
  ) {}

  onApplicationBootstrap(): void {
    this.looking = this.look();
  }

  async onModuleDestroy(): Promise<void> {
    await this.looking;
  }

  /** How many differences were found at the start; 0 while nobody has looked, or nobody can tell. */
  get differences(): number {
    return this.found.length;
  }

  /** Once it has looked. */
  async result(): Promise<SchemaDrift> {
    return (await this.looking) ?? { state: 'unknown', reason: 'the service has not started' };
  }

  private async look(): Promise<SchemaDrift> {
    const drift = await findSchemaDrift(this.url);
    if (drift.state === 'unknown') {
      this.logger.debug(`The database was not compared with migrations/schema.sql: ${drift.reason}`);
    }
    if (drift.state === 'found') {
      this.found = drift.differences;
      this.logger.warn(driftWarning(drift.differences, this.config.env.PS_ENVIRONMENT === 'development'));
    }
    return drift;
  }
}
