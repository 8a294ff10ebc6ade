import { DomainError } from '../common/errors/domain-error.js';

export class OrganizationNotFoundError extends DomainError {
  readonly code = 'organizations.not_found';
  readonly kind = 'not_found';

  constructor(organization: string) {
    super(
      `There is no organization ${JSON.stringify(organization.slice(0, 100))} you may see. Check the spelling; letter case matters.`,
    );
  }
}

export class OrganizationNameTakenError extends DomainError {
  readonly code = 'organizations.name_taken';
  readonly kind = 'conflict';

  constructor(name: string) {
    super(`An organization named "${name}" exists already (letter case does not matter). Choose another name.`);
  }
}

export class InvalidLimitsError extends DomainError {
  readonly code = 'organizations.invalid_limits';
  readonly kind = 'invalid';
}

export class OwnerInactiveError extends DomainError {
  readonly code = 'organizations.owner_inactive';
  readonly kind = 'invalid';

  constructor(username: string) {
    super(`The account ${username} is disabled and cannot own an organization. Choose another owner.`);
  }
}

export class AdministratorSettingError extends DomainError {
  readonly code = 'organizations.administrator_setting';
  readonly kind = 'forbidden';

  constructor(settings: string[]) {
    super(
      `Only administrators may set ${settings.join(', ')}. Leave it out and ask a developer of the installation to change it.`,
    );
  }
}

export class AlreadyMemberError extends DomainError {
  readonly code = 'memberships.exists';
  readonly kind = 'conflict';

  constructor(username: string) {
    super(`${username} has a membership in this organization already. Change that one instead.`);
  }
}

export class MembershipNotFoundError extends DomainError {
  readonly code = 'memberships.not_found';
  readonly kind = 'not_found';

  constructor(membershipId: string) {
    super(`This organization has no membership ${membershipId}. List its memberships to find the id.`);
  }
}

/** Of any organization. */
export class UnknownMembershipError extends DomainError {
  readonly code = 'memberships.not_found';
  readonly kind = 'not_found';

  constructor(membershipId: string) {
    super(`There is no membership ${membershipId}. List the memberships to find the id.`);
  }
}

export class NotAMemberError extends DomainError {
  readonly code = 'memberships.none';
  readonly kind = 'not_found';

  constructor(organization: string) {
    super(`You have no membership in ${organization}. List your memberships to see those you have.`);
  }
}

export class LastOwnerError extends DomainError {
  readonly code = 'memberships.last_owner';
  readonly kind = 'conflict';

  constructor(organizations: string[]) {
    super(
      `This would leave ${organizations.join(', ')} without an active owner. Make another active member an owner first, or have the organization deleted.`,
    );
  }
}

export class MembershipDeactivatedError extends DomainError {
  readonly code = 'memberships.deactivated';
  readonly kind = 'forbidden';

  constructor(organization: string) {
    super(`An owner has deactivated your membership in ${organization}. Only an owner can change that; ask one.`);
  }
}

export class PasscodeRejectedError extends DomainError {
  readonly code = 'passcodes.rejected';
  readonly kind = 'forbidden';

  constructor() {
    super(
      'This passcode does not let you into this organization: one of the two is mistyped, or the passcode has expired, is used up or was revoked. Ask an owner for another.',
    );
  }
}

export class InvalidPasscodeError extends DomainError {
  readonly code = 'passcodes.invalid';
  readonly kind = 'invalid';
}

export class PasscodeNotFoundError extends DomainError {
  readonly code = 'passcodes.not_found';
  readonly kind = 'not_found';

  constructor(passcodeId: string) {
    super(`This organization has no passcode ${passcodeId}. List its passcodes to find the id.`);
  }
}
