import { Injectable } from '@nestjs/common';
import { type Transaction } from '../../database/transaction.js';
import { siteMail } from '../../mail/mail.types.js';
import { MailsService } from '../../mail/mails.service.js';
import { type Membership, type Organization } from '../organizations.types.js';
import { MembershipsRepository } from './memberships.repository.js';

/** Mails about memberships (contract section 7, and B26). They go out after the commit of the change. */
@Injectable()
export class MembershipMails {
  constructor(
    private readonly mails: MailsService,
    private readonly memberships: MembershipsRepository,
  ) {}

  /** Tells somebody who has been let in. Accounts from before may have no address at all. */
  async tellActivated(
    tx: Transaction,
    { name }: Organization,
    { email, username }: Pick<Membership, 'email' | 'username'>,
  ): Promise<void> {
    if (email === '') return;
    const paragraphs = [
      `Your account ${username} is an active member of the organization ${name} now.`,
      'You can log in to it and ask for nodes of its cluster.',
    ];
    await this.mails.add(tx, (site) =>
      siteMail(site, 'membership_activated', email, `Membership to ${name}`, paragraphs),
    );
  }

  /**
   * Tells the owners who can act that somebody waits. Anybody can ask, so an owner gets one such mail in three minutes;
   * it sends them to the list, in which everybody is.
   */
  async tellRequested(tx: Transaction, { id, name }: Organization, username: string): Promise<void> {
    const paragraphs = [
      `The account ${username} asks to become a member of the organization ${name}. Others may be waiting too.`,
      'As an owner you see them in the list of its members, where you accept or remove them.',
    ];
    for (const { email } of await this.memberships.listOwners(tx, id)) {
      if (email === '' || !(await this.mails.mayAdd(tx, 'membership_requested', email))) continue;
      await this.mails.add(tx, (site) =>
        siteMail(site, 'membership_requested', email, `Membership Requested in ${name}`, paragraphs),
      );
    }
  }
}
