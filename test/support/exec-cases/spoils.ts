import { type CheckStatus } from '../../../src/operations/ecs-exec/ecs-exec.types.js';
import { type ExecSnapshot, type Input, read } from '../../../src/operations/ecs-exec/snapshot.js';
import { hidden, type outcome } from '../exec-snapshot.js';

/** Changes a good snapshot in place. */
export type Spoil = (snapshot: ExecSnapshot) => void;
/** What a check says of a snapshot that was spoiled. */
export type Case = [id: string, status: CheckStatus, when: string, spoil: Spoil];

/** What was read, to be changed in place. */
export function of<T>(input: Input<T>): NonNullable<T> {
  if (!input.isRead || input.value === null || input.value === undefined) throw new Error('nothing is read');
  return input.value;
}

export const task =
  (change: (task: NonNullable<ReturnType<typeof taskOf>>) => void): Spoil =>
  (snapshot) => {
    change(taskOf(snapshot));
    snapshot.tasks = read([taskOf(snapshot)]);
  };
export const taskOf = (snapshot: ExecSnapshot) => of(snapshot.task);
export const web = (snapshot: ExecSnapshot) => taskOf(snapshot).containers![0]!;
export const service = (snapshot: ExecSnapshot) => of(snapshot.service);
export const definition = (snapshot: ExecSnapshot) => of(snapshot.definition).containerDefinitions![0]!;
export const exec = (snapshot: ExecSnapshot) => of(snapshot.cluster).configuration!.executeCommandConfiguration!;
export const network = (snapshot: ExecSnapshot) => of(snapshot.network);
export const endpoint = (snapshot: ExecSnapshot) => network(snapshot).endpoints[0]!;
export const noTask: Spoil = (snapshot) => {
  snapshot.task = read(null);
  snapshot.tasks = read([]);
};
export const noContainer: Spoil = (snapshot) => (snapshot.target.container = 'other');
export const noRole: Spoil = (snapshot) => (snapshot.role = read(null));
export const noRoute: Spoil = (snapshot) => (network(snapshot).routeTables[1]!.Routes = []);
export const noEndpoints: Spoil = (snapshot) => (network(snapshot).endpoints = []);
export const internetGateway: Spoil = (snapshot) =>
  (network(snapshot).routeTables[1]!.Routes = [
    { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1', State: 'active' },
  ]);
export const shared: Spoil = (snapshot) => (network(snapshot).subnet.OwnerId = '999999999999');
export const notLogged: Spoil = (snapshot) => (exec(snapshot).logging = 'NONE');
export const hide =
  (
    name: { [K in keyof ExecSnapshot]: ExecSnapshot[K] extends Input<unknown> ? K : never }[keyof ExecSnapshot],
    permission: string,
  ): Spoil =>
  (snapshot) =>
    Object.assign(snapshot, { [name]: hidden(permission) });
export const right =
  (whose: 'callerRights' | 'roleRights', action: string, change: Partial<ReturnType<typeof outcome>>): Spoil =>
  (snapshot) => {
    for (const one of of(snapshot[whose])) if (one.action === action) Object.assign(one, change);
  };
export const DENIED = { verdict: 'denied', deniedBy: 'identity', why: 'no policy allows it' } as const;
export const UNKNOWN = {
  verdict: 'unknown',
  why: 'simulating is not allowed',
  missingPermission: 'iam:SimulatePrincipalPolicy',
} as const;
export const both =
  (...spoils: Spoil[]): Spoil =>
  (snapshot) => {
    for (const spoil of spoils) spoil(snapshot);
  };

export function mounts(readOnly: Record<string, boolean> = {}) {
  return ['/managed-agents', '/var/lib/amazon/ssm', '/var/log/amazon/ssm'].map((containerPath) => ({
    ...{ containerPath, readOnly: readOnly[containerPath] ?? false },
  }));
}

export function policy(Effect: string, Action: string): string {
  const all = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' };
  const own = { Effect, Principal: '*', Action, Resource: '*' };
  return JSON.stringify({ Statement: Effect === 'Deny' ? [all, own] : [own] });
}
