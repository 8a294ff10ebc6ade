import { clientCases } from '../../../../test/support/exec-cases/client-cases.js';
import { taskCases } from '../../../../test/support/exec-cases/task-cases.js';
import { definitionCases } from '../../../../test/support/exec-cases/definition-cases.js';
import { rightsCases } from '../../../../test/support/exec-cases/rights-cases.js';
import { networkCases } from '../../../../test/support/exec-cases/network-cases.js';
import { definition, DENIED, right, taskOf } from '../../../../test/support/exec-cases/spoils.js';
import { goodSnapshot, TASK_ARN } from '../../../../test/support/exec-snapshot.js';
import { type CheckResult } from '../ecs-exec.types.js';
import { type ExecSnapshot } from '../snapshot.js';
import { ALL_CHECKS, QUICK_CHECKS, report } from './all-checks.js';

const CASES = [...clientCases, ...taskCases, ...definitionCases, ...rightsCases, ...networkCases];

function resultOf(snapshot: ExecSnapshot, id: string): CheckResult {
  return report(snapshot, [id]).checks[0]!;
}

describe('the checks of ECS Exec', () => {
  it('find nothing wrong where nothing is', () => {
    const { checks, summary, target } = report(goodSnapshot());
    expect(checks.filter(({ status }) => status !== 'pass').map(({ id }) => id)).toEqual(['exec.taskdef.shell']);
    expect(summary).toEqual({ pass: ALL_CHECKS.length - 1, warn: 0, fail: 0, skip: 1, unknown: 0 });
    expect(target).toEqual({
      cluster: 'ps-lab',
      service: 'ps-web',
      task: null,
      container: 'ps-web',
      region: 'us-west-2',
    });
  });

  it.each(CASES)('%s: %s when %s', (id, status, _when, spoil) => {
    const snapshot = goodSnapshot();
    spoil(snapshot);
    const result = resultOf(snapshot, id);
    expect(result).toMatchObject({ id, status });
    expect(result.detail).toMatch(/\.$/);
    if (status === 'warn' || status === 'fail') expect(result.fix).toEqual(expect.stringMatching(/./));
  });

  it('name the permission that lacks', () => {
    for (const [id, status, , spoil] of CASES.filter(([, , when]) => when.includes('may not be'))) {
      const snapshot = goodSnapshot();
      spoil(snapshot);
      const { fix, evidence } = resultOf(snapshot, id);
      if (status === 'unknown')
        expect([id, evidence.permission, fix]).toEqual([
          id,
          expect.stringMatching(/^\w+:/),
          expect.stringContaining(String(evidence.permission)),
        ]);
    }
  });

  it('are each seen in more than one state', () => {
    const seen = (id: string) => new Set(CASES.filter(([other]) => other === id).map(([, status]) => status));
    expect(ALL_CHECKS.filter(({ id }) => seen(id).size < 2).map(({ id }) => id)).toEqual([]);
    expect(CASES.map(([id]) => id).filter((id) => !ALL_CHECKS.some((check) => check.id === id))).toEqual([]);
    expect(new Set(ALL_CHECKS.map(({ id }) => id)).size).toBe(ALL_CHECKS.length);
  });

  it('never show the value of a variable', () => {
    const snapshot = goodSnapshot();
    definition(snapshot).environment!.push({ name: 'AWS_SECRET_ACCESS_KEY', value: 'never-shown' });
    expect(JSON.stringify(report(snapshot))).not.toContain('never-shown');
  });

  it('know those before a session', () => {
    expect(QUICK_CHECKS.filter((id) => !ALL_CHECKS.some((check) => check.id === id))).toEqual([]);
    expect(report(goodSnapshot(), QUICK_CHECKS).checks.map(({ id }) => id)).toEqual(QUICK_CHECKS);
  });

  it('keep the containers apart by their names, whatever their order', () => {
    const snapshot = goodSnapshot();
    taskOf(snapshot).containers!.reverse();
    taskOf(snapshot).containers![0]!.managedAgents = [];
    expect(resultOf(snapshot, 'exec.container.agent').status).toBe('pass');
    expect(resultOf(snapshot, 'exec.container.sidecars').detail).toContain('proxy (ABSENT)');
  });

  it('say who denies, and what to allow where', () => {
    const snapshot = goodSnapshot();
    right('callerRights', 'ecs:ExecuteCommand', DENIED)(snapshot);
    expect(resultOf(snapshot, 'exec.caller.execute')).toMatchObject({
      detail: 'You may not do ecs:ExecuteCommand: no policy allows it.',
      fix: expect.stringContaining(TASK_ARN) as unknown,
    });
  });
});
