import { createServer } from 'node:net';
import { errorMessage, hasErrorCode } from '../common/errors/domain-error.js';
import { OperatorError } from '../common/errors/operator-error.js';

/**
 * Throws {@link OperatorError} when the address cannot be listened on. Asked before anything else is started: a second
 * service by mistake must not take runs from the first one's queue only to find out that it cannot serve.
 */
export async function assertAddressIsFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen(port, host, resolve);
    });
  } catch (error) {
    throw asListenError(error, host, port);
  }
  await new Promise((resolve) => {
    probe.close(resolve);
  });
}

/** What to do about an address that cannot be listened on; any other error stays what it is. */
export function asListenError(error: unknown, host: string, port: number): unknown {
  const advice = ADVICE.find(({ code }) => hasErrorCode(error, code));
  if (!advice) return error;
  return new OperatorError(`Cannot listen on ${host}:${port} (${errorMessage(error)}). ${advice.text}`, {
    cause: error,
  });
}

const CHOOSE_ADDRESS = 'Set PS_HOST to an address of this machine, such as 127.0.0.1 or 0.0.0.0.';

const ADVICE = [
  {
    code: 'EADDRINUSE',
    text: 'Another program uses this port, perhaps another ps-server: stop it, or set PS_PORT to another port (0 picks a free one).',
  },
  { code: 'EACCES', text: 'This user may not use this port: set PS_PORT to 1024 or above.' },
  { code: 'EADDRNOTAVAIL', text: CHOOSE_ADDRESS },
  { code: 'ENOTFOUND', text: CHOOSE_ADDRESS },
  { code: 'EAI_AGAIN', text: CHOOSE_ADDRESS },
];
