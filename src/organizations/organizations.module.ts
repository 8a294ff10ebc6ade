import { Module } from '@nestjs/common';
import { CatalogueModule } from '../catalogue/catalogue.module.js';
import { MailModule } from '../mail/mail.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { LedgerRepository } from './accounts/ledger.repository.js';
import { OrganizationAdministrationRepository } from './accounts/organization-administration.repository.js';
import { OrganizationWriter } from './accounts/organization-writer.js';
import { OrganizationsRepository } from './accounts/organizations.repository.js';
import { JoiningService } from './joining.service.js';
import { MemberDepartureService } from './member-departure.service.js';
import { MembershipAdministrationService } from './membership-administration.service.js';
import { MembershipAdministrationRepository } from './memberships/membership-administration.repository.js';
import { MembershipChanges } from './memberships/membership-changes.js';
import { MembershipMails } from './memberships/membership-mails.js';
import { MembershipsRepository } from './memberships/memberships.repository.js';
import { PasscodesRepository } from './memberships/passcodes.repository.js';
import { MembershipsService } from './memberships.service.js';
import { OrganizationAdministrationService } from './organization-administration.service.js';
import { OrganizationsService } from './organizations.service.js';
import { OwnMembershipsService } from './own-memberships.service.js';
import { PasscodesService } from './passcodes.service.js';

@Module({
  imports: [MailModule, ThrottlingModule, CatalogueModule],
  providers: [
    OrganizationsRepository,
    OrganizationWriter,
    LedgerRepository,
    MembershipsRepository,
    PasscodesRepository,
    MembershipChanges,
    MembershipMails,
    OrganizationsService,
    MembershipsService,
    OwnMembershipsService,
    JoiningService,
    PasscodesService,
    MemberDepartureService,
    OrganizationAdministrationRepository,
    OrganizationAdministrationService,
    MembershipAdministrationRepository,
    MembershipAdministrationService,
  ],
  exports: [
    OrganizationsService,
    MembershipsService,
    OwnMembershipsService,
    JoiningService,
    PasscodesService,
    MemberDepartureService,
    OrganizationAdministrationService,
    MembershipAdministrationService,
  ],
})
export class OrganizationsModule {}
