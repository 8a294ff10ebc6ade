import { REPLACED_SYSTEM } from './support/baseline.mjs';
import { startService } from './support/processes.mjs';
import { residentMb } from './support/process-figures.mjs';
import { below, beside, figure, format } from './support/report.mjs';
import { openStage } from './support/stage.mjs';
import { median } from './support/statistics.mjs';

const ROLES = ['all', 'api', 'worker'];
const SETTLE_MS = 5_000;
const AIMED_MB = 250;
const AIMED_START_MS = 1_500;

/** Memory of an idle service and the time it takes to start, Postgres not included. */
export async function measureFootprint({ isQuick }) {
  const rounds = isQuick ? 1 : 5;
  const settleMs = isQuick ? 1_000 : SETTLE_MS;
  const stage = await openStage();
  try {
    const migrated = Object.fromEntries(ROLES.map((role) => [role, []]));
    const empty = [];
    for (let round = 0; round < rounds; round++) {
      for (const role of ROLES) migrated[role].push(await startOnce(stage.serviceEnvironment(role), settleMs));
      const database = await stage.createDatabase(`empty_${round}`);
      empty.push(await startOnce(stage.serviceEnvironment('all', database.url), 0));
      await database.pool.end();
    }
    return {
      title: 'Footprint',
      method: [
        `One process, Postgres running already. Medians of ${rounds} starts; memory ${settleMs / 1000} s after the start. Ready is`,
        'the first 200 of /health/ready after the process was spawned.',
      ],
      figures: toFigures(migrated, empty),
    };
  } finally {
    await stage.close();
  }
}

async function startOnce(environment, settleMs) {
  const spawnedAt = performance.now();
  const service = await startService(environment);
  try {
    const { status } = await fetch(`${service.url}/health/ready`);
    const readyMs = performance.now() - spawnedAt;
    if (status !== 200) throw new Error(`/health/ready answered ${status}.`);
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    return { readyMs, residentMb: residentMb(service.pid) };
  } finally {
    await service.stop();
  }
}

function toFigures(migrated, empty) {
  const ready = (samples) => median(samples.map(({ readyMs }) => readyMs));
  const memory = (role) => median(migrated[role].map(({ residentMb: megabytes }) => megabytes));
  const { startMs, residentMb: old } = REPLACED_SYSTEM;
  return [
    figure('Resident memory when idle, role "all"', memory('all'), 'MB', {
      details: [`api ${format(memory('api'))} MB`, `worker ${format(memory('worker'))} MB`],
      comparisons: [
        below(`the old system's container: ${old.container} MB`, memory('all'), AIMED_MB),
        beside(`one server process of the old system: ${old.oneServer} MB`),
      ],
    }),
    figure('Start on a migrated database until ready, role "all"', ready(migrated.all), 'ms', {
      details: [`api ${format(ready(migrated.api))} ms`, `worker ${format(ready(migrated.worker))} ms`],
      comparisons: [below(`the old system: ${startMs.migrated} ms`, ready(migrated.all), AIMED_START_MS)],
    }),
    figure('Start on an empty database until ready, role "all"', ready(empty), 'ms', {
      comparisons: [beside(`the old system: ${startMs.empty} ms`)],
    }),
  ];
}
