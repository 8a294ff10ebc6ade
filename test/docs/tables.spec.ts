import { createRequire } from 'node:module';
import {
  ACTIVE_STATUSES,
  canTransition,
  type RunStatus,
  TERMINAL_STATUSES,
} from '../../src/provisioning/runs/run-status.js';
import {
  THROTTLE_RULES,
  type ThrottleLimit,
  throttleRule,
  type ThrottleRuleName,
} from '../../src/throttling/throttling.types.js';
import { repository } from './repository.js';

const require = createRequire(import.meta.url);
const architecture = repository.document('docs/architecture.md');

/** First two cells of every row. */
function pairs(table: string[][]): Record<string, string> {
  return Object.fromEntries(table.map(([first = '', second = '']) => [first, second]));
}

/** Everything the pattern's first group finds in files that `isWanted`. */
function found(isWanted: (file: string) => boolean, pattern: RegExp): string[] {
  const texts = repository.files().filter(isWanted).map(repository.read);
  return [...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name)))].sort();
}

describe('docs/architecture.md', () => {
  it('has the import matrix that dependency-cruiser enforces', () => {
    const { forbidden } = require('../../.dependency-cruiser.cjs') as {
      forbidden: { name: string; comment?: string }[];
    };
    const enforced = forbidden
      .filter(({ name }) => name.startsWith('matrix-'))
      .map(({ name, comment = '' }) => [name.slice('matrix-'.length), comment.split(': ')[1] ?? '']);
    const documented = pairs(architecture.section('Who may import whom').table());
    expect(documented).toEqual(Object.fromEntries(enforced));
  });

  it('describes every table', () => {
    const created = found((file) => file.startsWith('migrations/'), /CREATE (?:UNLOGGED )?TABLE (\w+)/g);
    expect(Object.keys(pairs(architecture.section('Tables').table())).sort()).toEqual(created);
  });

  it('describes every notification channel', () => {
    const channels = found((file) => file === 'src/database/notifier.ts', /'(ps_\w+)'/g);
    expect(Object.keys(pairs(architecture.section('Notifications').table())).sort()).toEqual(channels);
  });

  it('describes every background loop', () => {
    const loops = found(
      (file) => file.startsWith('src/') && !file.endsWith('.spec.ts'),
      /new PollingLoop\(\{\s*name: '([\w ]+)'/g,
    );
    expect(Object.keys(pairs(architecture.section('Loops').table()))).toEqual(expect.arrayContaining(loops));
  });

  it('names only constraints and indexes that migrations make', () => {
    const made = found((file) => file.startsWith('migrations/'), /\b((?:uq|ck|fk|pk|ix)_\w+)/g);
    const named = repository
      .documents()
      .flatMap((document) => repository.document(document).codeSpans())
      .filter((span) => /^(uq|ck|fk|pk|ix)_\w+$/.test(span));
    expect(named.filter((name) => !made.includes(name))).toEqual([]);
  });
});

describe('docs/runs.md', () => {
  it('has the state machine of the code', () => {
    const all: RunStatus[] = ['queued', ...ACTIVE_STATUSES, ...TERMINAL_STATUSES];
    const machine = all.map((from) => [from, all.filter((to) => canTransition(from, to)).sort()]);
    const documented = repository
      .document('docs/runs.md')
      .section('The state machine')
      .table()
      .map(([status = '', , next = '']) => [
        status,
        next
          .split(', ')
          .filter((name) => name !== '')
          .sort(),
      ]);
    expect(documented).toEqual(machine);
  });
});

describe('docs/tokens.md', () => {
  it('has every throttle rule with its figures', () => {
    const shown = (limit?: ThrottleLimit): string => (limit ? `${limit.attempts} / ${limit.windowSeconds} s` : '');
    const rules = Object.keys(THROTTLE_RULES).map((name) => {
      const { counts, limits } = throttleRule(name as ThrottleRuleName);
      const subject = limits.account ?? limits.mailbox;
      return [name, counts === 'failures' ? 'failures' : 'all', shown(subject), shown(limits.address)];
    });
    const documented = repository
      .document('docs/tokens.md')
      .section('Throttling')
      .table()
      .map(([name, , ...figures]) => [name, ...figures]);
    expect(documented.sort()).toEqual(rules.sort());
  });

  it('describes no throttle rule that nothing uses', () => {
    const sources = repository.files().filter((file) => file.startsWith('src/') && !file.startsWith('src/throttling/'));
    const code = sources.map(repository.read).join('\n');
    expect(Object.keys(THROTTLE_RULES).filter((name) => !code.includes(`'${name}'`))).toEqual([]);
  });
});

describe('docs/adr', () => {
  const files = repository.documents().filter((file) => file.startsWith('docs/adr/'));

  it('are numbered without gaps', () => {
    const numbers = files.map((file) => file.slice('docs/adr/'.length, 'docs/adr/'.length + 5)).sort();
    expect(numbers).toEqual(numbers.map((_, index) => `${String(index + 1).padStart(4, '0')}-`));
  });

  it.each(files)('%s says context, decision and consequences', (file) => {
    const headings = repository.document(file).anchors();
    expect(headings.slice(1)).toEqual(['context', 'decision', 'consequences']);
  });
});
