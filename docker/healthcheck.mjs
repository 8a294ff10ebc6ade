/**
 * HEALTHCHECK of the image: exit code 0 while the process that serves can answer, 1 otherwise. It does not ask for the
 * database, so an outage there kills no container. Every role that serves answers; the others have nothing to ask.
 * An argument names another file than the command line of the container's first process.
 */
import { readFileSync } from 'node:fs';

/** Below the timeout of the HEALTHCHECK, so that the reason is told. */
const LIMIT_MS = 4_000;
const [commandLineFile = '/proc/1/cmdline'] = process.argv.slice(2);
/** Addresses that mean "every address" to a listener and nothing to a client. */
const LOCAL = { '0.0.0.0': '127.0.0.1', '::': '::1' };

if (serves(readFileSync(commandLineFile, 'utf8').split('\0'))) await probe();

function serves(commandLine) {
  const role = commandLine[commandLine.findIndex((part) => part.endsWith('docker-entrypoint.sh')) + 1];
  return role !== 'migrate' && role !== 'psctl';
}

async function probe() {
  const host = process.env.PS_HOST || '127.0.0.1';
  const address = LOCAL[host] ?? host;
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${process.env.PS_PORT || '8000'}/health/live`;
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
    if (status !== 200) fail(`${url} answered ${status}`);
  } catch (error) {
    fail(`${url} does not answer: ${error.cause?.message ?? error.message}`);
  }
}

function fail(reason) {
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
}
