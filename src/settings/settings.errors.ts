import { DomainError } from '../common/errors/domain-error.js';

export class SettingValueInvalidError extends DomainError {
  readonly code = 'settings.value_invalid';
  readonly kind = 'invalid';

  constructor(name: string, why: string) {
    super(`The setting ${name} was not changed: ${why}.`);
  }
}
