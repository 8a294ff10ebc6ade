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
