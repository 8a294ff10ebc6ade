import { Module } from '@nestjs/common';
import { MembershipsRepository } from './memberships.repository.js';
import { MembershipsService } from './memberships.service.js';
import { OrganizationsRepository } from './organizations.repository.js';
import { OrganizationsService } from './organizations.service.js';

@Module({
  providers: [OrganizationsRepository, MembershipsRepository, OrganizationsService, MembershipsService],
  exports: [OrganizationsService, MembershipsService],
})
export class OrganizationsModule {}
