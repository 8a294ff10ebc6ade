import { type ImportOptions } from '../legacy-import.types.js';
import { type LegacyTable } from '../source/legacy-source.js';
import { mapCapacityRequests, mapClusters } from './clusters.mapping.js';
import { mapEmailAddresses } from './email-addresses.mapping.js';
import { mapGroups } from './groups.mapping.js';
import { type ImportJournal } from './import-journal.js';
import { type ImportPlan } from './import-plan.js';
import { mapMemberships } from './memberships.mapping.js';
import { inspectSchema } from './old-schema.js';
import { OldRows } from './old-rows.js';
import { mapOrganizations } from './organizations.mapping.js';
import { mapSocialAccounts } from './social-accounts.mapping.js';
import { mapRevokedTokens } from './tokens.mapping.js';
import { mapUsers } from './users.mapping.js';

export interface PlanContext {
  options: Pick<ImportOptions, 'target' | 'organizationNames' | 'usernames' | 'ignored'>;
  now: Date;
  /** Whether a token bears the signature of this service's secret. */
  isSigned: (token: string) => boolean;
}

/**
 * What the old rows become here, and in the journal everything there is to say about them. Pure: the same tables, options
 * and time give the same plan. Null when the schema is refused.
 */
export function planImport(
  tables: readonly LegacyTable[],
  { options, now, isSigned }: PlanContext,
  journal: ImportJournal,
): ImportPlan | null {
  for (const { severity, table, message } of inspectSchema(tables, options.ignored))
    journal.note(severity, table, null, message);
  // Of a schema that is not understood, what its rows seem to say means nothing.
  if (journal.isRefused()) return null;
  const old = new OldRows(tables, journal);
  const users = mapUsers(old, options.usernames);
  const emailAddresses = mapEmailAddresses(old, users);
  const { organizations, balances, remembered } = mapOrganizations(old, options.organizationNames, options.target);
  const { groups, userGroups, administrators } = mapGroups(old, users, organizations);
  return {
    groups,
    users: [...users.values()],
    emailAddresses,
    userGroups,
    organizations: [...organizations.values()].map(({ row }) => row),
    memberships: mapMemberships(old, users, organizations, administrators),
    clusters: mapClusters(old, organizations),
    capacityRequests: mapCapacityRequests(old, users, organizations, now),
    revokedTokens: mapRevokedTokens(old, users, now, isSigned),
    socialAccounts: mapSocialAccounts(old, users),
    balances,
    remembered,
  };
}
