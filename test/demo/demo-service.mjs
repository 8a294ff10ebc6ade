// @ts-check
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DemoFailure } from './demo-failure.mjs';

const BUILD = new URL('../../dist/src/', import.meta.url);
const READY = /Ready on (http:\/\/\S+)/;
const START_LIMIT_MS = 120_000;
/** Longer than the service itself takes at most, see PS_SHUTDOWN_GRACE_SECONDS below. */
const STOP_LIMIT_MS = 20_000;
const KEPT_LOG_LINES = 200;
/** The service inherits these and nothing else, so that a database somebody has configured is left alone. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'PS_TERRAFORM_BINARY', 'PS_LOCAL_DELAY_SECONDS'];

/**
 * The built service as an operator starts it, on a free port, with no database configured and everything it writes in
 * one throwaway directory.
 */
export class DemoService {
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null;
  /** @type {string[]} */
  #log = [];

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'ps-server-demo-'));
    // Started by root, Postgres runs as another user, who must be able to pass through.
    chmodSync(this.directory, 0o711);
    this.environment = {
      PS_LOCAL_DELAY_SECONDS: '2',
      ...Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
      PS_DATA_DIRECTORY: join(this.directory, 'data'),
      PS_PORT: '0',
      PS_LOG_FORMAT: 'text',
      PS_SHUTDOWN_INTERRUPT_SECONDS: '0',
      PS_SHUTDOWN_GRACE_SECONDS: '10',
    };
  }

  /** The last lines the service has logged, oldest first. */
  get log() {
    return this.#log;
  }

  /**
   * Resolves with the address once the service is ready.
   *
   * @param {AbortSignal} signal
   * @returns {Promise<string>}
   */
  async start(signal) {
    const entry = built('entrypoints/server.js');
    if (!existsSync(entry))
      throw new DemoFailure('The service is not built. Run "make build" first.', { needsLog: false });
    // In a process group of its own: Ctrl-C must reach it through us, after which it is stopped in order.
    const child = spawn(process.execPath, [entry], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#keep(line);
      });
    }
    return ready(child, signal);
  }

  /**
   * What the command prints. Its first line of standard input is `input`.
   *
   * @param {string[]} commandArguments
   * @param {string} input
   * @param {AbortSignal} signal
   */
  async psctl(commandArguments, input, signal) {
    const running = promisify(execFile)(process.execPath, [built('entrypoints/psctl.js'), ...commandArguments], {
      env: this.environment,
      signal,
    });
    running.child.stdin?.end(`${input}\n`);
    try {
      return (await running).stdout.trim();
    } catch (error) {
      const { stderr, message } = /** @type {Error & { stderr?: string }} */ (error);
      throw new DemoFailure(`psctl ${commandArguments[0]} failed: ${stderr?.trim() ?? message}`, { needsLog: true });
    }
  }

  /**
   * Stops the service as an orchestrator does and removes all it has left, also when it was killed or hangs. `force`
   * ends the waiting for it.
   *
   * @param {AbortSignal} force
   */
  async stop(force) {
    const child = this.#child;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const kill = () => child.kill('SIGKILL');
      const limit = setTimeout(kill, STOP_LIMIT_MS);
      force.addEventListener('abort', kill, { once: true });
      await exited;
      clearTimeout(limit);
    }
    await this.#removeLeftovers();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Postgres and Terraform survive a service that is killed; that is what they are started for. */
  async #removeLeftovers() {
    if (!existsSync(built('entrypoints/server.js'))) return;
    const data = this.environment.PS_DATA_DIRECTORY;
    const { RunWorkdir } = /** @type {typeof import('../../src/provisioning/runner/run-workdir.js')} */ (
      await load('provisioning/runner/run-workdir.js')
    );
    const { killRun } = /** @type {typeof import('../../src/provisioning/runner/run-processes.js')} */ (
      await load('provisioning/runner/run-processes.js')
    );
    const { SystemClock } = /** @type {typeof import('../../src/common/clock/clock.js')} */ (
      await load('common/clock/clock.js')
    );
    const clock = new SystemClock();
    for (const organization of directoriesIn(join(data, 'workspaces'))) {
      for (const run of directoriesIn(join(data, 'workspaces', organization, 'runs')))
        await killRun(new RunWorkdir(data, organization, run), clock);
    }
    const { stopEmbeddedPostgres } = /** @type {typeof import('../../src/database/embedded-postgres.js')} */ (
      await load('database/embedded-postgres.js')
    );
    await stopEmbeddedPostgres(join(data, 'postgres'));
  }

  /** @param {string} line */
  #keep(line) {
    this.#log.push(line);
    if (this.#log.length > KEPT_LOG_LINES) this.#log.shift();
  }
}

/**
 * The address the service says it is ready on.
 *
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @param {AbortSignal} signal
 * @returns {Promise<string>}
 */
function ready(child, signal) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) => {
      reject(new DemoFailure(`The service ${why}.`, { needsLog: true }));
    };
    const limit = setTimeout(() => {
      fail(`was not ready after ${START_LIMIT_MS / 1000} s`);
    }, START_LIMIT_MS);
    signal.addEventListener('abort', () => {
      fail('was interrupted');
    });
    child.once('error', (error) => {
      fail(`could not be started: ${error.message}`);
    });
    // Not at its exit but after the last line of its output, which says why.
    child.once('close', (code, name) => {
      clearTimeout(limit);
      fail(`ended with ${name ?? `exit code ${code}`}`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = READY.exec(line)?.[1];
      if (url === undefined) return;
      clearTimeout(limit);
      resolve(url);
    });
  });
}

/** @param {string} path */
function built(path) {
  return fileURLToPath(new URL(path, BUILD));
}

/**
 * @param {string} path
 * @returns {Promise<unknown>}
 */
async function load(path) {
  /** @type {unknown} */
  const module = await import(built(path));
  return module;
}

/** @param {string} directory */
function directoriesIn(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
