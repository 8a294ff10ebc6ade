import { type DomainError, errorMessage } from '../../common/errors/domain-error.js';
import { CredentialsInputError, MfaRefusedError, SessionExpiredError, StsRefusedError } from '../credentials.errors.js';

/** What AWS said in the words of its SDK, as an error that says what to do. Never shows what was sent. */
export function explained(error: unknown): DomainError {
  const name = (error as { name?: string }).name ?? '';
  const said = errorMessage(error).replace(/\.+$/, '');
  if (name === 'AccessDenied' && /multi-?factor/i.test(said)) {
    return new MfaRefusedError(
      'AWS did not take the code. It is wrong, or was used before: each works once. Wait for the next one, 30 seconds at most, and check that the device is the right one.',
    );
  }
  switch (name) {
    case 'ExpiredToken':
    case 'ExpiredTokenException':
      return new SessionExpiredError('The session is over. Log in again with psctl creds login.');
    case 'InvalidClientTokenId':
    case 'UnrecognizedClientException':
      return new StsRefusedError(
        'AWS does not know these keys: they were deleted or switched off, or belong to a session without a second factor. Check the profile, and log in with psctl creds login.',
      );
    case 'SignatureDoesNotMatch':
      return new StsRefusedError('The secret key does not belong to the key id. Check the profile.');
    case 'ValidationError':
      return new CredentialsInputError(`AWS takes neither this device nor this duration: ${said}`);
    case 'RegionDisabledException':
      return new StsRefusedError(
        `This region gives no sessions (${said}). Enable it for STS, or choose another region.`,
      );
    case 'AccessDenied':
    case 'AccessDeniedException':
      return new StsRefusedError(`AWS refused: ${said}. Ask whoever administers the account for this permission.`);
    default:
      return new StsRefusedError(
        `AWS could not be asked: ${said}. Check the connection and the region, and try again.`,
      );
  }
}
