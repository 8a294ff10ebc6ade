import { type Task } from '@aws-sdk/client-ecs';
import { type SimulationOutcome } from '../../../aws/policy-simulation.types.js';
import { DATA_KEY, DESCRIBE_TASKS, EXECUTE, SESSION_ACTIONS, START_SESSION } from '../required-rights.js';
import { type ExecSnapshot, type KeyFacts } from '../snapshot.js';
import { type Check, fail, type Finding, given, NO_TASK, pass, skip, warn } from './check.js';
import { described, mustBeAllowed, notSaid, rightsOf } from './rights.js';

export const callerChecks: Check[] = [
  {
    id: 'exec.caller.execute',
    run: (snapshot) => withTask(snapshot, () => mustBeAllowed(snapshot.callerRights, [EXECUTE], who(snapshot))),
  },
  { id: 'exec.caller.describe', run: describe },
  { id: 'exec.caller.startsession', run: startSession },
  { id: 'exec.caller.kms', run: kms },
  { id: 'exec.scp', run: scp },
];

/** Looking tasks up is needed; ending and resuming sessions makes things better. */
function describe(snapshot: ExecSnapshot): Finding {
  return withTask(snapshot, () => {
    const needed = mustBeAllowed(snapshot.callerRights, [DESCRIBE_TASKS], who(snapshot));
    if (needed.status !== 'pass') return needed;
    const wished = mustBeAllowed(snapshot.callerRights, SESSION_ACTIONS, who(snapshot));
    if (wished.status === 'pass') return pass(`${needed.detail} ${wished.detail}`, wished.evidence);
    return warn(
      `${wished.detail} Sessions that break off cannot be resumed or ended from here.`,
      wished.fix ?? `Allow ${SESSION_ACTIONS.join(', ')}.`,
      wished.evidence,
    );
  });
}

/** Who may start sessions of SSM directly gets into the container without the log of ECS Exec. */
function startSession(snapshot: ExecSnapshot): Finding {
  return withTask(snapshot, () =>
    given<[SimulationOutcome[]]>([snapshot.callerRights], (outcomes) => {
      const { allowed, denied, unknown } = rightsOf(outcomes, [START_SESSION]);
      const evidence = { decisions: [...allowed, ...denied, ...unknown].map(described) };
      if (allowed.length > 0)
        return warn(
          `${capital(who(snapshot))} may start sessions in the task past ECS, which nothing logs.`,
          `Deny ${START_SESSION} on the ARNs of ECS tasks.`,
          evidence,
        );
      if (denied.length > 0) return pass('Sessions in the task go through ECS only.', evidence);
      return notSaid(unknown, who(snapshot), evidence);
    }),
  );
}

function kms(snapshot: ExecSnapshot): Finding {
  return withTask(snapshot, () =>
    given<[KeyFacts | null]>([snapshot.key], (key) =>
      key === null
        ? skip('Sessions are not encrypted with a key of their own.')
        : mustBeAllowed(snapshot.callerRights, [DATA_KEY], who(snapshot)),
    ),
  );
}

function scp(snapshot: ExecSnapshot): Finding {
  return withTask(snapshot, () =>
    given<[SimulationOutcome[], SimulationOutcome[]]>([snapshot.callerRights, snapshot.roleRights], (caller, role) => {
      const needed = [...caller.filter(({ action }) => action !== START_SESSION), ...role];
      const blocked = needed.filter(({ deniedBy }) => deniedBy === 'scp');
      if (blocked.length > 0)
        return fail(
          `A policy of the organization blocks ${[...new Set(blocked.map(({ action }) => action))].join(', ')}.`,
          'Ask the administrators of the organization. Policies with conditions may be simulated wrongly: try it as well.',
          { decisions: blocked.map(described) },
        );
      if (needed.length === 0 || needed.every(({ verdict }) => verdict === 'unknown'))
        return notSaid(needed, who(snapshot));
      return pass(
        'No service control policy of the organization is in the way. Resource control policies cannot be seen from here.',
      );
    }),
  );
}

function withTask(snapshot: ExecSnapshot, rule: () => Finding): Finding {
  return given<[Task | null]>([snapshot.task], (task) => (task ? rule() : NO_TASK));
}

/** On behalf of the service its own rights are looked at: it does not have those of the person. */
function who({ origin }: ExecSnapshot): string {
  return origin === 'operator' ? 'you' : 'the service';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
