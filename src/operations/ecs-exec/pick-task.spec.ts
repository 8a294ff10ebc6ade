import { type Task } from '@aws-sdk/client-ecs';
import { pickTask } from './pick-task.js';

function task(id: string, minute: number, lastStatus = 'RUNNING', agent: string | null = 'RUNNING'): Task {
  const managedAgents = agent === null ? undefined : [{ name: 'ExecuteCommandAgent' as const, lastStatus: agent }];
  const containers = [
    { name: 'side', managedAgents: [{ name: 'ExecuteCommandAgent' as const, lastStatus: 'RUNNING' }] },
    { name: 'web', managedAgents },
  ];
  return { taskArn: id, lastStatus, startedAt: new Date(Date.UTC(2026, 0, 1, 0, minute)), containers };
}

describe('pickTask', () => {
  it.each([
    ['the newest that is open', [task('a', 1), task('b', 3), task('c', 2)], 'b'],
    [
      'an older one, when the agent of the newest does not run',
      [task('a', 1), task('b', 3, 'RUNNING', 'STOPPED')],
      'a',
    ],
    ['an older one, when the newest has no agent in the container', [task('a', 1), task('b', 3, 'RUNNING', null)], 'a'],
    ['one that runs, when none is open', [task('a', 1, 'RUNNING', null), task('b', 3, 'PENDING')], 'a'],
    ['the newest, when none runs', [task('a', 1, 'STOPPED'), task('b', 3, 'STOPPED')], 'b'],
  ])('takes %s', (_what, tasks, expected) => {
    expect(pickTask(tasks, 'web')?.taskArn).toBe(expected);
  });

  it('takes none of none', () => {
    expect(pickTask([], 'web')).toBeNull();
  });
});
