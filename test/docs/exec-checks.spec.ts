import { ALL_CHECKS } from '../../src/operations/ecs-exec/checks/all-checks.js';
import { CHECK_STATUSES } from '../../src/operations/ecs-exec/ecs-exec.types.js';
import { clientCases } from '../support/exec-cases/client-cases.js';
import { definitionCases } from '../support/exec-cases/definition-cases.js';
import { networkCases } from '../support/exec-cases/network-cases.js';
import { rightsCases } from '../support/exec-cases/rights-cases.js';
import { taskCases } from '../support/exec-cases/task-cases.js';
import { repository } from './repository.js';

const CASES = [...clientCases, ...taskCases, ...definitionCases, ...rightsCases, ...networkCases];
/** The only one that is never `pass`. */
const NEVER_PASSES = 'exec.taskdef.shell';

describe('docs/ecs-exec.md', () => {
  const document = repository.document('docs/ecs-exec.md');

  it('lists every check with every status it can have, and each of these has a test', () => {
    const documented = document
      .section('The checks')
      .table()
      .map(([id = '', , statuses = '']) => [id, statuses.split(', ').sort()]);
    const tested = ALL_CHECKS.map(({ id }) => {
      const statuses = CASES.filter(([other]) => other === id).map(([, status]) => status);
      const all = id === NEVER_PASSES ? statuses : [...statuses, 'pass'];
      return [id, [...new Set(all)].sort()];
    });
    expect(documented).toEqual(tested);
    expect(CHECK_STATUSES).toEqual(expect.arrayContaining(documented.flatMap(([, statuses]) => statuses ?? [])));
  });

  it('names only checks that exist', () => {
    const ids = new Set(ALL_CHECKS.map(({ id }) => id));
    const named = document.codeSpans().filter((span) => /^exec\.[\w.]+$/.test(span));
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
  });
});
