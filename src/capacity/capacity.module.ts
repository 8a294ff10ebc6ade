import { Module } from '@nestjs/common';
import { OrganizationsModule } from '../organizations/organizations.module.js';
import { CapacityAdministrationRepository } from './capacity-administration.repository.js';
import { CapacityAdministrationService } from './capacity-administration.service.js';
import { CapacityRepository } from './capacity.repository.js';
import { CapacityService } from './capacity.service.js';

@Module({
  imports: [OrganizationsModule],
  providers: [CapacityRepository, CapacityService, CapacityAdministrationRepository, CapacityAdministrationService],
  exports: [CapacityService, CapacityRepository, CapacityAdministrationService],
})
export class CapacityModule {}
