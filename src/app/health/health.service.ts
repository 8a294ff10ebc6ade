import { Inject, Injectable, Logger, type OnModuleDestroy, Optional } from '@nestjs/common';
import { errorMessage } from '../../common/errors/domain-error.js';
import { AppConfig } from '../../config/app-config.js';
import { MAX_UPDATE_ATTEMPTS } from '../../clusters/cluster-decision.js';
import { TerraformBinary } from '../../provisioning/runner/terraform-binary.js';
import { type SchemaComparison, SchemaState } from '../../database/migrator/schema-state.js';
import { HealthRepository } from './health.repository.js';
import { SchemaDriftWatch } from './schema-drift-watch.js';

export interface HealthFinding {
  /** Stable; what an alert is written against. */
  code: string;
  severity: 'error' | 'warning';
  message: string;
}

export interface HealthReport {
  status: 'ok' | 'degraded' | 'unavailable';
  role: string;
  findings: HealthFinding[];
}

const SLOW_DATABASE_MS = 250;
const LONG_WAIT_SECONDS = 300;
/** What one call of a provider may take: it cannot be interrupted. */
const SLOW_STOP_SECONDS = 900;

@Injectable()
export class HealthService implements OnModuleDestroy {
  private readonly logger = new Logger(HealthService.name);
  private isDraining = false;

  constructor(
    private readonly repository: HealthRepository,
    private readonly config: AppConfig,
    private readonly schema: SchemaState,
    private readonly drift: SchemaDriftWatch,
    @Optional() @Inject(TerraformBinary) private readonly terraform: TerraformBinary | null,
  ) {}

  /** The process shuts down: load balancers must send nothing new. */
  onModuleDestroy(): void {
    this.isDraining = true;
  }

  /** Whether requests should be sent here: the database answers, has what this release needs, and nobody shuts down. */
  async isReady(): Promise<boolean> {
    if (this.isDraining || (await this.databaseFindings()).some(({ severity }) => severity === 'error')) return false;
    return this.hasSchema();
  }

  /** Everything an operator should know, each with a stable code. */
  async report(): Promise<HealthReport> {
    const database = await this.databaseFindings();
    const isDown = database.some(({ severity }) => severity === 'error');
    const findings = isDown
      ? database
      : [
          ...database,
          ...schemaFindings(await this.schema.compare()),
          ...this.driftFindings(),
          ...(await this.provisioningFindings()),
          ...(await this.queueFindings()),
          ...(await this.mailFindings()),
        ];
    const status = isDown ? 'unavailable' : findings.length > 0 ? 'degraded' : 'ok';
    return { status, role: this.config.env.PS_ROLE, findings };
  }

  private async hasSchema(): Promise<boolean> {
    try {
      return await this.schema.isComplete();
    } catch (error) {
      this.logger.warn(`The schema could not be compared with this release: ${errorMessage(error)}`);
      return false;
    }
  }

  private async databaseFindings(): Promise<HealthFinding[]> {
    try {
      const milliseconds = await this.repository.ping();
      if (milliseconds < SLOW_DATABASE_MS) return [];
      return [
        {
          code: 'database.slow',
          severity: 'warning',
          message: `Postgres took ${Math.round(milliseconds)} ms to answer.`,
        },
      ];
    } catch (error) {
      return [
        {
          code: 'database.unreachable',
          severity: 'error',
          message: `Postgres does not answer: ${errorMessage(error)}`,
        },
      ];
    }
  }

  private driftFindings(): HealthFinding[] {
    const { differences } = this.drift;
    if (differences === 0) return [];
    const count = `${differences} difference${differences === 1 ? '' : 's'}`;
    const message = `The database has ${count} from what this release declares; the log of the start names them.`;
    return [{ code: 'database.schema_drift', severity: 'warning', message }];
  }

  private async provisioningFindings(): Promise<HealthFinding[]> {
    const availability = await this.terraform?.availability();
    if (!availability || availability.available) return [];
    return [{ code: 'provisioning.unavailable', severity: 'error', message: availability.reason }];
  }

  private async queueFindings(): Promise<HealthFinding[]> {
    const { PS_RUN_LOST_SECONDS: lostSeconds } = this.config.env;
    const figures = await this.repository.queueFigures(lostSeconds, SLOW_STOP_SECONDS, MAX_UPDATE_ATTEMPTS);
    const findings: HealthFinding[] = [];
    if (figures.oldestWaitingSeconds > LONG_WAIT_SECONDS) {
      const message = `${figures.waitingRuns} runs wait, the oldest for ${figures.oldestWaitingSeconds} s; is a worker running with a free slot?`;
      findings.push({ code: 'runs.waiting_long', severity: 'warning', message });
    }
    if (figures.silentRuns > 0) {
      const message = `${figures.silentRuns} runs have had no heartbeat for ${lostSeconds} s; a worker should take them over.`;
      findings.push({ code: 'runs.lost', severity: 'error', message });
    }
    if (figures.unstoppedRuns > 0) {
      const message = `${figures.unstoppedRuns} runs were interrupted more than ${SLOW_STOP_SECONDS / 60} minutes ago and still work; if one never ends, kill its process group.`;
      findings.push({ code: 'runs.not_stopping', severity: 'warning', message });
    }
    if (figures.clustersGivenUp > 0) {
      const message = `${figures.clustersGivenUp} clusters could not be changed ${MAX_UPDATE_ATTEMPTS} times in a row; see their runs.`;
      findings.push({ code: 'clusters.need_attention', severity: 'error', message });
    }
    if (figures.clustersWithOrphans > 0) {
      const message = `${figures.clustersWithOrphans} clusters have resources at AWS that are in no state and may cost money; see /admin/orphans.`;
      findings.push({ code: 'clusters.orphans', severity: 'warning', message });
    }
    return findings;
  }

  private async mailFindings(): Promise<HealthFinding[]> {
    const { waitingMails, oldestWaitingSeconds, mailsGivenUp } = await this.repository.mailFigures();
    const findings: HealthFinding[] = [];
    if (oldestWaitingSeconds > LONG_WAIT_SECONDS) {
      const message = `${waitingMails} mails wait, the oldest for ${oldestWaitingSeconds} s; see last_error in mail_outbox, and whether a worker runs.`;
      findings.push({ code: 'mail.waiting_long', severity: 'warning', message });
    }
    if (mailsGivenUp > 0) {
      const message = `${mailsGivenUp} mails were given up within the last day; see last_error in mail_outbox.`;
      findings.push({ code: 'mail.given_up', severity: 'warning', message });
    }
    return findings;
  }
}

function schemaFindings({ pending, unknown, harmful, unfinished }: SchemaComparison): HealthFinding[] {
  const findings: HealthFinding[] = [];
  if (pending.length > 0) {
    const message = `${pending.length} migrations of this release are not applied, the first is ${pending[0] ?? ''}; run "psctl migrate".`;
    findings.push({ code: 'schema.behind', severity: 'error', message });
  }
  if (unknown.length > 0) {
    const message = `A newer release has applied ${unknown.join(', ')}; ${harmful.length > 0 ? 'this one may not work with that' : 'this one works with that'}. Start the newer one.`;
    findings.push({ code: 'schema.ahead', severity: harmful.length > 0 ? 'error' : 'warning', message });
  }
  if (unfinished.length > 0) {
    const message = `${unfinished.join(', ')} has no end: it is under way, or was broken off; see "psctl db show".`;
    findings.push({ code: 'schema.unfinished', severity: 'warning', message });
  }
  return findings;
}
