import { readFileSync } from 'node:fs';
import { holds } from './actor.js';
import { ALL_PERMISSIONS, isPermission, permissionRule } from './permissions.js';

const MIGRATION = new URL('../../../migrations/1795500000000-create-permissions.ts', import.meta.url);

describe('the permission matrix', () => {
  it('gives PS_Developer in the database what it marks for developers', () => {
    const seeded = [...readFileSync(MIGRATION, 'utf8').matchAll(/\('([a-z.]+)'\)/g)].map(([, name]) => name);
    expect(seeded.sort()).toEqual(ALL_PERMISSIONS.filter((name) => permissionRule(name).developers).sort());
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
