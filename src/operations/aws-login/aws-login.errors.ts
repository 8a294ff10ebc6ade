import { DomainError } from '../../common/errors/domain-error.js';

/** Nobody has said that this service runs on somebody's own machine. */
export class RemoteLoginDisabledError extends DomainError {
  readonly code = 'creds.remote_disabled';
  readonly kind = 'forbidden';

  constructor() {
    super(
      'Sessions of AWS are not changed over HTTP here. Use psctl creds where the service runs, or set PS_ALLOW_LOCAL_MFA=true if that is a machine of your own.',
    );
  }
}

export class RemoteLoginPeerError extends DomainError {
  readonly code = 'creds.remote_peer';
  readonly kind = 'forbidden';

  constructor() {
    super(
      'Sessions of AWS are changed from the machine of the service only, or through a proxy it trusts. Connect to its loopback address, or name the proxy in PS_TRUSTED_PROXIES.',
    );
  }
}
