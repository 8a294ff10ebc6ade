import { DomainError } from '../../common/errors/domain-error.js';

export class AddressTakenError extends DomainError {
  readonly code = 'accounts.address_taken';
  readonly kind = 'conflict';

  constructor() {
    super('This e-mail address belongs to another account. Use another one, or log in to that account.');
  }
}

export class AddressNotFoundError extends DomainError {
  readonly code = 'accounts.address_not_found';
  readonly kind = 'not_found';

  constructor(addressId: string) {
    super(`This account has no e-mail address ${addressId}. List its addresses to find the id.`);
  }
}

export class AddressExistsError extends DomainError {
  readonly code = 'accounts.address_exists';
  readonly kind = 'conflict';

  constructor() {
    super('This account has that e-mail address already.');
  }
}

export class TooManyAddressesError extends DomainError {
  readonly code = 'accounts.too_many_addresses';
  readonly kind = 'conflict';

  constructor(limit: number) {
    super(`An account has ${limit} e-mail addresses at most. Remove one first.`);
  }
}

export class PrimaryAddressError extends DomainError {
  readonly code = 'accounts.primary_address';
  readonly kind = 'conflict';

  constructor() {
    super('The primary e-mail address cannot be removed. Make another one primary first.');
  }
}

export class UnverifiedAddressError extends DomainError {
  readonly code = 'accounts.address_unverified';
  readonly kind = 'conflict';

  constructor() {
    super('Only a verified e-mail address can be primary. Follow the link in the mail sent to it first.');
  }
}
