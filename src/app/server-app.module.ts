import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccountsApiModule } from '../accounts/accounts-api.module.js';
import { AdminModule } from '../admin/admin.module.js';
import { AuthApiModule } from '../auth/auth-api.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { CapacityApiModule } from '../capacity/capacity-api.module.js';
import { CapacityWorkerModule } from '../capacity/capacity-worker.module.js';
import { ClustersApiModule } from '../clusters/clusters-api.module.js';
import { ClustersWorkerModule } from '../clusters/clusters-worker.module.js';
import { ClockModule } from '../common/clock/clock.module.js';
import { ProblemFilter } from '../common/http/problem.filter.js';
import { type AppConfig } from '../config/app-config.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { DatabaseWorkerModule } from '../database/database-worker.module.js';
import { type DatabaseUrl } from '../database/database-url.js';
import { LegacyApiModule } from '../legacy-api/legacy-api.module.js';
import { MailWorkerModule } from '../mail/mail-worker.module.js';
import { OrganizationsApiModule } from '../organizations/organizations-api.module.js';
import { OverviewModule } from '../overview/overview.module.js';
import { ProvisioningApiModule } from '../provisioning/provisioning-api.module.js';
import { ProvisioningWorkerModule } from '../provisioning/provisioning-worker.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { HealthModule, WorkerHealthModule } from './health/health.module.js';

const API: Type[] = [
  AuthApiModule,
  AccountsApiModule,
  AdminModule,
  LegacyApiModule,
  OrganizationsApiModule,
  OverviewModule,
  ProvisioningApiModule,
  ClustersApiModule,
  CapacityApiModule,
  OpenApiModule,
];
const WORKER: Type[] = [
  DatabaseWorkerModule,
  ProvisioningWorkerModule,
  ClustersWorkerModule,
  CapacityWorkerModule,
  MailWorkerModule,
];

/** What one server process consists of, by its role. A worker answers health probes only. */
@Module({})
export class ServerAppModule {
  static with(config: AppConfig, database: DatabaseUrl): DynamicModule {
    const isApi = config.env.PS_ROLE !== 'worker';
    const isWorker = config.env.PS_ROLE !== 'api';
    return {
      module: ServerAppModule,
      imports: [
        ConfigModule.with(config),
        ClockModule,
        DatabaseModule.at(database),
        isWorker ? WorkerHealthModule : HealthModule,
        ...(isApi ? API : [AuthModule]),
        ...(isWorker ? WORKER : []),
      ],
      // Nest asks filters of later modules first, so this one takes what no other wants.
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
