import { Injectable } from '@nestjs/common';
import { Notifier } from '../../database/notifier.js';
import { type Transaction } from '../../database/transaction.js';
import { MailsService } from '../../mail/mails.service.js';
import { OrganizationsRepository } from '../accounts/organizations.repository.js';
import { LastOwnerError, OrganizationNotFoundError } from '../organizations.errors.js';
import { type Organization } from '../organizations.types.js';
import { MembershipsRepository } from './memberships.repository.js';

/** The one way memberships of an organization change. */
@Injectable()
export class MembershipChanges {
  constructor(
    private readonly organizations: OrganizationsRepository,
    private readonly memberships: MembershipsRepository,
    private readonly mails: MailsService,
    private readonly notifier: Notifier,
  ) {}

  /**
   * Runs a change in a transaction of its own. Changes of one organization wait for each other, so two owners who remove
   * each other at the same time cannot both succeed: what has an active owner before has one afterwards, or nothing is
   * changed. The worker is told, because nodes asked for by somebody who is no member any more do not count; mails that
   * were added go out.
   */
  async run<T>(
    organizationId: string,
    change: (tx: Transaction, organization: Organization) => Promise<T>,
  ): Promise<T> {
    const result = await this.mails.transaction(async (tx) => {
      const organization = await this.organizations.lock(tx, organizationId);
      if (!organization) throw new OrganizationNotFoundError(organizationId);
      const hadOwner = await this.hasOwner(tx, organizationId);
      const done = await change(tx, organization);
      if (hadOwner && !(await this.hasOwner(tx, organizationId))) throw new LastOwnerError([organization.name]);
      return done;
    });
    this.notifier.publish('ps_capacity', organizationId);
    return result;
  }

  private async hasOwner(tx: Transaction, organizationId: string): Promise<boolean> {
    return (await this.memberships.listOwners(tx, organizationId)).length > 0;
  }
}
