import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/errors/domain-error.js';
import { AppConfig } from '../../config/app-config.js';
import { CredentialsInputError } from '../../credentials/credentials.errors.js';
import { type CredentialsStatus, type LoginRequest } from '../../credentials/credentials.types.js';
import { MfaSessionService } from '../../credentials/mfa-session.service.js';
import { AuditLog } from '../../database/audit-log.js';
import { Transactions } from '../../database/transaction.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { RemoteLoginDisabledError, RemoteLoginPeerError } from './aws-login.errors.js';
import { type Peer, type RemoteAsker } from './aws-login.types.js';
import { isNear } from './near-peer.js';

/** Codes belong to the AWS user whose keys are here, so they are counted together, whoever of the staff brings them. */
const EVERYBODY = { account: 'aws' };

/**
 * What `psctl creds` does, for staff over HTTP: on a machine of one's own, where the service runs with a person's keys.
 * What is told has no secret in it, and the code is neither kept nor logged.
 */
@Injectable()
export class AwsLoginService {
  constructor(
    private readonly config: AppConfig,
    private readonly sessions: MfaSessionService,
    private readonly throttle: ThrottleService,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
  ) {}

  /** Of the credentials in use, or of a profile. Allowed everywhere: it changes nothing. */
  status(profile: string | null): Promise<CredentialsStatus> {
    return this.sessions.status(profile);
  }

  /**
   * Logs in with the code. Throws {@link RemoteLoginDisabledError}, {@link RemoteLoginPeerError}, TooManyAttemptsError, and
   * the errors of credentials.errors.ts; nothing was changed then.
   */
  async logIn(
    request: LoginRequest,
    code: string,
    { actor, peer }: RemoteAsker,
  ): Promise<CredentialsStatus & { isReused: boolean }> {
    this.admit(peer);
    const questions = { code: () => Promise.resolve(code), device: whichDevice };
    const subject = { actor, subjectId: request.profile };
    try {
      const status = await this.throttle.guard('awsCode', EVERYBODY, () => this.sessions.login(request, questions));
      const { sourceProfile, mfaSerial, expiresAt, isReused } = status;
      await this.record({
        ...{ ...subject, action: 'aws_session.began' },
        details: { sourceProfile, mfaSerial, expiresAt, isReused },
      });
      return status;
    } catch (error) {
      if (error instanceof DomainError)
        await this.record({ ...subject, action: 'aws_session.refused', details: { reason: error.code } });
      throw error;
    }
  }

  /** Removes the session of a profile. False when there was none. Throws as {@link logIn}. */
  async logOut(profile: string, { actor, peer }: RemoteAsker): Promise<boolean> {
    this.admit(peer);
    const wasThere = await this.sessions.logout(profile);
    if (wasThere) await this.record({ actor, subjectId: profile, action: 'aws_session.ended', details: {} });
    return wasThere;
  }

  /** On ECS the sessions themselves say why there is nothing to log in to. */
  private admit(peer: Peer): void {
    if (this.config.aws.hasContainerCredentials) return;
    if (!this.config.env.PS_ALLOW_LOCAL_MFA) throw new RemoteLoginDisabledError();
    if (!isNear(peer)) throw new RemoteLoginPeerError();
  }

  private record(event: {
    actor: string;
    subjectId: string;
    action: string;
    details: Record<string, unknown>;
  }): Promise<void> {
    return this.transactions.run((tx) => this.audit.record(tx, { organizationId: null, ...event }));
  }
}

function whichDevice(serials: string[]): Promise<string> {
  return Promise.reject(
    new CredentialsInputError(`There are several devices; name one as "serial": ${serials.join(', ')}`),
  );
}
