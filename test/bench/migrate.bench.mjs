import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { loadBuild } from '../../dist/src/database/migrator/migration-files.js';
import { startContainer } from './support/processes.mjs';
import { below, beside, figure, format } from './support/report.mjs';
import { openStage } from './support/stage.mjs';
import { median, percentile } from './support/statistics.mjs';

const PSCTL = fileURLToPath(new URL('../../dist/src/entrypoints/psctl.js', import.meta.url));
const STARTERS = 5;
const ROUNDS = 50;
const AIMED_EMPTY_MS = 4_000;
const AIMED_MIGRATED_MS = 1_500;

/**
 * Five processes that migrate one empty database at the same moment, again and again: first `psctl migrate`, then the entry
 * script of containers, which migrates and serves. A migration that is applied twice, or a process that does not get
 * ready, ends the benchmark.
 */
export async function measureMigrations({ isQuick, rounds = isQuick ? 1 : ROUNDS }) {
  const stage = await openStage();
  const expected = (await loadBuild()).map(({ name }) => name);
  const seen = { commands: [], empty: [], migrated: [], alone: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      const commands = await stage.createDatabase(`commands_${round}`);
      seen.commands.push(...(await together(() => migrateOnce(stage.serviceEnvironment('api', commands.url)))));
      await assertAppliedOnce(commands.pool, expected);
      await commands.pool.end();
      const containers = await stage.createDatabase(`containers_${round}`);
      const environment = stage.serviceEnvironment('api', containers.url);
      seen.empty.push(...(await together(() => readyOnce(environment))));
      await assertAppliedOnce(containers.pool, expected);
      seen.migrated.push(...(await together(() => readyOnce(environment))));
      seen.alone.push(await readyOnce(environment));
      await containers.pool.end();
    }
  } finally {
    await stage.close();
  }
  return {
    title: 'Migrations',
    method: [
      `${rounds} rounds, each on an empty database, of ${STARTERS} processes that start together. Ready is the first 200 of`,
      '/health/ready after the entry script was spawned; the figure is the slowest of five, in the median round.',
      `In each round ${expected.length} migrations were applied, each exactly once, and all processes got ready.`,
      ...(process.env.NODE_COMPILE_CACHE ? ['With a compile cache, as in the image.'] : []),
    ],
    figures: toFigures(seen),
  };
}

function together(start) {
  return Promise.all(Array.from({ length: STARTERS }, start)).then((all) => [all]);
}

async function migrateOnce(environment) {
  const spawnedAt = performance.now();
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
  const child = spawn(process.execPath, [PSCTL, 'migrate'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`psctl migrate ended with ${code}: ${said}`);
  return performance.now() - spawnedAt;
}

async function readyOnce(environment) {
  const spawnedAt = performance.now();
  const container = await startContainer('api', environment);
  try {
    const { status } = await fetch(`${container.url}/health/ready`);
    if (status !== 200) throw new Error(`/health/ready answered ${status}.`);
    return performance.now() - spawnedAt;
  } finally {
    await container.stop();
  }
}

async function assertAppliedOnce(pool, expected) {
  const { rows } = await pool.query('SELECT name FROM schema_migrations ORDER BY id');
  const { rows: open } = await pool.query('SELECT name FROM migration_audit WHERE finished_at IS NULL');
  const applied = rows.map(({ name }) => name);
  if (JSON.stringify(applied) !== JSON.stringify(expected) || open.length > 0)
    throw new Error(`Not every migration was applied once and to its end: ${applied.join(', ')}`);
}

function toFigures({ commands, empty, migrated, alone }) {
  const slowest = (rounds) => rounds.map((round) => Math.max(...round));
  const of = (name, rounds, comparison) =>
    figure(name, median(slowest(rounds)), 'ms', {
      details: [
        `95 % ${format(percentile(slowest(rounds), 95))} ms`,
        `worst ${format(Math.max(...slowest(rounds)))} ms`,
      ],
      comparisons: [comparison(median(slowest(rounds)))],
    });
  return [
    of('Five "psctl migrate" on an empty database, until the last has ended', commands, () =>
      beside('one of them applies everything, the others wait for it'),
    ),
    of('Five containers on an empty database, until the last is ready', empty, (value) =>
      below('with all migrations to apply', value, AIMED_EMPTY_MS),
    ),
    of('Five containers on a migrated database, until the last is ready', migrated, () =>
      beside('they share the processors of this machine'),
    ),
    of(
      'One container on a migrated database until ready',
      alone.map((value) => [value]),
      (value) => below('alone on this machine', value, AIMED_MIGRATED_MS),
    ),
  ];
}
