import { derivedId } from './derived-id.js';
import { type SocialAccountRow, type UserRow } from './import-plan.js';
import { type LegacyRecord } from './legacy-record.js';
import { type OldRows, TAKEN } from './old-rows.js';

const TABLE = 'socialaccount_socialaccount';
const MAX_LOGIN_LENGTH = 150;

/** Links to GitHub accounts; an account has one at most, the one used last. */
export function mapSocialAccounts(old: OldRows, users: ReadonlyMap<number, UserRow>): SocialAccountRow[] {
  const links = new Map<number, SocialAccountRow>();
  old.each(TABLE, 'id', (record, row) => {
    const [userId, provider] = [record.integer('user_id'), record.text('provider')];
    if (provider !== 'github' || !users.has(userId)) {
      if (provider !== 'github')
        old.journal.note(
          'warn',
          TABLE,
          row,
          `User ${userId} is linked with ${provider}, which this service does not know.`,
        );
      return provider === 'github' ? 'the user is not there' : 'of another provider';
    }
    const link = toLink(record, row, userId);
    if (link.login === '')
      old.journal.note(
        'warn',
        TABLE,
        row,
        `The GitHub account ${link.uid} of user ${userId} has no login name; it is found by its number, which is enough.`,
      );
    const other = links.get(userId);
    if (!other || (other.last_login_at ?? '') < (link.last_login_at ?? '')) links.set(userId, link);
    if (!other) return TAKEN;
    const message = `User ${userId} is linked with several GitHub accounts; the one used last stays linked.`;
    old.journal.note('warn', TABLE, row, message);
    return 'merged with another one of the same user';
  });
  return [...links.values()];
}

function toLink(record: LegacyRecord, row: string, userId: number): SocialAccountRow {
  return {
    id: derivedId(TABLE, row),
    user_id: userId,
    provider: 'github',
    uid: record.text('uid'),
    login: loginOf(record.json('extra_data')),
    linked_at: record.instant('date_joined').text,
    last_login_at: record.optionalInstant('last_login')?.text ?? null,
  };
}

/** `''` when there is none: in the old system one such row broke everybody's login (contract, B9). */
function loginOf(extraData: unknown): string {
  if (typeof extraData !== 'object' || extraData === null || !('login' in extraData)) return '';
  return typeof extraData.login === 'string' ? extraData.login.slice(0, MAX_LOGIN_LENGTH) : '';
}
