import fc from 'fast-check';
import { applyDifferences, catalogs, column, EMPTY, sorted, table } from '../../../test/support/catalogs.js';
import { type Catalog } from './catalog.types.js';
import { diffCatalogs } from './diff-catalogs.js';
import { planMigrations } from './plan-migrations.js';
import { applyRename } from './renames.js';

describe('diffCatalogs', () => {
  it('finds nothing between a catalog and itself', () => {
    fc.assert(
      fc.property(catalogs, (catalog) => {
        expect(diffCatalogs(catalog, JSON.parse(JSON.stringify(catalog)) as Catalog)).toEqual([]);
      }),
    );
  });

  it('finds what makes one catalog the other, in an order in which it can be done', () => {
    fc.assert(
      fc.property(catalogs, catalogs, (declared, actual) => {
        expect(sorted(applyDifferences(actual, diffCatalogs(declared, actual)))).toEqual(sorted(declared));
      }),
      { numRuns: 500 },
    );
  });

  it('finds the way back', () => {
    fc.assert(
      fc.property(catalogs, catalogs, (declared, actual) => {
        const there = applyDifferences(actual, diffCatalogs(declared, actual));
        expect(sorted(applyDifferences(there, diffCatalogs(actual, there)))).toEqual(sorted(actual));
      }),
    );
  });

  it('leads to migrations with statements both ways, whatever differs', () => {
    fc.assert(
      fc.property(catalogs, catalogs, (declared, actual) => {
        const differences = diffCatalogs(declared, actual);
        const planned = planMigrations('change', differences, new Map());
        expect(planned.length === 0).toBe(differences.length === 0);
        for (const { up, down, name } of planned) {
          expect([up.length, down.length]).not.toContain(0);
          expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        }
        expect(new Set(planned.map(({ name }) => name)).size).toBe(planned.length);
      }),
    );
  });

  it('takes another order of columns for no difference', () => {
    const [one, other] = [table('a', column('x'), column('y')), table('a', column('y'), column('x'))];
    expect(diffCatalogs({ ...EMPTY, tables: [one] }, { ...EMPTY, tables: [other] })).toEqual([]);
  });

  it('tells what it does not know, on either side, and leaves alone the extensions of others', () => {
    const view = { kind: 'view', name: 'v' };
    expect(diffCatalogs({ ...EMPTY, others: [view] }, EMPTY)).toEqual([
      { kind: 'other', object: view, isDeclared: true },
    ]);
    expect(diffCatalogs(EMPTY, { ...EMPTY, others: [view] })).toEqual([
      { kind: 'other', object: view, isDeclared: false },
    ]);
    expect(diffCatalogs(EMPTY, { ...EMPTY, extensions: ['pg_stat_statements'] })).toEqual([]);
    expect(diffCatalogs({ ...EMPTY, extensions: ['citext'] }, EMPTY)).toEqual([
      { kind: 'add extension', name: 'citext' },
    ]);
  });
});

describe('applyRename', () => {
  it('writes the new name wherever the old one is, and not within other words or texts', () => {
    const actual = {
      ...EMPTY,
      tables: [table('runs', column('kind'), column('kinds'))],
      constraints: [
        {
          table: 'runs',
          name: 'ck_kind',
          kind: 'check' as const,
          definition: "CHECK (kind <> 'kind' AND kinds > 0)",
          isValidated: true,
        },
      ],
      comments: [{ target: 'COLUMN runs.kind', text: 'what' }],
    };
    const { tables, constraints, comments } = applyRename(actual, {
      kind: 'rename column',
      table: 'runs',
      from: 'kind',
      to: 'sort',
    });
    expect(tables[0]?.columns.map(({ name }) => name)).toEqual(['sort', 'kinds']);
    expect(constraints[0]?.definition).toBe("CHECK (sort <> 'kind' AND kinds > 0)");
    expect(comments).toEqual([{ target: 'COLUMN runs.sort', text: 'what' }]);
  });
});
