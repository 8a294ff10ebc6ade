import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AppConfig } from '../config/app-config.js';
import { AuditLog } from './audit-log.js';
import { DatabaseUrl } from './database-url.js';
import { ExpiredRows } from './expired-rows.js';
import { Notifier } from './notifier.js';
import { Patience } from './patience.js';
import { PreparingClient } from './preparing-client.js';
import { Transactions } from './transaction.js';

@Module({})
export class DatabaseModule {
  static at(url: DatabaseUrl): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [AppConfig],
          useFactory: (config: AppConfig) => ({
            type: 'postgres' as const,
            url: url.value,
            applicationName: `ps-server ${config.env.PS_ROLE}`,
            autoLoadEntities: true,
            poolSize: config.env.PS_DATABASE_POOL_SIZE,
            // With no statement at all for a minute something is wrong on the way; a dead peer must not hang a request.
            extra: { Client: PreparingClient, keepAlive: true, connectionTimeoutMillis: 10_000, query_timeout: 60_000 },
            // Whoever opened the database has waited for it already.
            retryAttempts: 1,
          }),
        }),
      ],
      providers: [{ provide: DatabaseUrl, useValue: url }, Notifier, Transactions, Patience, AuditLog, ExpiredRows],
      exports: [TypeOrmModule, DatabaseUrl, Notifier, Transactions, Patience, AuditLog, ExpiredRows],
    };
  }
}
