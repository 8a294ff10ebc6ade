import { isAtLeast } from '../../../common/programs/version.js';
import { type CallerIdentity } from '../../../aws/aws.types.js';
import { accountOf, partitionOf, regionOf } from '../names.js';
import { type ExecSnapshot, valueOf } from '../snapshot.js';
import { type Check, fail, type Finding, given, pass, skip, warn } from './check.js';

const PLUGIN =
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-working-with-install-plugin.html';
/** From this one on it takes the token of a session from the environment instead of an argument others can read. */
export const PLUGIN_WITH_TOKEN_IN_ENVIRONMENT = '1.2.536.0';
const SHORT_MINUTES = 10;
const SKEW_WARN_MS = 60_000;
/** AWS refuses signatures that are further off. */
const SKEW_FAIL_MS = 300_000;

export const clientChecks: Check[] = [
  { id: 'exec.client.plugin', run: plugin },
  { id: 'exec.client.region', run: region },
  { id: 'exec.client.identity', run: identity },
  { id: 'exec.client.clock', run: clock },
];

function plugin({ plugin: { path, version }, origin }: ExecSnapshot): Finding {
  if (origin === 'service') return skip('The plugin has to be on your machine, where the service cannot look.');
  if (path === null) return fail('session-manager-plugin is not on the PATH.', `Install it: ${PLUGIN}`);
  const evidence = { path, version };
  if (version === null) return warn(`${path} does not tell its version.`, `Install a current one: ${PLUGIN}`, evidence);
  if (!isAtLeast(version, PLUGIN_WITH_TOKEN_IN_ENVIRONMENT))
    return warn(
      `The plugin is version ${version}, which takes the token of the session as an argument that others on this machine can read.`,
      `Upgrade it to ${PLUGIN_WITH_TOKEN_IN_ENVIRONMENT} or newer: ${PLUGIN}`,
      evidence,
    );
  return pass(`The plugin is version ${version}.`, evidence);
}

function region({ region: used, shellRegion, target }: ExecSnapshot): Finding {
  const evidence = { used, shellRegion };
  const named = [target.cluster, target.service, target.task].map((name) => regionOf(name ?? ''));
  const other = named.find((one) => one !== null && one !== used);
  if (other !== undefined)
    return fail(`The target is in ${other}, and ${used} is asked.`, `Set PS_AWS_REGION=${other}.`, evidence);
  if (shellRegion !== null && shellRegion !== used)
    return warn(
      `${used} is asked (PS_AWS_REGION), but AWS_REGION of this shell says ${shellRegion}.`,
      `Make the two the same, so that all tools look at the same place.`,
      evidence,
    );
  return pass(`The region is ${used}.`, evidence);
}

function identity(snapshot: ExecSnapshot): Finding {
  return given<[CallerIdentity]>([snapshot.identity], ({ account, arn, partition }) => {
    const { credentials, takenAt } = snapshot;
    const taskArn = valueOf(snapshot.task)?.taskArn;
    const minutesLeft = credentials.expiresAt
      ? Math.floor((credentials.expiresAt.getTime() - takenAt.getTime()) / 60_000)
      : null;
    const evidence = { arn, account, minutesLeft };
    if (taskArn !== undefined && (accountOf(taskArn) !== account || partitionOf(taskArn) !== partition))
      return fail(
        `You are ${arn}, but the task belongs to the account ${accountOf(taskArn)} (${partitionOf(taskArn)}).`,
        'Log in to that account.',
        evidence,
      );
    if (minutesLeft !== null && minutesLeft < SHORT_MINUTES)
      return warn(
        `You are ${arn}, for ${minutesLeft} more minutes.`,
        'Log in again with psctl creds login --force, or the session breaks off.',
        evidence,
      );
    if (arn.endsWith(':root'))
      return warn(
        `You are ${arn}, the root user.`,
        'Use a user or a role; nothing can be said of the rights of root.',
        evidence,
      );
    if (credentials.areLongTerm)
      return warn(
        `You are ${arn}, with keys that do not end by themselves.`,
        'Get a session with psctl creds login; the plugin is given the keys.',
        evidence,
      );
    return pass(`You are ${arn}${minutesLeft === null ? '' : `, for ${minutesLeft} more minutes`}.`, evidence);
  });
}

function clock(snapshot: ExecSnapshot): Finding {
  return given<[CallerIdentity]>([snapshot.identity], ({ clockOffsetMs }) => {
    if (clockOffsetMs === null) return skip('The answer of AWS had no time in it.');
    const seconds = Math.round(Math.abs(clockOffsetMs) / 1000);
    const detail = `The clock of this machine is ${seconds} s ${clockOffsetMs > 0 ? 'behind' : 'ahead of'} that of AWS.`;
    const fix = 'Set the clock, best by NTP.';
    if (Math.abs(clockOffsetMs) > SKEW_FAIL_MS)
      return fail(`${detail} AWS refuses requests that far off.`, fix, { seconds });
    if (Math.abs(clockOffsetMs) > SKEW_WARN_MS) return warn(detail, fix, { seconds });
    return pass('The clock of this machine is right.', { seconds });
  });
}
