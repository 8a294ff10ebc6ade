import { Injectable } from '@nestjs/common';
import { type Author } from '../common/access/actor.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { type BucketVersion, readBucketLayout } from './bucket/bucket-layout.js';
import { describeLocation, readBucket } from './bucket/bucket-source.js';
import { CatalogueAdministrationService } from './catalogue-administration.service.js';
import { BucketLayoutUnreadableError } from './catalogue.errors.js';
import {
  type BucketLocation,
  type CatalogueImportReport,
  type ClusterVersion,
  type ImportedVersion,
} from './catalogue.types.js';
import { ClusterVersionsRepository } from './versions/cluster-versions.repository.js';

/** Takes over versions, their node configurations and who may choose them from the bucket of the system being replaced. */
@Injectable()
export class CatalogueImportService {
  constructor(
    private readonly versions: ClusterVersionsRepository,
    private readonly administration: CatalogueAdministrationService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Makes the catalogue agree with the bucket, in one transaction; `isApplied: false` does the same and takes it back.
   * What the bucket knows nothing of stays: versions that are only here, descriptions, and whether a version is enabled.
   * Throws BucketLayoutUnreadableError.
   */
  async run(location: BucketLocation, isApplied: boolean, author: Author): Promise<CatalogueImportReport> {
    const { versions, warnings } = readBucketLayout(await readBucket(location));
    const source = describeLocation(location);
    if (versions.length === 0 && warnings.length === 0)
      throw new BucketLayoutUnreadableError(
        `There is no version in ${source}. It has to be the folder that has a folder for each version.`,
      );
    const imported: ImportedVersion[] = [];
    const readWarnings = warnings.length;
    try {
      const onlyHere = await this.transactions.run(async (tx) => {
        // A transaction may be begun anew.
        imported.splice(0);
        warnings.splice(readWarnings);
        for (const version of versions) imported.push(await this.take(tx, version, warnings, author));
        const others = await this.versionsBeside(tx, versions);
        if (!isApplied) throw new TakenBack(others);
        return others;
      });
      return { source, outcome: 'imported', versions: imported, onlyHere, warnings };
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
      return { source, outcome: 'dry_run', versions: imported, onlyHere: error.onlyHere, warnings };
    }
  }

  private async take(
    tx: Transaction,
    version: BucketVersion,
    warnings: string[],
    author: Author,
  ): Promise<ImportedVersion> {
    const { name } = version;
    const before = await this.versions.lock(tx, name);
    const permittedOrganizationIds = await this.organizationIds(tx, version, warnings);
    const kept = before ? await this.inUse(tx, version, before, warnings) : [];
    const nodeConfigurations = [...version.nodeConfigurations, ...kept].sort();
    const settings = { nodeConfigurations, permittedOrganizationIds };
    if (before && isAlready(before, settings)) return report(before, 'unchanged');
    return before
      ? report(await this.administration.updateIn(tx, name, settings, author), 'changed')
      : report(await this.administration.createIn(tx, name, settings, author), 'added');
  }

  private async organizationIds(
    tx: Transaction,
    { name, permittedOrganizations }: BucketVersion,
    warnings: string[],
  ): Promise<string[] | null> {
    if (permittedOrganizations === null) return null;
    const ids = await this.versions.organizationIds(tx, permittedOrganizations);
    const unknown = permittedOrganizations.filter((organization) => !ids.has(organization));
    if (unknown.length > 0)
      warnings.push(
        `Version ${name} is also for ${unknown.join(', ')}, which is not here. Import organizations first, or permit it by hand once there is one.`,
      );
    return [...ids.values()];
  }

  /** Node configurations the bucket does not have any more, and an organization still has. */
  private async inUse(
    tx: Transaction,
    { name, nodeConfigurations }: BucketVersion,
    before: ClusterVersion,
    warnings: string[],
  ): Promise<string[]> {
    const kept: string[] = [];
    for (const configuration of before.nodeConfigurations.filter((one) => !nodeConfigurations.includes(one))) {
      const users = await this.versions.listUsers(tx, name, [configuration]);
      if (users.length === 0) continue;
      kept.push(configuration);
      warnings.push(
        `Version ${name} keeps the node configuration ${configuration}, which is not in the bucket: ${users.join(', ')} has it.`,
      );
    }
    return kept;
  }

  private async versionsBeside(tx: Transaction, versions: readonly BucketVersion[]): Promise<string[]> {
    const all = await this.administration.listAll(tx);
    return all.map(({ name }) => name).filter((name) => !versions.some((version) => version.name === name));
  }
}

/** Ends the transaction of a dry run and carries out of it what was found. */
class TakenBack extends Error {
  constructor(readonly onlyHere: string[]) {
    super('taken back on purpose');
  }
}

function isAlready(
  { nodeConfigurations, permittedOrganizations }: ClusterVersion,
  wanted: { nodeConfigurations: string[]; permittedOrganizationIds: string[] | null },
): boolean {
  const permitted = permittedOrganizations?.map(({ id }) => id).sort() ?? null;
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  return (
    same([...nodeConfigurations].sort(), wanted.nodeConfigurations) &&
    same(permitted, wanted.permittedOrganizationIds?.toSorted() ?? null)
  );
}

function report(
  { name, nodeConfigurations, permittedOrganizations }: ClusterVersion,
  change: ImportedVersion['change'],
): ImportedVersion {
  const permitted = permittedOrganizations?.map((organization) => organization.name) ?? null;
  return { name, change, nodeConfigurations, permittedOrganizations: permitted };
}
