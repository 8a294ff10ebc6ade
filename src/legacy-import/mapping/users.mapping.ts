import { USERNAME } from '../../users/users.types.js';
import { type UserRow } from './import-plan.js';
import { type LegacyRecord } from './legacy-record.js';
import { newNames } from './new-names.js';
import { type OldRows, TAKEN } from './old-rows.js';

const TABLE = 'users_user';
/** Ids are Postgres integers here, and bigints there. */
export const MAX_USER_ID = 2_147_483_647;
const DJANGO_HASH = /^pbkdf2_sha256\$[1-9]\d{0,7}\$[^$]+\$[A-Za-z0-9+/]{43}=$/;

/** Accounts with their ids and password hashes; addresses are given to them afterwards. */
export function mapUsers(old: OldRows, renames: ReadonlyMap<string, string>): Map<number, UserRow> {
  const users: UserRow[] = [];
  old.each(TABLE, 'id', (record, row) => {
    const id = record.integer('id');
    if (id < 1 || id > MAX_USER_ID) {
      old.journal.note('refuse', TABLE, row, `Ids of users are 1 to ${MAX_USER_ID} here.`);
      return 'id out of range';
    }
    users.push(toUser(record, id));
    inspectPassword(old, row, record);
    return TAKEN;
  });
  const rule = 'it has 1 to 150 letters, digits or any of @ . + - _ and nothing else';
  const named = users.map(({ id, username }) => ({ id, name: username }));
  const naming = { table: TABLE, option: '--rename-user' as const, kind: 'user' as const, rule };
  const names = newNames(named, renames, { ...naming, isAllowed: (name) => USERNAME.test(name) }, old.journal);
  return new Map(users.map((user) => [user.id, { ...user, username: names.get(user.id) ?? user.username }]));
}

function toUser(record: LegacyRecord, id: number): UserRow {
  return {
    id,
    username: record.text('username'),
    email: record.text('email'),
    first_name: record.optional('first_name') ?? '',
    last_name: record.optional('last_name') ?? '',
    password_hash: record.text('password'),
    is_active: record.boolean('is_active'),
    is_staff: record.boolean('is_staff'),
    is_superuser: record.boolean('is_superuser'),
    created_at: record.instant('date_joined').text,
    last_login_at: record.optionalInstant('last_login')?.text ?? null,
    requires_verified_email: false,
  };
}

/** The hash is taken over whatever it is; one this service cannot check opens nothing. */
function inspectPassword({ journal }: OldRows, row: string, record: LegacyRecord): void {
  const hash = record.text('password');
  if (DJANGO_HASH.test(hash)) return;
  const isNone = hash === '' || hash.startsWith('!');
  journal.note(
    isNone ? 'info' : 'warn',
    TABLE,
    row,
    isNone
      ? `${record.text('username')} has no password and logs in with GitHub, or sets one by mail.`
      : `The password of ${record.text('username')} is hashed in a way this service cannot check; a new one can be set by mail.`,
  );
}
