import { Injectable } from '@nestjs/common';
import { AwsClients } from '../../aws/aws-clients.service.js';
import { CallerIdentityService } from '../../aws/caller-identity.service.js';
import { PolicySimulatorService } from '../../aws/policy-simulator.service.js';
import { Clock } from '../../common/clock/clock.js';
import { AppConfig } from '../../config/app-config.js';
import { AwsCredentialsService } from '../../credentials/aws-credentials.service.js';
import { MfaSessionService } from '../../credentials/mfa-session.service.js';
import { QUICK_CHECKS, report } from './checks/all-checks.js';
import { type ExecOrigin, type ExecReport, type TargetOptions } from './ecs-exec.types.js';
import { execTarget } from './exec-target.js';
import { type LocalFacts, SnapshotFetcher } from './fetch/snapshot-fetcher.js';
import { findPlugin } from './session/plugin.js';
import { type CredentialFacts, type ExecSnapshot } from './snapshot.js';

/** Says whether a shell can be opened in the service's containers on ECS, and if not, why. */
@Injectable()
export class EcsExecCheckService {
  private readonly fetcher: SnapshotFetcher;

  constructor(
    private readonly config: AppConfig,
    private readonly clock: Clock,
    clients: AwsClients,
    identities: CallerIdentityService,
    simulator: PolicySimulatorService,
    private readonly credentials: AwsCredentialsService,
    private readonly sessions: MfaSessionService,
  ) {
    this.fetcher = new SnapshotFetcher(clients, identities, simulator);
  }

  /**
   * Every check. What may not be looked at is `unknown` in the report. Throws {@link ExecTargetError},
   * {@link ExecCredentialsError}, {@link AwsCredentialsError}, and {@link AwsUnavailableError} when AWS does not answer.
   */
  async check(options: TargetOptions, origin: ExecOrigin): Promise<ExecReport> {
    return report(await this.fetcher.full(await this.local(options, origin)));
  }

  /** What has to be right before a session, with what was read for it. Throws as {@link check} does. */
  async quick(options: TargetOptions): Promise<{ report: ExecReport; snapshot: ExecSnapshot }> {
    const snapshot = await this.fetcher.quick(await this.local(options, 'operator'));
    return { report: report(snapshot, QUICK_CHECKS), snapshot };
  }

  private async local(options: TargetOptions, origin: ExecOrigin): Promise<LocalFacts> {
    const target = execTarget(options, this.config.env);
    const [plugin, credentials] = await Promise.all([
      origin === 'operator' ? findPlugin(this.config.executablePath) : { path: null, version: null },
      this.credentialFacts(),
    ]);
    const region = this.config.env.PS_AWS_REGION;
    const { region: shellRegion } = this.config.aws;
    return { target, origin, region, shellRegion, takenAt: this.clock.now(), plugin, credentials };
  }

  private async credentialFacts(): Promise<CredentialFacts> {
    const { expiresAt, sessionToken } = await this.credentials.resolve();
    const areLongTerm = sessionToken === null;
    const { mfaSerial } = await this.sessions.status(null, false);
    const hasSecondFactor = areLongTerm ? false : mfaSerial === null ? null : true;
    return { expiresAt, areLongTerm, hasSecondFactor };
  }
}
