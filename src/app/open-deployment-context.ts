import { type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfigFor } from '../config/app-config.js';
import { DeploymentAppModule } from './deployment-app.module.js';

/** The services that deploy to a region, whatever region the environment names for clusters. */
export function openDeploymentContext(region: string): Promise<INestApplicationContext> {
  const config = loadConfigFor(region);
  return NestFactory.createApplicationContext(DeploymentAppModule.with(config), {
    logger: ['error'],
    abortOnError: false,
  });
}
