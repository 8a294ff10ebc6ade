import { type Role } from './machines.js';

/**
 * Texts of a cluster that the old system deployed, taken over word for word, so that a plan changes nothing.
 *
 * The old stack and this one agree on resources, addresses and settings. They cannot agree on texts: boot scripts,
 * compose files and policies of the old system are its own, and each version of it had others. Ignoring changes of
 * these attributes would give an empty plan as well, but would hide every later change, ours included. So the texts are
 * inputs.
 *
 * Boot scripts and compose files belong to the version they were made for, so they hold as long as the version and
 * `isPublic` stay. A new version replaces the machines anyway (it has another image), and they then boot with our
 * scripts. Policies and the tag hold until the cluster is destroyed; after that, drop everything.
 *
 * No text holds a secret: `readAdoptedContents` puts marks in their places.
 */
export interface AdoptedContents {
  /** What boot scripts and compose files were made for. */
  madeFor: { clusterVersion: string; isPublic: boolean };
  /** User data, decoded, with a `secretMark` for each secret. That of nodes has none. */
  userData: Readonly<Record<Role, string>>;
  composeFiles: Readonly<Record<Role, string>>;
  policies: { assumeRole: string; s3: string; ec2: string };
  terraformBasePath: string;
}
