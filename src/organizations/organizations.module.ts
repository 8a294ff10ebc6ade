import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { LedgerRepository } from './accounts/ledger.repository.js';
import { OrganizationsRepository } from './accounts/organizations.repository.js';
import { JoiningService } from './joining.service.js';
import { MemberDepartureService } from './member-departure.service.js';
import { MembershipChanges } from './memberships/membership-changes.js';
import { MembershipMails } from './memberships/membership-mails.js';
import { MembershipsRepository } from './memberships/memberships.repository.js';
import { PasscodesRepository } from './memberships/passcodes.repository.js';
import { MembershipsService } from './memberships.service.js';
import { OrganizationsService } from './organizations.service.js';
import { OwnMembershipsService } from './own-memberships.service.js';
import { PasscodesService } from './passcodes.service.js';

@Module({
  imports: [MailModule, ThrottlingModule],
  providers: [
    OrganizationsRepository,
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
  ],
  exports: [
    OrganizationsService,
    MembershipsService,
    OwnMembershipsService,
    JoiningService,
    PasscodesService,
    MemberDepartureService,
  ],
})
export class OrganizationsModule {}
