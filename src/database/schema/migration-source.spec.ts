import { type PlannedMigration } from './plan-migrations.js';
import { migrationSources } from './migration-source.js';

const PLANNED: PlannedMigration = {
  name: 'add-notes',
  summary: 'Adds the column a.notes.',
  compat: 'expand',
  isTransactional: true,
  up: ['ALTER TABLE a ADD COLUMN notes text', "COMMENT ON TABLE a IS '`${x}\\'"],
  down: ['ALTER TABLE a DROP COLUMN notes'],
};
const NOW = Date.UTC(2026, 10, 28, 12, 0, 0, 345);

describe('migrationSources', () => {
  it('writes a migration as people do', () => {
    expect(migrationSources([PLANNED], 0, NOW)).toEqual([
      {
        file: '1795867200000-add-notes.ts',
        text: `import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds the column a.notes. */
export class AddNotes1795867200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`
      ALTER TABLE a ADD COLUMN notes text;
      COMMENT ON TABLE a IS '\\\`\\\${x}\\\\';
    \`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(\`
      ALTER TABLE a DROP COLUMN notes;
    \`);
  }
}
`,
      },
    ]);
  });

  it('sends statements alone, and says so, where there is no transaction', () => {
    const [source] = migrationSources([{ ...PLANNED, isTransactional: false, compat: 'contract' }], 0, NOW);
    expect(source?.text).toContain("  readonly compat = 'contract';\n  readonly transaction = false;\n\n  async up");
    expect(source?.text.match(/queryRunner\.query\(/g)).toHaveLength(3);
  });

  it('comes after every other migration, also one of the future, in order', () => {
    const files = migrationSources([PLANNED, { ...PLANNED, name: 'more' }], NOW + 5_000_000, NOW);
    expect(files.map(({ file }) => Number(file.slice(0, 13)) - NOW)).toEqual([5_060_000, 5_120_000]);
  });

  it('breaks a long summary into lines', () => {
    const [source] = migrationSources([{ ...PLANNED, summary: 'Adds the column a.notes. '.repeat(8).trim() }], 0, NOW);
    const lines = source?.text.split('\n') ?? [];
    expect(lines[2]).toBe('/**');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120);
  });
});
