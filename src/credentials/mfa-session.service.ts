import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { AppConfig } from '../config/app-config.js';
import { CredentialsInputError, ProfileUnusableError, SessionExpiredError } from './credentials.errors.js';
import {
  type CredentialsFinding,
  type CredentialsStatus,
  type LoginQuestions,
  type LoginRequest,
  SHORTEST_SESSION,
} from './credentials.types.js';
import { examineCredentials } from './mfa/examine-credentials.js';
import { checkCode, checkDuration, LONGEST_ROLE, REUSED_SECONDS, roleSessionName } from './mfa/login-rules.js';
import { findDevice } from './mfa/find-device.js';
import { findSource } from './mfa/find-source.js';
import { type Issued, StsGateway } from './mfa/sts-gateway.js';
import { CredentialsFile } from './profiles/credentials-file.js';
import { readProfile } from './profiles/credentials-text.js';
import {
  longTermKeys,
  storedSession,
  type StoredSession,
  withoutSession,
  withSession,
} from './profiles/session-profile.js';

/**
 * Sessions with a second factor, for people who run the service, or Terraform, with their own keys. A task on ECS has
 * credentials of its own and needs none of this.
 */
@Injectable()
export class MfaSessionService {
  private readonly file: CredentialsFile;

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.file = new CredentialsFile(config.aws.credentialsFile);
  }

  /**
   * Writes a session into a profile, from the keys of another and a code of its user's device. A session there that lasts
   * long enough is used on without a question. Throws {@link MfaRefusedError} for a code AWS does not take, and the other
   * errors of credentials.errors.ts.
   */
  async login(request: LoginRequest, questions: LoginQuestions): Promise<CredentialsStatus & { isReused: boolean }> {
    this.refuseOnEcs();
    checkRequest(request);
    const standing = storedSession(readProfile(this.file.read(), request.profile));
    if (standing && !request.isForced && !request.role && this.remaining(standing, 0) > REUSED_SECONDS)
      return { ...(await this.status(request.profile)), isReused: true };
    const source = findSource(this.file, request);
    const gateway = this.gateway(source.keys.region);
    const serial = await findDevice(request.serial, source.keys, gateway, questions);
    const code = checkCode(await questions.code(serial));
    const issued = await gateway.sessionToken(source.keys, {
      ...{ serial, code, durationSeconds: request.durationSeconds },
    });
    const session = sessionOf(issued, source.profile, serial);
    await this.store(request.profile, session, request);
    if (request.role) await this.takeRole(request.role, session, gateway, request);
    return { ...(await this.status(request.profile)), isReused: false };
  }

  /** Of the credentials this machine's tools would use, or of a profile. `isAsking: false` leaves AWS out of it. */
  async status(profile: string | null = null, isAsking = true): Promise<CredentialsStatus> {
    const { aws } = this.config;
    const nothing = {
      ...{ profile: null, accessKeySuffix: null, expiresAt: null, remainingSeconds: null, sourceProfile: null },
      ...{ mfaSerial: null, account: null, arn: null, clockOffsetMs: null },
    };
    if (profile === null && aws.hasContainerCredentials) return { ...nothing, kind: 'container' };
    if (profile === null && aws.hasKeys && aws.profile === null) return { ...nothing, kind: 'environment' };
    const name = profile ?? aws.profile ?? 'default';
    const values = readProfile(this.file.read(), name);
    const session = storedSession(values);
    const keys = session ?? longTermKeys(values);
    if (!keys) return { ...nothing, kind: 'none', profile: name };
    const isOver = session !== null && this.remaining(session, 0) <= 0;
    const identity = isAsking && !isOver ? await this.gateway(values?.region ?? null).identity(keys) : null;
    return {
      kind: session ? 'session' : 'long-term',
      profile: name,
      accessKeySuffix: keys.accessKeyId.slice(-4),
      expiresAt: session?.expiresAt ?? null,
      remainingSeconds: session && Math.max(0, this.remaining(session, identity?.clockOffsetMs ?? 0)),
      sourceProfile: session?.sourceProfile ?? null,
      mfaSerial: keys.mfaSerial,
      account: identity?.account ?? null,
      arn: identity?.arn ?? null,
      clockOffsetMs: identity?.clockOffsetMs ?? null,
    };
  }

  /** Removes the session from its profile. False when there was none. Throws {@link CredentialsFileError} for a foreign one. */
  async logout(profile: string): Promise<boolean> {
    this.refuseOnEcs();
    const before = this.file.read();
    await this.file.update((text) => withoutSession(text, profile));
    return this.file.read() !== before;
  }

  /** The session, secrets included, for whoever hands it on. Throws {@link SessionExpiredError}, {@link ProfileUnusableError}. */
  exported(profile: string): StoredSession {
    const session = storedSession(readProfile(this.file.read(), profile));
    if (!session) throw new ProfileUnusableError(`[${profile}] has no session. Log in with psctl creds login.`);
    if (this.remaining(session, 0) > 0) return session;
    throw new SessionExpiredError(
      `The session in [${profile}] ended at ${session.expiresAt.toISOString()}. Log in again with psctl creds login.`,
    );
  }

  /** The session of the profile this process would use; null when its credentials come from elsewhere. */
  current(): { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: Date } | null {
    const { aws } = this.config;
    if (aws.hasContainerCredentials || (aws.hasKeys && aws.profile === null)) return null;
    const session = storedSession(readProfile(this.file.read(), aws.profile ?? 'default'));
    if (!session) return null;
    const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = session;
    return { accessKeyId, secretAccessKey, sessionToken, expiration: expiresAt };
  }

  /** Everything about this machine's credentials that is wrong, or may go wrong. */
  async examine(): Promise<CredentialsFinding[]> {
    return examineCredentials(this.config.aws, this.file, () => this.status());
  }

  private refuseOnEcs(): void {
    if (!this.config.aws.hasContainerCredentials) return;
    throw new ProfileUnusableError('This task has credentials from ECS, so there is nothing to log in to or out of.');
  }

  private async takeRole(
    role: NonNullable<LoginRequest['role']>,
    session: StoredSession,
    gateway: StsGateway,
    request: LoginRequest,
  ): Promise<void> {
    const { arn } = await gateway.identity(session);
    const { arn: roleArn, externalId, durationSeconds } = role;
    const issued = await gateway.role(session, {
      ...{ roleArn, externalId, durationSeconds, sessionName: roleSessionName(arn) },
    });
    await this.store(role.profile, sessionOf(issued, request.profile, session.mfaSerial), {
      ...{ moveLongTermTo: null, hasBackup: request.hasBackup },
    });
  }

  private store(
    profile: string,
    session: StoredSession,
    { moveLongTermTo, hasBackup }: Pick<LoginRequest, 'moveLongTermTo' | 'hasBackup'>,
  ): Promise<void> {
    return this.file.update((text) => withSession(text, profile, session, moveLongTermTo), hasBackup);
  }

  private gateway(region: string | null): StsGateway {
    return new StsGateway(region ?? this.config.aws.region ?? this.config.env.PS_AWS_REGION);
  }

  private remaining({ expiresAt }: StoredSession, clockOffsetMs: number): number {
    return Math.floor((expiresAt.getTime() - this.clock.now().getTime() - clockOffsetMs) / 1000);
  }
}

function checkRequest({ durationSeconds, profile, role }: LoginRequest): void {
  checkDuration(durationSeconds);
  if (!role) return;
  if (role.profile === profile)
    throw new CredentialsInputError(`The role needs a profile of its own, other than [${profile}].`);
  if (role.durationSeconds < SHORTEST_SESSION || role.durationSeconds > LONGEST_ROLE)
    throw new CredentialsInputError(
      `A role taken on with a session lasts from ${SHORTEST_SESSION} to ${LONGEST_ROLE} seconds.`,
    );
}

function sessionOf({ credentials }: Issued, sourceProfile: string, mfaSerial: string | null): StoredSession {
  return { ...credentials, sourceProfile, mfaSerial };
}
