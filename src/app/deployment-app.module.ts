import { type DynamicModule, Module } from '@nestjs/common';
import { ClockModule } from '../common/clock/clock.module.js';
import { type AppConfig } from '../config/app-config.js';
import { ConfigModule } from '../config/config.module.js';
import { DeploymentModule } from '../operations/deployment/deployment.module.js';

/** What deploys the service, on the machine of an operator: no database, no HTTP, no loops. */
@Module({})
export class DeploymentAppModule {
  static with(config: AppConfig): DynamicModule {
    return { module: DeploymentAppModule, imports: [ConfigModule.with(config), ClockModule, DeploymentModule] };
  }
}
