import fc from 'fast-check';
import { assess, settled, truthOf, unfinished } from './history-rules.js';
import { type AuditRow, type Compat, COMPATS, type Migration, type MigrationHistory } from './migration.types.js';

const FIRST = 1_795_478_400_000;

function migration(place: number, compat: Compat = 'expand'): Migration {
  const timestamp = FIRST + place;
  return {
    name: `Step${timestamp}`,
    timestamp,
    file: null,
    sha256: String(place % 10).repeat(64),
    compat,
    isTransactional: true,
    statementTimeoutSeconds: 600,
    create: () => ({ up: () => Promise.resolve(), down: () => Promise.resolve() }),
  };
}

function rowOf({ name, sha256, compat, isTransactional }: Migration, finishedAt: Date | null = new Date(0)): AuditRow {
  const [startedAt, durationMs] = [new Date(0), 1];
  return {
    name,
    sha256,
    compat,
    isTransactional,
    startedAt,
    finishedAt,
    durationMs,
    appVersion: '1',
    executedBy: 'me',
    output: '',
  };
}

function historyOf(applied: readonly Migration[]): MigrationHistory {
  return {
    applied: applied.map(({ name, timestamp }) => ({ name, timestamp })),
    audit: applied.map((one) => rowOf(one)),
  };
}

const kinds = (
  build: readonly Migration[],
  history: MigrationHistory,
  allowances?: Parameters<typeof assess>[2],
): string[] => assess(build, history, allowances).problems.map(({ kind }) => kind);

const places = fc.uniqueArray(fc.nat(200), { minLength: 1, maxLength: 20 }).map((all) => all.sort((a, b) => a - b));
const migrations = places.chain((all) =>
  fc.tuple(...all.map((place) => fc.constantFrom(...COMPATS).map((compat) => migration(place, compat)))),
);

describe('assess', () => {
  it('finds nothing wrong when the first ones are applied, and all others pending in order', () => {
    fc.assert(
      fc.property(migrations, fc.nat(20), (build, count) => {
        const found = assess(build, historyOf(build.slice(0, count)));
        expect(found).toEqual({ pending: build.slice(count), unknown: [], problems: [], overridden: [] });
      }),
    );
  });

  it('finds an order problem exactly when something applied is newer than something pending', () => {
    fc.assert(
      fc.property(migrations, fc.infiniteStream(fc.boolean()), (build, coin) => {
        const applied = build.filter(() => coin.next().value as boolean);
        const pending = build.filter((one) => !applied.includes(one));
        const isLate = pending.some((one) => applied.some((other) => other.timestamp > one.timestamp));
        expect(kinds(build, historyOf(applied))).toEqual(isLate ? ['history'] : []);
        const allowances = { isOutOfOrderAllowed: true, isAheadAllowed: false, acceptedChecksums: [] };
        expect(kinds(build, historyOf(applied), allowances)).toEqual([]);
      }),
    );
  });

  it('lets an older build start exactly when everything newer is recorded as an expansion', () => {
    fc.assert(
      fc.property(migrations, fc.nat(20), (all, count) => {
        const [build, newer] = [all.slice(0, count), all.slice(count)];
        const isHarmless = newer.every(({ compat }) => compat === 'expand');
        expect(kinds(build, historyOf(all))).toEqual(isHarmless ? [] : ['databaseAhead']);
        const allowances = { isOutOfOrderAllowed: false, isAheadAllowed: true, acceptedChecksums: [] };
        expect(kinds(build, historyOf(all), allowances)).toEqual([]);
      }),
    );
  });

  it('takes what is not recorded of a newer build for harmful', () => {
    const all = [migration(1), migration(2)];
    const history = historyOf(all);
    expect(kinds(all.slice(0, 1), { ...history, audit: history.audit.slice(0, 1) })).toEqual(['databaseAhead']);
  });

  it('names every changed source, and forgives those that are accepted', () => {
    fc.assert(
      fc.property(migrations, fc.infiniteStream(fc.boolean()), (build, coin) => {
        const after = build.map((one) => (coin.next().value ? { ...one, sha256: 'f'.repeat(64) } : one));
        const names = after.filter((one) => !build.includes(one)).map(({ name }) => name);
        expect(assess(after, historyOf(build)).problems.flatMap((problem) => problem.names)).toEqual(names);
        const acceptedChecksums = names.slice(1);
        const allowances = { isOutOfOrderAllowed: false, isAheadAllowed: false, acceptedChecksums };
        const found = assess(after, historyOf(build), allowances);
        expect(found.problems.flatMap((problem) => problem.names)).toEqual(names.slice(0, 1));
        expect(found.overridden.flatMap((problem) => problem.names)).toEqual(acceptedChecksums);
      }),
    );
  });

  it('does not compare a source nobody knows', () => {
    const [one] = [migration(1)];
    expect(kinds([{ ...one, sha256: null }], historyOf([one]))).toEqual([]);
    const history = historyOf([one]);
    expect(kinds([one], { ...history, audit: [{ ...rowOf(one), sha256: null }] })).toEqual([]);
  });

  it('puts what may be half done before everything else, and allows it never', () => {
    const build = [migration(1), migration(2)];
    const history = { applied: [], audit: [rowOf({ ...build[1]!, isTransactional: false }, null)] };
    const allowances = { isOutOfOrderAllowed: true, isAheadAllowed: true, acceptedChecksums: [build[1]!.name] };
    expect(kinds(build, history, allowances)).toEqual(['dirty']);
  });

  it('refuses a row that is there twice', () => {
    const one = migration(1);
    expect(kinds([one], historyOf([one, one]))).toEqual(['history']);
  });
});

describe('what became of an unfinished migration', () => {
  it('is told by the row of its own transaction, and unclear without one', () => {
    const [one, two] = [migration(1), migration(2)];
    const history = historyOf([one]);
    expect(truthOf(one, history)).toBe('applied');
    expect(truthOf(two, history)).toBe('nothing');
    expect(truthOf({ ...one, isTransactional: false }, history)).toBe('unclear');
    expect(truthOf({ ...two, isTransactional: false }, history)).toBe('unclear');
  });

  it('is settled for all but those that are unclear, and settled once', () => {
    fc.assert(
      fc.property(migrations, fc.infiniteStream(fc.boolean()), (build, coin) => {
        const flip = (): boolean => coin.next().value as boolean;
        const applied = build.filter(flip);
        const audit = build
          .filter(flip)
          .map((one) => rowOf({ ...one, isTransactional: flip() }, flip() ? new Date(0) : null));
        const history = { ...historyOf(applied), audit };
        const after = settled(history);
        expect(unfinished(after)).toEqual(unfinished(history).filter(({ isTransactional }) => !isTransactional));
        expect(settled(after)).toEqual(after);
        expect(after.applied).toEqual(history.applied);
      }),
    );
  });
});
