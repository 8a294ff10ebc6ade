import { derivedId } from './derived-id.js';
import { type MembershipRow, type UserRow } from './import-plan.js';
import { type Instant, type LegacyRecord } from './legacy-record.js';
import { type OldRows, TAKEN } from './old-rows.js';
import { type ImportedOrganization } from './organizations.mapping.js';

const TABLE = 'users_membership';
const ORGANIZATIONS = 'users_orgaccount';
/** The old system sets the dates of a new row one after another. */
const SAME_MOMENT_MS = 2000;

interface Ownership {
  organizationId: string;
  userId: number;
}

/**
 * One membership per user and organization. Owners and members of `<organization>_Admin` groups become active owners,
 * for the old site let them manage the organization whatever their membership was (contract, section 4).
 */
export function mapMemberships(
  old: OldRows,
  users: ReadonlyMap<number, UserRow>,
  organizations: ReadonlyMap<string, ImportedOrganization>,
  administrators: readonly Ownership[],
): MembershipRow[] {
  const memberships = readMemberships(old, users, organizations);
  for (const { row, ownerId } of organizations.values()) {
    if (ownerId === null) continue;
    const owner = users.get(ownerId);
    if (!owner)
      old.journal.note('warn', ORGANIZATIONS, row.id, `${row.name}: its owner, user ${ownerId}, is not there.`);
    else {
      if (!owner.is_active)
        old.journal.note(
          'warn',
          ORGANIZATIONS,
          row.id,
          `${row.name}: the account of its owner ${owner.username} is disabled. Make another member an owner.`,
        );
      promote(old, memberships, row, owner);
    }
  }
  for (const { organizationId, userId } of administrators) {
    const [organization, user] = [organizations.get(organizationId), users.get(userId)];
    if (organization && user) promote(old, memberships, organization.row, user);
  }
  return [...memberships.values()];
}

function readMemberships(
  old: OldRows,
  users: ReadonlyMap<number, UserRow>,
  organizations: ReadonlyMap<string, ImportedOrganization>,
): Map<string, MembershipRow> {
  const memberships = new Map<string, MembershipRow>();
  old.each(TABLE, 'id', (record, row) => {
    const [userId, organizationId] = [record.optionalInteger('user_id'), record.optionalUuid('org_id')];
    if (userId === null || organizationId === null) {
      old.journal.note(
        'warn',
        TABLE,
        row,
        `The membership has no ${userId === null ? 'user' : 'organization'} and stays behind.`,
      );
      return 'without user or organization';
    }
    if (!users.has(userId) || !organizations.has(organizationId)) {
      old.journal.note('warn', TABLE, row, 'Its user or organization is not there; it stays behind.');
      return 'the user or the organization is not there';
    }
    const read = toMembership(record, organizationId, userId);
    const key = keyOf(read);
    const twin = memberships.get(key);
    memberships.set(key, twin ? better(twin, read) : read);
    if (record.boolean('delete_requested', false))
      old.journal.note(
        'warn',
        TABLE,
        row,
        `User ${userId} asked for the end of this membership, which nobody did; end it if it should.`,
      );
    if (!twin) return TAKEN;
    const message = `User ${userId} has several memberships of one organization; ${better(twin, read).status} is what counts.`;
    old.journal.note('warn', TABLE, row, message);
    return 'merged with another one of the same user and organization';
  });
  return memberships;
}

function toMembership(record: LegacyRecord, organizationId: string, userId: number): MembershipRow {
  const [created, activated] = [record.optionalInstant('creation_date'), record.optionalInstant('activation_date')];
  const status = statusOf(record.boolean('active'), created, activated, record.optionalInstant('modified_date'));
  return {
    id: record.uuid('id'),
    organization_id: organizationId,
    user_id: userId,
    role: 'member',
    status,
    activated_at: status === 'pending' ? null : (activated?.text ?? null),
    created_at: created?.text ?? activated?.text ?? EPOCH,
  };
}

const EPOCH = '1970-01-01T00:00:00Z';

/**
 * The old system does not tell who waits from who was shut out. Only a membership nobody has touched since it was asked
 * for waits; in doubt it is inactive, which owners alone can change.
 */
function statusOf(
  isActive: boolean,
  created: Instant | null,
  activated: Instant | null,
  modified: Instant | null,
): MembershipRow['status'] {
  if (isActive) return 'active';
  if (!created || !activated || !modified) return 'inactive';
  const isUntouched = [activated, modified].every(
    ({ milliseconds }) => Math.abs(milliseconds - created.milliseconds) < SAME_MOMENT_MS,
  );
  return isUntouched ? 'pending' : 'inactive';
}

/** Active wins; then the one that says that an owner has decided; then the older one. */
function better(left: MembershipRow, right: MembershipRow): MembershipRow {
  const rank = ({ status }: MembershipRow): number => ['active', 'inactive', 'pending'].indexOf(status);
  if (rank(left) !== rank(right)) return rank(left) < rank(right) ? left : right;
  return left.created_at <= right.created_at ? left : right;
}

function promote(
  old: OldRows,
  memberships: Map<string, MembershipRow>,
  organization: { id: string; name: string; created_at: string },
  user: UserRow,
): void {
  const [organization_id, user_id] = [organization.id, user.id];
  const present = memberships.get(keyOf({ organization_id, user_id }));
  if (present?.status !== 'active') {
    const had = present ? `a membership that was ${present.status}` : 'no membership';
    old.journal.note(
      'warn',
      TABLE,
      present?.id ?? null,
      `${user.username} manages ${organization.name} and had ${had}; it is an active owner here.`,
    );
  }
  const id = derivedId('owner', `${organization_id}/${user_id}`);
  const created = {
    id,
    organization_id,
    user_id,
    activated_at: organization.created_at,
    created_at: organization.created_at,
  };
  memberships.set(keyOf({ organization_id, user_id }), {
    ...created,
    ...present,
    activated_at: present?.activated_at ?? organization.created_at,
    role: 'owner',
    status: 'active',
  });
}

function keyOf({ organization_id, user_id }: Pick<MembershipRow, 'organization_id' | 'user_id'>): string {
  return `${organization_id}/${user_id}`;
}
