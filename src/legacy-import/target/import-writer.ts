import { Injectable } from '@nestjs/common';
import { ClusterVersionsService } from '../../catalogue/cluster-versions.service.js';
import { Clock } from '../../common/clock/clock.js';
import { AuditLog } from '../../database/audit-log.js';
import { type Transaction } from '../../database/transaction.js';
import { type Finding, IMPORT_ACTOR, type TargetCount } from '../legacy-import.types.js';
import { type ImportPlan } from '../mapping/import-plan.js';
import { ImportedRowsRepository } from './imported-rows.repository.js';
import { OpeningBalancesRepository } from './opening-balances.repository.js';
import { TargetSessionRepository } from './target-session.repository.js';
import { TARGETS, type TargetTable } from './target-tables.js';

export interface Written {
  targets: TargetCount[];
  findings: Finding[];
}

/** Stores a plan in one transaction, or finds out why it cannot be stored. */
@Injectable()
export class ImportWriter {
  constructor(
    private readonly imported: ImportedRowsRepository,
    private readonly balances: OpeningBalancesRepository,
    private readonly session: TargetSessionRepository,
    private readonly versions: ClusterVersionsService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** When a finding refuses the import, only a part was written: the caller has to roll back. */
  async write(tx: Transaction, plan: ImportPlan, source: string): Promise<Written> {
    const written: Written = { targets: [], findings: [] };
    await this.session.begin(tx);
    await this.table(tx, TARGETS.groups, plan.groups, written);
    const groupIds = await this.session.groupIds(tx);
    const userGroups = plan.userGroups.map(({ user_id, group }) => ({ user_id, group_id: groupIds.get(group) }));
    await this.table(tx, TARGETS.users, plan.users, written);
    await this.table(tx, TARGETS.emailAddresses, plan.emailAddresses, written);
    await this.table(tx, TARGETS.userGroups, userGroups, written);
    await this.catalogue(tx, plan, written);
    await this.table(tx, TARGETS.organizations, plan.organizations, written);
    await this.table(tx, TARGETS.memberships, plan.memberships, written);
    await this.table(tx, TARGETS.clusters, plan.clusters, written);
    await this.table(tx, TARGETS.capacityRequests, plan.capacityRequests, written);
    await this.table(tx, TARGETS.revokedTokens, plan.revokedTokens, written);
    await this.table(tx, TARGETS.socialAccounts, plan.socialAccounts, written);
    if (written.findings.some(({ severity }) => severity === 'refuse')) return written;
    written.targets.push(await this.balances.write(tx, plan.balances, this.clock.now()));
    await this.record(tx, plan, source, written.targets);
    return written;
  }

  /** What has to be done outside of the transaction's reach, right before it is committed. */
  finish(tx: Transaction): Promise<void> {
    return this.session.advanceUserIds(tx);
  }

  /** Organizations come with versions nobody may have told the catalogue of yet. */
  private async catalogue(tx: Transaction, { organizations }: ImportPlan, written: Written): Promise<void> {
    const choices = organizations.map(({ cluster_version: clusterVersion, node_configuration: nodeConfiguration }) => ({
      clusterVersion,
      nodeConfiguration,
    }));
    for (const version of await this.versions.ensureKnown(tx, choices)) {
      const message =
        'This cluster version is new to the catalogue and kept for the organizations that come with it. Say who may choose it with psctl catalogue import, or at /admin/cluster-versions.';
      written.findings.push({ severity: 'info', table: 'cluster_versions', row: version, message });
    }
  }

  /** After the first obstacle nothing more is written, but all other obstacles are still looked for. */
  private async table(tx: Transaction, table: TargetTable, rows: readonly object[], written: Written): Promise<void> {
    const { name } = table;
    await this.imported.stage(tx, table, rows);
    const isRefused = written.findings.some(({ severity }) => severity === 'refuse');
    const obstacles = await this.imported.obstacles(tx, table);
    if (!isRefused) obstacles.push(...(await this.imported.orphans(tx, table)));
    for (const { key, message } of obstacles)
      written.findings.push({ severity: 'refuse', table: name, row: key, message });
    for (const row of await this.imported.vanishedKeys(tx, table)) {
      const message =
        'It was imported before and is not in the source any more. It stays here; remove it if it should not.';
      written.findings.push({ severity: 'warn', table: name, row, message });
    }
    if (isRefused || obstacles.length > 0) return;
    written.targets.push(await this.imported.write(tx, table, this.clock.now()));
  }

  private async record(tx: Transaction, plan: ImportPlan, source: string, targets: TargetCount[]): Promise<void> {
    const changes = targets.filter(({ added, changed }) => added + changed > 0);
    if (changes.length === 0) return;
    for (const id of await this.imported.addedKeys(tx, TARGETS.organizations)) {
      const event = { organizationId: id, actor: IMPORT_ACTOR, action: 'organization.imported', subjectId: id };
      await this.audit.record(tx, { ...event, details: { oldValues: plan.remembered.get(id) ?? {} } });
    }
    const details = { source, changes };
    const event = { organizationId: null, actor: IMPORT_ACTOR, action: 'legacy.imported', subjectId: 'legacy' };
    await this.audit.record(tx, { ...event, details });
  }
}
