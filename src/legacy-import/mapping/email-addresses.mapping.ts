import { derivedId } from './derived-id.js';
import { type ImportJournal } from './import-journal.js';
import { type EmailAddressRow, type UserRow } from './import-plan.js';
import { type OldRows, TAKEN } from './old-rows.js';

const TABLE = 'account_emailaddress';
const USERS = 'users_user';
/** Enough to be stored and shown; the mail carrier has the last word. */
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

interface OldAddress {
  id: string;
  order: number;
  email: string;
  isVerified: boolean;
  isPrimary: boolean;
}

/**
 * Addresses of all accounts. What makes one the primary one is the old table of addresses, not the profile: profiles
 * could be changed without proof (contract, B27). Sets `email` and `requires_verified_email` of the users.
 */
export function mapEmailAddresses(old: OldRows, users: ReadonlyMap<number, UserRow>): EmailAddressRow[] {
  const byUser = readAddresses(old, users);
  const rows: EmailAddressRow[] = [];
  for (const user of users.values()) {
    const registered = byUser.get(user.id) ?? [];
    // Who registered proves an address before logging in; accounts made by administrators have no rows.
    user.requires_verified_email = registered.length > 0 && !registered.some(({ isVerified }) => isVerified);
    const addresses = withProfileAddress(old.journal, user, registered);
    const [primary] = [...addresses].sort(byPrecedence);
    user.email = primary?.email ?? '';
    rows.push(...addresses.map((address) => toRow(user, address, address === primary)));
    inspectUsername(old.journal, user, addresses);
  }
  return withOneProofEach(old.journal, rows, users);
}

function readAddresses(old: OldRows, users: ReadonlyMap<number, UserRow>): Map<number, OldAddress[]> {
  const byUser = new Map<number, OldAddress[]>();
  old.each(TABLE, 'id', (record, row) => {
    const [userId, email] = [record.integer('user_id'), record.text('email').trim()];
    const isVerified = record.boolean('verified');
    const address = {
      id: derivedId(TABLE, row),
      order: record.integer('id'),
      email,
      isVerified,
      isPrimary: record.boolean('primary'),
    };
    const known = byUser.get(userId) ?? [];
    const twin = known.find((other) => isSame(other.email, email));
    if (!users.has(userId)) return 'the user is not there';
    if (!ADDRESS.test(email)) {
      old.journal.note(
        'warn',
        TABLE,
        row,
        `"${email.slice(0, 60)}" of user ${userId} is no e-mail address and stays behind.`,
      );
      return 'no e-mail address';
    }
    if (twin) {
      twin.isVerified ||= address.isVerified;
      twin.isPrimary ||= address.isPrimary;
      return 'merged with the same address of the same user';
    }
    byUser.set(userId, [...known, address]);
    return TAKEN;
  });
  return byUser;
}

/** The address of the profile, when the table of addresses does not have it; unproven. */
function withProfileAddress(journal: ImportJournal, user: UserRow, registered: OldAddress[]): OldAddress[] {
  const email = user.email.trim();
  if (email === '' || registered.some((address) => isSame(address.email, email))) return registered;
  const row = String(user.id);
  if (!ADDRESS.test(email)) {
    journal.note(
      'warn',
      USERS,
      row,
      `"${email.slice(0, 60)}" of ${user.username} is no e-mail address and stays behind.`,
    );
    return registered;
  }
  journal.note(
    registered.length > 0 ? 'warn' : 'info',
    USERS,
    row,
    registered.length > 0
      ? `The profile of ${user.username} has another address than ${TABLE}; it is added as one that is not verified.`
      : `The address of ${user.username} was never verified; it is taken over as it is.`,
  );
  const address = { id: derivedId(`${USERS}.email`, user.id), order: Number.MAX_SAFE_INTEGER, email };
  return [...registered, { ...address, isVerified: false, isPrimary: false }];
}

function byPrecedence(left: OldAddress, right: OldAddress): number {
  return (
    Number(right.isPrimary) - Number(left.isPrimary) ||
    Number(right.isVerified) - Number(left.isVerified) ||
    left.order - right.order
  );
}

function toRow(user: UserRow, { id, email, isVerified }: OldAddress, isPrimary: boolean): EmailAddressRow {
  // The old system does not say when; not before there was the account.
  const verified_at = isVerified ? user.created_at : null;
  return { id, user_id: user.id, email, is_primary: isPrimary, verified_at, created_at: user.created_at };
}

/** A verified address belongs to one account: the oldest active one of those that verified it keeps the proof. */
function withOneProofEach(
  journal: ImportJournal,
  rows: readonly EmailAddressRow[],
  users: ReadonlyMap<number, UserRow>,
): EmailAddressRow[] {
  const rank = ({ user_id }: EmailAddressRow): number =>
    user_id + (users.get(user_id)?.is_active ? 0 : Number.MAX_SAFE_INTEGER / 2);
  const owners = new Map<string, number>();
  for (const row of [...rows].sort((left, right) => rank(left) - rank(right))) {
    if (row.verified_at !== null && !owners.has(row.email.toLowerCase()))
      owners.set(row.email.toLowerCase(), row.user_id);
  }
  return rows.map((row) => {
    const owner = owners.get(row.email.toLowerCase());
    if (row.verified_at === null || owner === row.user_id) return row;
    journal.note(
      'warn',
      TABLE,
      null,
      `Users ${owner ?? '?'} and ${row.user_id} have both verified the same address; only ${owner ?? '?'} keeps it as verified.`,
    );
    return { ...row, verified_at: null };
  });
}

/** Owners see usernames, and would take this account for the person whose address its name is. */
function inspectUsername(journal: ImportJournal, { id, username }: UserRow, addresses: readonly OldAddress[]): void {
  if (!ADDRESS.test(username) || addresses.some(({ email }) => isSame(email, username))) return;
  journal.note(
    'warn',
    USERS,
    String(id),
    `The username ${username} is an e-mail address that is not one of the account's.`,
  );
}

function isSame(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
