import { type ContainerDefinition } from '@aws-sdk/client-ecs';
import { fail, type Finding, pass, skip, warn } from './check.js';

/** The agent in the container would use these instead of the task role, and not be let in. */
const CREDENTIALS =
  /^AWS_(ACCESS_KEY|ACCESS_KEY_ID|SECRET_KEY|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|PROFILE|DEFAULT_PROFILE|SHARED_CREDENTIALS_FILE|CONFIG_FILE|CONTAINER_CREDENTIALS_(RELATIVE|FULL)_URI|CONTAINER_AUTHORIZATION_TOKEN(_FILE)?|WEB_IDENTITY_TOKEN_FILE|ROLE_ARN)$/;
const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'];
/** Where a container on ECS gets its credentials. */
const CREDENTIALS_ADDRESS = '169.254.170.2';

/** Names only are ever shown: values may be secrets. */
export function environmentCheck(container: ContainerDefinition): Finding {
  const found = namesOf(container).filter((name) => CREDENTIALS.test(name));
  const files = (container.environmentFiles ?? []).map(({ value }) => value ?? '');
  if (found.length > 0)
    return fail(
      `The container is given ${found.join(', ')}, which the agent in it uses instead of the task role.`,
      'Remove them from environment and secrets; the task role takes their place.',
      { names: found },
    );
  if (files.length > 0)
    return warn(
      'The container reads variables from files, which are not looked into here.',
      'Make sure that there are no credentials of AWS in them.',
      { files },
    );
  return pass('The container is given no credentials besides the task role.');
}

export function proxyCheck(container: ContainerDefinition): Finding {
  const proxies = namesOf(container).filter((name) => PROXIES.includes(name.toUpperCase()));
  if (proxies.length === 0) return skip('The container uses no proxy.');
  const exceptions = container.environment?.find(({ name }) => name?.toUpperCase() === 'NO_PROXY')?.value ?? '';
  const addresses = exceptions.split(',').map((part) => part.trim());
  if (addresses.some(coversCredentials))
    return pass('The address of the task role is reached without the proxy.', { proxies });
  return fail(
    `The container uses a proxy (${proxies.join(', ')}) that the address of the task role is not excepted from.`,
    `Add ${CREDENTIALS_ADDRESS} to NO_PROXY.`,
    { proxies },
  );
}

function coversCredentials(exception: string): boolean {
  return (
    exception === '*' ||
    exception === CREDENTIALS_ADDRESS ||
    /^169\.254\.(0\.0\/16|170\.\d+\/(24|3\d))$/.test(exception)
  );
}

function namesOf({ environment = [], secrets = [] }: ContainerDefinition): string[] {
  return [...environment, ...secrets].flatMap(({ name }) => name ?? []);
}
