import { type DynamicModule, Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ClockModule } from '../common/clock/clock.module.js';
import { type AppConfig } from '../config/app-config.js';
import { AuthModule } from '../auth/auth.module.js';
import { CapacityModule } from '../capacity/capacity.module.js';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { ClustersModule } from '../clusters/clusters.module.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { type DatabaseUrl } from '../database/database-url.js';
import { LegacyImportModule } from '../legacy-import/legacy-import.module.js';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { ProvisioningModule } from '../provisioning/provisioning.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { UsersModule } from '../users/users.module.js';

/** The services commands use; no HTTP, no loops. */
@Module({})
export class CliAppModule {
  static with(config: AppConfig, database: DatabaseUrl): DynamicModule {
    return {
      module: CliAppModule,
      imports: [
        ConfigModule.with(config),
        ClockModule,
        DatabaseModule.at(database),
        SettingsModule,
        UsersModule,
        CatalogueModule,
        OrganizationsModule,
        AuthModule,
        AccountsModule,
        ClustersModule,
        ProvisioningModule,
        CapacityModule,
        LegacyImportModule,
      ],
    };
  }
}
