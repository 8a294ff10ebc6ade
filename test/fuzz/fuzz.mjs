import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

const HELP = `Sends arbitrary requests to a throwaway service: valid ones, nearly valid ones and hostile ones, as nobody and in every
role. Every answer must be what the service's own OpenAPI documents promise; a 500, a hang or a broken connection is a
finding. Needs "npm run build".

Usage: node test/fuzz/fuzz.mjs [--requests N] [--seed N] [--json]

  --requests N   how many (20000)
  --seed N       the same number, the same requests (random)
  --json         one JSON document instead of text

Exit code 1 when anything was found; each finding comes with the request as a curl command.

Examples:
  make fuzz                                                everything, some minutes
  node test/fuzz/fuzz.mjs --requests 1000                  a glance
  node test/fuzz/fuzz.mjs --requests 1000 --seed 1234567   the same glance again
`;
const MAX_SEED = 2 ** 31 - 1;
const EXIT_FOUND = 1;
const EXIT_USAGE = 2;

async function main() {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '20000' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * MAX_SEED)) },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const requests = wholeNumber('requests', values.requests, 1, 10_000_000);
  const seed = wholeNumber('seed', values.seed, 0, MAX_SEED);
  if (!existsSync(new URL('../../dist/src/entrypoints/server.js', import.meta.url)))
    throw new Error('The service is not built. Run "npm run build" first, or "make fuzz", which does.');
  const { fuzzService } = await import('./fuzz-service.mjs');
  process.stderr.write(`seed ${seed}\n`);
  const result = await fuzzService({ requests, seed, onProgress: progressOf(requests) });
  process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : describe(result));
  return result.findings.length + result.complaints.length > 0 ? EXIT_FOUND : 0;
}

class UsageError extends Error {}

function wholeNumber(name, text, min, max) {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not "${text}"; see --help.`);
}

/** One line that is written over on a terminal; elsewhere a line for every tenth. */
function progressOf(total) {
  const step = process.stderr.isTTY ? 100 : Math.ceil(total / 10);
  return (count) => {
    if (count % step !== 0 && count !== total) return;
    const end = process.stderr.isTTY && count !== total ? '\r' : '\n';
    process.stderr.write(`${count} of ${total} requests answered${end}`);
  };
}

function describe({ seed, requests, seconds, operations, unreached, statuses, findings, complaints }) {
  const counts = Object.entries(statuses).map(([status, count]) => `${count} x ${status}`);
  const lines = [
    `${requests} requests to ${operations} operations in ${seconds} s, seed ${seed}`,
    `answers: ${counts.join(', ')}`,
    `operations that succeeded at least once: ${operations - unreached.length} of ${operations}`,
    ...unreached.map((operation) => `  never: ${operation}`),
    ...findings.flatMap(({ operation, problem, count, curl }) => [
      '',
      `${operation}: ${problem} (${count} times)`,
      curl,
    ]),
    ...(complaints.length > 0 ? ['', 'The service logged errors:', ...complaints] : []),
    '',
    findings.length + complaints.length === 0 ? 'Nothing found.' : `${findings.length} findings.`,
  ];
  return `${lines.join('\n')}\n`;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof UsageError || error.code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${error.message}\n`);
  process.exitCode = isUsage ? EXIT_USAGE : EXIT_FOUND;
}
