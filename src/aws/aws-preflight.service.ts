import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { AppConfig } from '../config/app-config.js';
import { told } from './aws.errors.js';
import { CallerIdentityService } from './caller-identity.service.js';
import { DryRunService } from './dry-run.service.js';
import { type ContextValue } from './policy-simulation.types.js';
import { PolicySimulatorService } from './policy-simulator.service.js';
import { withDryRun } from './preflight/dry-runs.js';
import { type Needs, neededActions } from './preflight/needed-actions.js';
import { checkedActions, missingStatements, worst } from './preflight/preflight-report.js';
import { type PreflightReport, REMEMBERED_MS, type Undertaking } from './preflight.types.js';

const MOST_REMEMBERED = 100;

/** Who makes machines in the name of whoever makes a group of them. */
const SERVICE_LINKED = 'autoscaling.amazonaws.com';
const MACHINES = 'ec2.amazonaws.com';

/**
 * Whether the credentials of this service may do what Terraform needs for a configuration, found out without doing it. Of
 * policies on resources, of endpoints and of sessions IAM tells nothing, so what is allowed here can still fail.
 */
@Injectable()
export class AwsPreflightService {
  private readonly remembered = new Map<string, { report: PreflightReport; until: number }>();

  constructor(
    private readonly identities: CallerIdentityService,
    private readonly simulator: PolicySimulatorService,
    private readonly dryRuns: DryRunService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * For a configuration as the text of `cdk.tf.json`. An answer is good for ten minutes, unless it is a denial: that one is
   * what somebody is about to mend. Throws AwsUnavailableError.
   */
  async check(configuration: string, undertaking: Undertaking): Promise<PreflightReport> {
    const {
      account,
      arn: principal,
      partition,
    } = await told('whose credentials these are', () => this.identities.get());
    const region = this.config.env.PS_AWS_REGION;
    const needs = neededActions(configuration, undertaking, { partition, account, region });
    const key = createHash('sha256')
      .update(JSON.stringify([principal, needs]))
      .digest('hex');
    const now = this.clock.elapsedMs();
    const before = this.remembered.get(key);
    if (before && now < before.until) return before.report;
    const report = await this.ask(account, principal, needs);
    if (report.verdict !== 'denied') this.remember(key, report, now);
    return report;
  }

  private async ask(
    account: string,
    principal: string,
    { actions: wanted, uncovered }: Needs,
  ): Promise<PreflightReport> {
    const [outcomes, answers] = await Promise.all([
      this.simulator.simulate({ principalArn: principal, wanted, context: this.context() }),
      this.dryRuns.ask(wanted.map(({ action }) => action)),
    ]);
    const actions = checkedActions(wanted, outcomes).map((checked) => withDryRun(checked, answers.get(checked.action)));
    const verdict = worst(actions.map((action) => action.verdict));
    return { account, principal, verdict, actions, uncovered, missing: missingStatements(actions) };
  }

  /** What requests of Terraform come with, for the conditions of policies. */
  private context(): ContextValue[] {
    const { PS_AWS_REGION: region, PS_AWS_MACHINE_BOUNDARY_ARN: boundary } = this.config.env;
    const values: Record<string, string | undefined> = {
      'aws:RequestedRegion': region,
      'iam:PassedToService': MACHINES,
      'iam:AWSServiceName': SERVICE_LINKED,
      'iam:PermissionsBoundary': boundary,
    };
    const texts = Object.entries(values).flatMap(([key, value]) =>
      value === undefined ? [] : [{ key, type: 'string' as const, values: [value] }],
    );
    return [...texts, { key: 'aws:SecureTransport', type: 'boolean', values: ['true'] }];
  }

  private remember(key: string, report: PreflightReport, now: number): void {
    const [oldest] = this.remembered.keys();
    if (oldest !== undefined && this.remembered.size >= MOST_REMEMBERED) this.remembered.delete(oldest);
    this.remembered.set(key, { report, until: now + REMEMBERED_MS });
  }
}
