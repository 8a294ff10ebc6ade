import { errorMessage } from '../../common/errors/domain-error.js';
import { type AwsEnvironment } from '../../config/aws-environment.js';
import { type CredentialsFinding, type CredentialsStatus } from '../credentials.types.js';
import { type CredentialsFile } from '../profiles/credentials-file.js';
import { profileNames, readProfile } from '../profiles/credentials-text.js';
import { longTermKeys } from '../profiles/session-profile.js';
import { LARGEST_SKEW_MS, REUSED_SECONDS } from './login-rules.js';

const pass = (id: string, message: string): CredentialsFinding => ({ id, severity: 'pass', message });
const warn = (id: string, message: string): CredentialsFinding => ({ id, severity: 'warn', message });
const fail = (id: string, message: string): CredentialsFinding => ({ id, severity: 'fail', message });

/** Looks at the environment, the file and the clock. `ask` is how AWS is asked who the credentials belong to. */
export async function examineCredentials(
  aws: AwsEnvironment,
  file: CredentialsFile,
  ask: () => Promise<CredentialsStatus>,
): Promise<CredentialsFinding[]> {
  return [...environmentFindings(aws), ...fileFindings(file), ...(await identityFindings(ask))];
}

function environmentFindings({
  hasKeys,
  profile,
  region,
  hasContainerCredentials,
}: AwsEnvironment): CredentialsFinding[] {
  return [
    hasKeys && profile !== null
      ? fail(
          'environment.clash',
          `AWS_ACCESS_KEY_ID and AWS_PROFILE=${profile} are both set: some tools take the one, some the other. Unset one.`,
        )
      : pass('environment.clash', 'The environment names one source of credentials at most.'),
    region === null
      ? warn(
          'environment.region',
          'Neither AWS_REGION nor AWS_DEFAULT_REGION is set. Set one for tools other than this.',
        )
      : pass('environment.region', `The region is ${region}.`),
    ...(hasContainerCredentials ? [pass('environment.ecs', 'ECS provides the credentials; files are not used.')] : []),
  ];
}

function fileFindings(file: CredentialsFile): CredentialsFinding[] {
  const text = file.read();
  const names = profileNames(text);
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return [
    file.isOpenToOthers()
      ? fail('file.mode', `Others may read ${file.path}. Run chmod 600 on it.`)
      : pass('file.mode', `Nobody else may read ${file.path}.`),
    twice.length > 0
      ? fail(
          'file.duplicates',
          `These profiles are there twice: ${twice.join(', ')}. Tools differ in which counts; keep one.`,
        )
      : pass('file.duplicates', 'No profile is there twice.'),
    longTermKeys(readProfile(text, 'default'))
      ? warn(
          'file.long_term_default',
          'Keys that do not expire are in [default], where every tool finds them. Move them: psctl creds login --move-long-term-to <profile>.',
        )
      : pass('file.long_term_default', 'No keys that do not expire are in [default].'),
  ];
}

async function identityFindings(ask: () => Promise<CredentialsStatus>): Promise<CredentialsFinding[]> {
  let status: CredentialsStatus;
  try {
    status = await ask();
  } catch (error) {
    return [fail('identity', errorMessage(error))];
  }
  const { kind, arn, profile, remainingSeconds, clockOffsetMs } = status;
  if (kind === 'none')
    return [fail('identity', `[${profile ?? 'default'}] has no keys. Log in with psctl creds login.`)];
  const findings = [pass('identity', arn === null ? `The credentials come from: ${kind}.` : `They belong to ${arn}.`)];
  if (remainingSeconds !== null) {
    const isShort = remainingSeconds <= REUSED_SECONDS;
    const message = `The session lasts for ${Math.floor(remainingSeconds / 60)} more minutes.`;
    findings.push((remainingSeconds === 0 ? fail : isShort ? warn : pass)('session', message));
  }
  if (clockOffsetMs !== null) {
    const seconds = Math.round(clockOffsetMs / 1000);
    findings.push(
      Math.abs(clockOffsetMs) > LARGEST_SKEW_MS
        ? fail(
            'clock',
            `The clock of this machine is ${Math.abs(seconds)} s off that of AWS, which then refuses. Set it.`,
          )
        : pass('clock', 'The clock of this machine is that of AWS.'),
    );
  }
  return findings;
}
