// @ts-check
import { DemoFailure } from './demo-failure.mjs';

/**
 * @typedef {object} Run what the API tells of a run, as far as it is shown here
 * @property {string} id
 * @property {string} kind
 * @property {string} status
 * @property {number} nodes
 * @property {number | null} plannedChanges
 * @property {number} completedChanges
 * @property {{ code: string, message: string } | null} failure
 */

const TICK_MS = 100;

/**
 * Follows a run's server-sent events and draws its progress until it has succeeded.
 *
 * @param {import('./api-client.mjs').ApiClient} client
 * @param {import('./api-client.mjs').Call} call
 * @param {import('./screen.mjs').Screen} screen
 */
export async function watchRun(client, call, screen) {
  const startedAt = performance.now();
  /** @type {Run | null} */
  let run = null;
  const draw = () => {
    if (run !== null) screen.progress(describe(run), `${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  };
  const clock = screen.isTerminal ? setInterval(draw, TICK_MS) : undefined;
  try {
    for await (const { type, data } of serverSentEvents(client.stream(call))) {
      if (type !== 'run') continue;
      run = parse(data);
      draw();
    }
  } finally {
    clearInterval(clock);
    screen.settle();
  }
  assertSucceeded(run);
}

/**
 * Events of a stream in the format of the HTML standard, as far as our service uses it: one line of data each.
 *
 * @param {AsyncIterable<string>} chunks
 * @returns {AsyncGenerator<{ type: string, data: string }, void>}
 */
async function* serverSentEvents(chunks) {
  let text = '';
  for await (const chunk of chunks) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => {
          const [name = '', ...value] = line.split(': ');
          return [name, value.join(': ')];
        }),
      );
      yield { type: fields.get('event') ?? '', data: fields.get('data') ?? '' };
    }
  }
}

/**
 * @param {string} data
 * @returns {Run}
 */
function parse(data) {
  /** @type {unknown} */
  const run = JSON.parse(data);
  return /** @type {Run} */ (run);
}

/** @param {Run} run */
function describe({ kind, nodes, status, completedChanges, plannedChanges }) {
  const what = kind === 'destroy' ? 'destroy' : `update to ${nodes} nodes`;
  const done = plannedChanges === null ? '' : `${completedChanges}/${plannedChanges} resources`;
  return `${what}  ${status.padEnd(10)}  ${done.padEnd(14)}  `;
}

/** @param {Run | null} run */
function assertSucceeded(run) {
  if (run?.status === 'succeeded') return;
  if (run?.failure) throw new DemoFailure(`The run failed: ${run.failure.message}`, { needsLog: true });
  throw new DemoFailure(`The run's events ended while it was ${run?.status ?? 'unknown'}.`, { needsLog: true });
}
