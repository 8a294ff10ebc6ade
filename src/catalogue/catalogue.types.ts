/** Names become tags of images, names of machine images, and paths. */
export const CLUSTER_VERSION_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,15}$/;
export const NODE_CONFIGURATION_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

/** What a cluster is built of, as an organization chooses it. */
export interface ClusterChoice {
  clusterVersion: string;
  /** Variant of the version's nodes; null for the usual ones, which every version has. */
  nodeConfiguration: string | null;
}

/** A version an organization may choose. */
export interface OfferedVersion {
  name: string;
  description: string;
  /** By name; the usual nodes have none. */
  nodeConfigurations: string[];
}

/** A version as administrators see it. */
export interface ClusterVersion extends OfferedVersion {
  /** Organizations that have a disabled version keep it; nobody can choose it. */
  isEnabled: boolean;
  /** Who may choose it; null for everybody, empty for nobody. */
  permittedOrganizations: { id: string; name: string }[] | null;
  /** How many organizations have it. */
  organizationCount: number;
  createdAt: Date;
  updatedAt: Date;
}

/** What administrators decide about a version. */
export interface VersionSettings {
  isEnabled: boolean;
  description: string;
  /** All of them. */
  nodeConfigurations: readonly string[];
  /** Null for everybody. */
  permittedOrganizationIds: readonly string[] | null;
}

/** What is not given stays. */
export type VersionChange = { [Name in keyof VersionSettings]?: VersionSettings[Name] | undefined };

/** Where the old system keeps versions in its bucket. */
export const BUCKET_PREFIX = 'prov-sys/cluster_tf_versions/';

/** Where they are read. */
export type BucketLocation = { directory: string } | { bucket: string; prefix: string; region: string };

/** What an import did to one version, and how it is now. */
export interface ImportedVersion {
  name: string;
  change: 'added' | 'changed' | 'unchanged';
  nodeConfigurations: string[];
  /** Names; null for everybody. */
  permittedOrganizations: string[] | null;
}

export interface CatalogueImportReport {
  source: string;
  /** `dry_run`: nothing was stored, and this is what an import would do. */
  outcome: 'imported' | 'dry_run';
  /** Newest first. */
  versions: ImportedVersion[];
  /** Versions of the catalogue that are not in the source. */
  onlyHere: string[];
  warnings: string[];
}
