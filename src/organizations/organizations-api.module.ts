import { Module } from '@nestjs/common';
import { MembershipsController } from './memberships/memberships.controller.js';
import { OwnMembershipsController } from './memberships/own-memberships.controller.js';
import { PasscodesController } from './memberships/passcodes.controller.js';
import { OrganizationsModule } from './organizations.module.js';

/** Memberships and passcodes over HTTP; organizations themselves are shown with their clusters, by OverviewModule. */
@Module({
  imports: [OrganizationsModule],
  controllers: [MembershipsController, OwnMembershipsController, PasscodesController],
})
export class OrganizationsApiModule {}
