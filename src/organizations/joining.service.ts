import { Injectable } from '@nestjs/common';
import { type Actor } from '../common/access/actor.js';
import { clientNetwork } from '../common/http/client-network.js';
import { ThrottleService } from '../throttling/throttle.service.js';
import { type OwnMembership } from './organizations.types.js';
import { OwnMembershipsService } from './own-memberships.service.js';

/** The one door for people who come with a passcode: guesses are counted here. */
@Injectable()
export class JoiningService {
  constructor(
    private readonly throttle: ThrottleService,
    private readonly memberships: OwnMembershipsService,
  ) {}

  /** As OwnMembershipsService.join. Throws TooManyAttemptsError too, and then no passcode was looked at. */
  join(organizationName: string, code: string, actor: Actor, address: string): Promise<OwnMembership> {
    const subjects = { account: String(actor.userId), address: clientNetwork(address) };
    return this.throttle.guard('passcode', subjects, () => this.memberships.join(organizationName, code, actor));
  }
}
