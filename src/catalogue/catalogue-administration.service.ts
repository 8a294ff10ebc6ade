import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { type ListQuery, type Page } from '../common/paging/page.js';
import { AuditLog } from '../database/audit-log.js';
import { violatedUniqueConstraint } from '../database/sql.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import {
  ClusterVersionExistsError,
  ClusterVersionInUseError,
  ClusterVersionNotFoundError,
  NodeConfigurationInUseError,
  PermittedOrganizationUnknownError,
} from './catalogue.errors.js';
import { type ClusterVersion, type VersionChange, type VersionSettings } from './catalogue.types.js';
import { ClusterVersionsRepository } from './versions/cluster-versions.repository.js';
import { byRelease } from './versions/release-order.js';

const DEFAULTS: VersionSettings = {
  isEnabled: true,
  description: '',
  nodeConfigurations: [],
  permittedOrganizationIds: null,
};

/** The catalogue, for those who look after the installation. */
@Injectable()
export class CatalogueAdministrationService {
  constructor(
    private readonly versions: ClusterVersionsRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  list(query: ListQuery): Promise<Page<ClusterVersion>> {
    return this.versions.list(query);
  }

  /** Newest first. */
  async listAll(tx?: Transaction): Promise<ClusterVersion[]> {
    return (await this.versions.listAll(tx)).sort((one, other) => byRelease(one.name, other.name));
  }

  async get(name: string, tx?: Transaction): Promise<ClusterVersion> {
    const version = await this.versions.find(name, tx);
    if (!version) throw new ClusterVersionNotFoundError(name);
    return version;
  }

  /** Throws ClusterVersionExistsError, PermittedOrganizationUnknownError. */
  async create(name: string, settings: VersionChange, author: Author): Promise<ClusterVersion> {
    try {
      return await this.transactions.run((tx) => this.createIn(tx, name, settings, author));
    } catch (error) {
      if (violatedUniqueConstraint(error) === 'pk_cluster_versions') throw new ClusterVersionExistsError(name);
      throw error;
    }
  }

  /** As {@link create}, in the caller's transaction. */
  async createIn(tx: Transaction, name: string, change: VersionChange, author: Author): Promise<ClusterVersion> {
    const settings = { ...DEFAULTS, ...given(change) };
    await this.versions.insert(tx, name, rowOf(settings), this.clock.now());
    await this.saveLists(tx, name, settings);
    const version = await this.get(name, tx);
    await this.record(tx, name, 'cluster_version.created', { after: shown(version) }, author);
    return version;
  }

  /** Throws NodeConfigurationInUseError, PermittedOrganizationUnknownError. */
  update(name: string, change: VersionChange, author: Author): Promise<ClusterVersion> {
    return this.transactions.run((tx) => this.updateIn(tx, name, change, author));
  }

  /** As {@link update}, in the caller's transaction. */
  async updateIn(tx: Transaction, name: string, change: VersionChange, author: Author): Promise<ClusterVersion> {
    const before = await this.lock(tx, name);
    const settings = { ...settingsOf(before), ...given(change) };
    const lost = before.nodeConfigurations.filter((one) => !settings.nodeConfigurations.includes(one));
    const users = lost.length > 0 ? await this.versions.listUsers(tx, name, lost) : [];
    if (users.length > 0) throw new NodeConfigurationInUseError(name, lost, users);
    await this.versions.update(tx, name, rowOf(settings), this.clock.now());
    await this.saveLists(tx, name, settings);
    const after = await this.get(name, tx);
    await this.record(tx, name, 'cluster_version.updated', { before: shown(before), after: shown(after) }, author);
    return after;
  }

  /** The version as it was. Throws ClusterVersionInUseError. */
  delete(name: string, author: Author): Promise<ClusterVersion> {
    return this.transactions.run(async (tx) => {
      const version = await this.lock(tx, name);
      const users = await this.versions.listUsers(tx, name);
      if (users.length > 0) throw new ClusterVersionInUseError(name, users);
      await this.versions.delete(tx, name);
      await this.record(tx, name, 'cluster_version.deleted', { before: shown(version) }, author);
      return version;
    });
  }

  private async lock(tx: Transaction, name: string): Promise<ClusterVersion> {
    const version = await this.versions.lock(tx, name);
    if (!version) throw new ClusterVersionNotFoundError(name);
    return version;
  }

  private async saveLists(tx: Transaction, name: string, settings: VersionSettings): Promise<void> {
    const permitted = [...new Set(settings.permittedOrganizationIds ?? [])];
    const unknown = await this.versions.unknownOrganizations(tx, permitted);
    if (unknown.length > 0) throw new PermittedOrganizationUnknownError(unknown);
    await this.versions.saveNodeConfigurations(tx, name, settings.nodeConfigurations);
    await this.versions.savePermitted(tx, name, permitted);
  }

  private record(tx: Transaction, name: string, action: string, details: object, author: Author): Promise<void> {
    const event = { organizationId: null, actor: actorLabel(author), action, subjectId: name };
    return this.audit.record(tx, { ...event, details: { ...details } });
  }
}

function given(change: VersionChange): Partial<VersionSettings> {
  return Object.fromEntries(Object.entries<unknown>(change).filter(([, value]) => value !== undefined));
}

function settingsOf(version: ClusterVersion): VersionSettings {
  const { isEnabled, description, nodeConfigurations, permittedOrganizations } = version;
  const permittedOrganizationIds = permittedOrganizations?.map(({ id }) => id) ?? null;
  return { isEnabled, description, nodeConfigurations, permittedOrganizationIds };
}

function rowOf({ isEnabled, description, permittedOrganizationIds }: VersionSettings) {
  return { isEnabled, description, isRestricted: permittedOrganizationIds !== null };
}

/** For the audit log: organizations by name, because ids say nothing once an organization is gone. */
function shown({ isEnabled, description, nodeConfigurations, permittedOrganizations }: ClusterVersion): object {
  const permitted = permittedOrganizations?.map(({ name }) => name) ?? null;
  return { isEnabled, description, nodeConfigurations, permittedOrganizations: permitted };
}
