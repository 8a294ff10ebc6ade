import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVICE = fileURLToPath(new URL('../../../dist/src/entrypoints/server.js', import.meta.url));
const CONTAINER = fileURLToPath(new URL('../../../docker/docker-entrypoint.sh', import.meta.url));
const BARE_SERVER = fileURLToPath(new URL('bare-server.mjs', import.meta.url));
const READY = /Ready on (http:\/\/[^ "]+)/;
const START_LIMIT_MS = 30_000;

/** The built service as it runs in production, without what this process was given in its environment. */
export function startService(environment, nodeArguments = []) {
  return start(process.execPath, [...nodeArguments, SERVICE], { PS_PORT: '0', ...environment });
}

/** A container of the image without the image: its entry script, which migrates and then serves, with this Node. */
export function startContainer(role, environment) {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  const { NODE_COMPILE_CACHE } = process.env;
  return start(CONTAINER, [role], { PATH, NODE_COMPILE_CACHE, PS_PORT: '0', ...environment });
}

export function startBareServer(databaseUrl) {
  return start(process.execPath, [BARE_SERVER, databaseUrl], {});
}

/** Starts a process and waits for its ready line. `log` gets the first lines it prints. */
async function start(program, argv, environment) {
  const inherited = { PATH: process.env.PATH, HOME: process.env.HOME };
  const child = spawn(program, argv, {
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = [];
  const url = await new Promise((resolve, reject) => {
    const fail = (why) => {
      child.kill('SIGKILL');
      reject(new Error(`${argv.at(-1)} ${why}:\n${log.join('\n')}`));
    };
    const limit = setTimeout(() => fail(`was not ready after ${START_LIMIT_MS} ms`), START_LIMIT_MS);
    child.once('exit', (code) => fail(`ended with ${code === null ? 'a signal' : `exit code ${code}`}`));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (log.length < 100) log.push(line);
        const ready = READY.exec(line);
        if (!ready) return;
        clearTimeout(limit);
        resolve(ready[1]);
      });
    }
  });
  child.removeAllListeners('exit');
  return { url, pid: child.pid, log, stop: () => stop(child) };
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
