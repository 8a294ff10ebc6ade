import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

const SUITES = {
  run: async (options) => (await import('./run.bench.mjs')).measureRuns(options),
  aws: async (options) => (await import('./aws.bench.mjs')).measureAws(options),
  http: async (options) => (await import('./http.bench.mjs')).measureHttp(options),
  footprint: async (options) => (await import('./footprint.bench.mjs')).measureFootprint(options),
  migrate: async (options) => (await import('./migrate.bench.mjs')).measureMigrations(options),
};

const HELP = `Measures the built service and prints figures beside what they are compared with. Not a test: it never fails
for being slow. Needs "npm run build"; "run" and "aws" need Terraform or OpenTofu on the PATH. "aws" needs the simulated
AWS provider too (PS_AWS_PROVIDER_SIM names its folder) and is skipped, with the reason, where one of them is missing.

Usage: node test/bench/bench.mjs [run] [aws] [http] [footprint] [migrate] [--quick] [--json]

  run         from a request for nodes to Terraform's start and to the end, beside Terraform by hand (3 minutes)
  aws         updates of a cluster on a simulated AWS, beside the old system's commands; 60 clusters at once (6 minutes)
  http        requests per second and latencies, beside a bare server and the old system (3 minutes)
  footprint   memory and start time (3 minutes)
  migrate     five processes that migrate one empty database at once, 50 times (10 minutes)
  --rounds n  how many times "migrate" does that
  --quick     one short round: checks that everything works, the figures mean little
  --json      one JSON document instead of text

Examples:
  make bench                                     everything
  node test/bench/bench.mjs http                 only HTTP
  node test/bench/bench.mjs run --json > run.json
`;

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
      rounds: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const names = positionals.length > 0 ? positionals : Object.keys(SUITES);
  const unknown = names.filter((name) => !Object.hasOwn(SUITES, name));
  if (unknown.length > 0) throw new Error(`There is no benchmark ${unknown.join(', ')}; see --help.`);
  if (!existsSync(new URL('../../dist/src/entrypoints/server.js', import.meta.url)))
    throw new Error('The service is not built. Run "npm run build" first, or "make bench", which does.');
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds is 1 or more.');
  await measure(names, { isQuick: values.quick === true, rounds }, values.json === true);
}

async function measure(names, options, isJson) {
  const { printSuite } = await import('./support/report.mjs');
  const write = (text) => process.stdout.write(text);
  const machine = describeMachine();
  if (!isJson) write(`${machine}\n`);
  const suites = [];
  for (const name of names) {
    const suite = await SUITES[name](options);
    suites.push({ name, ...suite });
    if (!isJson) printSuite(suite, write);
  }
  if (isJson) write(`${JSON.stringify({ machine, isQuick: options.isQuick, suites }, null, 2)}\n`);
}

function describeMachine() {
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}, load ${loadavg()[0]}`;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
