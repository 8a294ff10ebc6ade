import { loadBuild } from '../migrator/migration-files.js';
import { previewSql } from '../migrator/sql-preview.js';
import { expandBreaks, splitStatements } from './expand-rules.js';

/** The newest migration that was written before these rules were. */
const RULES_HOLD_AFTER = 1_795_516_000_000;

const rulesBroken = (...statements: string[]): string[] =>
  expandBreaks([{ name: 'One', compat: 'expand', statements: splitStatements(statements.join(';\n')) }]).map(
    ({ rule }) => rule,
  );

describe('migrations of this build', () => {
  it('that say expand leave the release before working', async () => {
    const migrations = (await loadBuild()).filter(({ timestamp }) => timestamp > RULES_HOLD_AFTER);
    const linted = await Promise.all(
      migrations.map(async (migration) => ({
        name: migration.name,
        compat: migration.compat,
        statements: splitStatements(await previewSql(migration, 'up')),
      })),
    );
    expect(expandBreaks(linted)).toEqual([]);
  });

  it('from before the rules would break some, so that the rules are known to work on real ones', async () => {
    const old = (await loadBuild()).find(({ name }) => name === 'AddRunLogPositions1795503600000')!;
    const statements = splitStatements(await previewSql(old, 'up'));
    const broken = expandBreaks([{ name: old.name, compat: 'expand', statements }]).map(({ rule }) => rule);
    expect(broken).toEqual(['index', 'drop']);
  });
});

describe('expandBreaks', () => {
  it.each([
    ['drop', 'DROP TABLE users'],
    ['drop', 'ALTER TABLE users DROP COLUMN name'],
    ['drop', 'ALTER TABLE users DROP CONSTRAINT ck'],
    ['drop', 'DROP INDEX CONCURRENTLY IF EXISTS ix_users'],
    ['rename', 'ALTER TABLE users RENAME COLUMN a TO b'],
    ['type', 'ALTER TABLE users ALTER COLUMN a TYPE text'],
    ['type', 'ALTER TABLE users ALTER a SET DATA TYPE text'],
    ['not-null', 'ALTER TABLE users ALTER COLUMN a SET NOT NULL'],
    ['required-column', 'ALTER TABLE users ADD COLUMN a text NOT NULL'],
    ['required-column', "ALTER TABLE users ADD COLUMN a text DEFAULT 'x', ADD COLUMN b text NOT NULL"],
    ['index', 'CREATE UNIQUE INDEX uq ON users (a)'],
  ])('finds %s in %s', (rule, statement) => {
    expect(rulesBroken(statement)).toEqual([rule]);
  });

  it.each([
    'ALTER TABLE users ADD COLUMN a text',
    "ALTER TABLE users ADD COLUMN a text NOT NULL DEFAULT 'DROP TABLE users'",
    'ALTER TABLE users ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY NOT NULL',
    'ALTER TABLE users ALTER COLUMN a DROP NOT NULL',
    'ALTER TABLE users ALTER COLUMN a DROP DEFAULT',
    'ALTER TABLE users ADD CONSTRAINT ck CHECK (a > 0) NOT VALID',
    'DROP INDEX CONCURRENTLY IF EXISTS ix; CREATE INDEX CONCURRENTLY ix ON users (a)',
    'CREATE TABLE t (a text NOT NULL); CREATE INDEX ix ON t (a); ALTER TABLE t ALTER COLUMN a TYPE varchar(3)',
    'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $f$ BEGIN DROP TABLE users; END $f$',
    '-- expand-ok: it was never used\nDROP TABLE users',
  ])('finds nothing in %s', (statement) => {
    expect(rulesBroken(statement)).toEqual([]);
  });

  it('takes a reason for one statement only, and no excuse without one', () => {
    expect(rulesBroken('-- expand-ok: never used\nDROP TABLE a', 'DROP TABLE b')).toEqual(['drop']);
    expect(rulesBroken('-- expand-ok:\nDROP TABLE a')).toEqual(['drop']);
  });

  it('allows NOT NULL once a CHECK of the migration before is validated, and not before', () => {
    const check = 'ALTER TABLE users ADD CONSTRAINT ck CHECK (a IS NOT NULL) NOT VALID';
    const set = 'ALTER TABLE users ALTER COLUMN a SET NOT NULL';
    const validate = 'ALTER TABLE users VALIDATE CONSTRAINT ck';
    const second = (...statements: string[]) =>
      expandBreaks([
        { name: 'One', compat: 'expand', statements: [check] },
        { name: 'Two', compat: 'expand', statements },
      ]).map(({ rule, migration }) => `${migration} ${rule}`);
    expect(second(validate, set)).toEqual([]);
    expect(second(set, validate)).toEqual(['Two not-null']);
  });

  it('leaves contract and breaking migrations alone', () => {
    expect(expandBreaks([{ name: 'One', compat: 'contract', statements: ['DROP TABLE users'] }])).toEqual([]);
  });
});

describe('splitStatements', () => {
  it('parts statements, not texts, bodies or comments', () => {
    const text = "SELECT ';'; -- a; b\nSELECT 1;\n$f$ a; b $f$;;  SELECT $1 - 2";
    expect(splitStatements(text)).toEqual(["SELECT ';'", '-- a; b\nSELECT 1', '$f$ a; b $f$', 'SELECT $1 - 2']);
  });
});
