import { readdirSync, readFileSync } from 'node:fs';
import { holds } from './actor.js';
import { ALL_PERMISSIONS, isPermission, permissionRule } from './permissions.js';

const MIGRATIONS = new URL('../../../migrations/', import.meta.url);

/** What migrations insert into group_permissions. */
function seededPermissions(): (string | undefined)[] {
  const texts = readdirSync(MIGRATIONS).map((file) => readFileSync(new URL(file, MIGRATIONS), 'utf8'));
  const statements = texts.flatMap((text) => text.match(/INSERT INTO group_permissions[^;]*;/g) ?? []);
  return statements.flatMap((statement) => [...statement.matchAll(/'([a-z]+\.[a-z]+)'/g)].map(([, name]) => name));
}

describe('the permission matrix', () => {
  it('gives PS_Developer in the database what it marks for developers', () => {
    expect(seededPermissions().sort()).toEqual(
      ALL_PERMISSIONS.filter((name) => permissionRule(name).developers).sort(),
    );
  });

  it('names holders inside organizations for permissions of that scope only', () => {
    for (const name of ALL_PERMISSIONS) {
      const { scope, members } = permissionRule(name);
      expect([name, members !== undefined]).toEqual([name, scope === 'organization']);
    }
  });

  it('lets superusers do everything and others what they are given', () => {
    for (const name of ALL_PERMISSIONS) {
      expect(holds({ isSuperuser: true, permissions: [] }, name)).toBe(true);
      expect(holds({ isSuperuser: false, permissions: [] }, name)).toBe(false);
      expect(holds({ isSuperuser: false, permissions: [name] }, name)).toBe(true);
    }
  });

  it('does not take an inherited property for a permission', () => {
    expect(isPermission('constructor')).toBe(false);
    expect(isPermission('runs.view')).toBe(true);
  });
});
