import { DomainError } from '../common/errors/domain-error.js';

/** An organization cannot have this version. */
export class ClusterVersionUnavailableError extends DomainError {
  readonly code = 'catalogue.version_unavailable';
  readonly kind = 'invalid';

  constructor(version: string, isKnown: boolean, offered: readonly string[]) {
    const why = isKnown
      ? 'it is not offered to this organization (any more)'
      : 'there is no such version in the catalogue';
    const choice =
      offered.length > 0 ? `Choose one of ${offered.join(', ')}` : 'No version is offered to this organization';
    super(
      `clusterVersion cannot be "${version}": ${why}. ${choice}, or ask an administrator of the installation to offer it.`,
    );
  }
}

/** The version has no such variant. */
export class NodeConfigurationUnavailableError extends DomainError {
  readonly code = 'catalogue.node_configuration_unavailable';
  readonly kind = 'invalid';

  constructor(version: string, nodeConfiguration: string, available: readonly string[]) {
    const choice = available.length > 0 ? `null for the usual nodes, or one of ${available.join(', ')}` : 'null';
    super(
      `nodeConfiguration cannot be "${nodeConfiguration}": version ${version} has no such node configuration. Choose ${choice}.`,
    );
  }
}

export class ClusterVersionNotFoundError extends DomainError {
  readonly code = 'catalogue.version_not_found';
  readonly kind = 'not_found';

  constructor(version: string) {
    super(`There is no cluster version "${version}". List the versions to find the right one; letter case matters.`);
  }
}

export class ClusterVersionExistsError extends DomainError {
  readonly code = 'catalogue.version_exists';
  readonly kind = 'conflict';

  constructor(version: string) {
    super(`There is a cluster version "${version}" already. Change that one instead.`);
  }
}

export class ClusterVersionInUseError extends DomainError {
  readonly code = 'catalogue.version_in_use';
  readonly kind = 'conflict';

  constructor(version: string, organizations: readonly string[]) {
    super(
      `Cluster version ${version} cannot be deleted: ${named(organizations)} it. Give them another version first, or disable this one, so that nobody else chooses it.`,
    );
  }
}

export class NodeConfigurationInUseError extends DomainError {
  readonly code = 'catalogue.node_configuration_in_use';
  readonly kind = 'conflict';

  constructor(version: string, configurations: readonly string[], organizations: readonly string[]) {
    super(
      `Version ${version} cannot lose ${configurations.join(', ')}: ${named(organizations)} it. Give them another node configuration first, or leave it in.`,
    );
  }
}

export class PermittedOrganizationUnknownError extends DomainError {
  readonly code = 'catalogue.organization_unknown';
  readonly kind = 'invalid';

  constructor(ids: readonly string[]) {
    super(
      `permittedOrganizationIds: there is no organization ${ids.join(', ')}. List the organizations to find their ids.`,
    );
  }
}

/** What is given as the old bucket has nothing in it that looks like it. */
export class BucketLayoutUnreadableError extends DomainError {
  readonly code = 'catalogue.bucket_unreadable';
  readonly kind = 'invalid';
}

const SHOWN = 10;

function named(organizations: readonly string[]): string {
  const more = organizations.length > SHOWN ? ` and ${organizations.length - SHOWN} more` : '';
  return `${organizations.slice(0, SHOWN).join(', ')}${more} ${organizations.length === 1 ? 'has' : 'have'}`;
}
