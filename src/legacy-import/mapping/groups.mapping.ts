import { type UserGroupRow, type UserRow } from './import-plan.js';
import { type OldRows, TAKEN } from './old-rows.js';
import { type ImportedOrganization } from './organizations.mapping.js';

const GROUPS = 'auth_group';
const MEMBERS = 'users_user_groups';
const ADMINS = /^(.+)_Admin$/;

export interface ImportedGroups {
  groups: { name: string }[];
  userGroups: UserGroupRow[];
  /** Who was in the group that administers an organization. */
  administrators: { organizationId: string; userId: number }[];
}

/** Groups stay groups, but for `<organization>_Admin`: its members become owners of that organization. */
export function mapGroups(
  old: OldRows,
  users: ReadonlyMap<number, UserRow>,
  organizations: ReadonlyMap<string, ImportedOrganization>,
): ImportedGroups {
  const names = new Map<number, string>();
  const administered = new Map<number, string[]>();
  old.each(GROUPS, 'id', (record, row) => {
    const [id, name] = [record.integer('id'), record.text('name')];
    const ids = organizationsOf(name, organizations);
    names.set(id, name);
    if (ids.length === 0) {
      if (ADMINS.test(name))
        old.journal.note(
          'warn',
          GROUPS,
          row,
          `There is no organization for the group ${name}; it gives no rights here.`,
        );
      return TAKEN;
    }
    administered.set(id, ids);
    old.journal.note(
      'info',
      GROUPS,
      row,
      `The members of ${name} become owners of the organization; the group itself is not needed.`,
    );
    return 'became ownership of an organization';
  });
  const imported: ImportedGroups = {
    groups: [...names].filter(([id]) => !administered.has(id)).map(([, name]) => ({ name })),
    userGroups: [],
    administrators: [],
  };
  old.each(MEMBERS, 'id', (record) => {
    const [userId, groupId] = [record.integer('user_id'), record.integer('group_id')];
    const group = names.get(groupId);
    if (!users.has(userId) || group === undefined) return 'the user or the group is not there';
    const ids = administered.get(groupId);
    if (ids) imported.administrators.push(...ids.map((organizationId) => ({ organizationId, userId })));
    else imported.userGroups.push({ user_id: userId, group });
    return TAKEN;
  });
  return imported;
}

/** By the old name, which need not have been unique. */
function organizationsOf(group: string, organizations: ReadonlyMap<string, ImportedOrganization>): string[] {
  const name = ADMINS.exec(group)?.[1];
  return [...organizations.values()].filter(({ oldName }) => oldName === name).map(({ row }) => row.id);
}
