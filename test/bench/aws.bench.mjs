import { cpSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { measureLife } from './support/cluster-life.mjs';
import { MotoBucket } from './support/moto-bucket.mjs';
import { OldSequence } from './support/old-sequence.mjs';
import { startService } from './support/processes.mjs';
import { memoryDuring } from './support/process-tree.mjs';
import { atMost, beside, figure, format, skipped } from './support/report.mjs';
import { requestNodes } from './support/request-nodes.mjs';
import { finishedRun, finishedRuns } from './support/run-moments.mjs';
import { SimulatedAws, whyNoSimulatedAws } from './support/simulated-aws.mjs';
import { openStage } from './support/stage.mjs';
import { median } from './support/statistics.mjs';

const TITLE = 'Clusters on a simulated AWS';
/** The first of the warm-up rounds builds the clusters. */
const SIZES = { warmups: 2, rounds: 10, largeRounds: 4, organizations: 60, loopOrganizations: 10 };
const QUICK_SIZES = { warmups: 1, rounds: 1, largeRounds: 1, organizations: 2, loopOrganizations: 1 };
const AIMED_PERCENT = 50;
const WHY_NO_BUCKET = 'moto_server is not on the PATH, so there is no S3 for the state of the old sequence';
const FIRST_NODES = 2;
const BATCH_LIMIT_MS = 600_000;

/** Updates of clusters on the simulated AWS: one beside the old system's commands, then many at once. */
export async function measureAws({ isQuick }) {
  const reason = whyNoSimulatedAws();
  if (reason !== null) return skipped(TITLE, reason);
  const sizes = isQuick ? QUICK_SIZES : SIZES;
  const cores = availableParallelism();
  const aws = new SimulatedAws();
  const bucket = await MotoBucket.start();
  const stage = await openStage();
  let service = null;
  try {
    const count = sizes.organizations + 2;
    const seeded = { organizations: count, users: count, organizationsPerUser: 1 };
    const [single, living, ...many] = await stage.seed({ ...seeded, target: 'aws' });
    const roles = { ...stage.serviceEnvironment('all'), PS_RUN_SLOTS: String(cores) };
    service = await startService({ ...roles, ...aws.serviceEnvironment });
    const one = await measureOne({ service, stage, aws, bucket, member: single, sizes });
    const life = await measureLife({ service, pool: stage.database.pool, aws, member: living });
    const deployed = await measureBatch(service, stage, many, FIRST_NODES);
    const updated = await measureBatch(service, stage, many, FIRST_NODES + 1);
    await service.stop();
    const loops = await measureLoops(stage, aws, many.slice(0, sizes.loopOrganizations), cores);
    return {
      title: TITLE,
      method: [
        `One process of the role "all" with ${cores} slots, its provider mirror trusted as in the image, so that one provider`,
        'process serves a run (allowed to listen on a port, as the simulated one does); real Terraform. One cluster, made one',
        `node larger in each of ${sizes.rounds} rounds, in turn with the old system's commands on a cluster of their own with the`,
        "stack the service wrote: medians, ratios are medians of the rounds' own ratios. Then another cluster from beginning",
        `to end, with the calls to AWS counted, and ${sizes.organizations} organizations at once; memory once a second,`,
        'Postgres not included.',
      ],
      figures: [
        ...singleFigures(one),
        ...life.map(lifeFigure),
        ...batchFigures(deployed, updated, loops, cores, sizes),
      ],
    };
  } finally {
    await service?.stop();
    await stage.close();
    await bucket?.stop();
    aws.close();
  }
}

/**
 * Updates of one cluster in turn with the old sequence, once with its state in a bucket and once in a file, and with no more
 * than plan and apply by hand; then with a large package of the provider.
 */
async function measureOne({ service, stage, aws, bucket, member, sizes }) {
  const directory = join(stage.dataDirectory, 'old');
  const terraformIn = (name, environment) => aws.terraformIn(directory, name, environment);
  const inFile = new OldSequence(terraformIn('old-sequence'));
  const inBucket = bucket && new OldSequence(terraformIn('old-in-bucket', bucket.environment), bucket);
  const byHand = terraformIn('by-hand');
  const initAnew = async () => {
    for (const terraform of [inFile.terraform, inBucket?.terraform, byHand]) await terraform?.initAnew();
  };
  let nodes = 1;
  const round = async () => {
    nodes++;
    const ours = await runOnce(service, stage.database.pool, member, nodes);
    const stack = stackOf(stage, member);
    if (nodes === 2) await inBucket?.selectWorkspace(stack);
    const old = await inFile.update(stack);
    const oldInBucket = (await inBucket?.update(stack)) ?? null;
    byHand.workdir.write('cdk.tf.json', stack);
    if (nodes === 2) await byHand.initAnew();
    const { planMs, applyMs } = await byHand.planAndApply('-refresh=false');
    return { ours, old, oldInBucket, byHandMs: planMs + applyMs };
  };
  const rounds = async (count) => {
    const samples = [];
    while (samples.length < count) samples.push(await round());
    return samples;
  };
  await rounds(sizes.warmups);
  const small = await rounds(sizes.rounds);
  aws.setTrueSize(true);
  await initAnew();
  const large = await rounds(sizes.largeRounds);
  aws.setTrueSize(false);
  return { small, large };
}

/** One update by the service, in milliseconds: from the request to the run's end, and what of it the commands took. */
async function runOnce(service, pool, member, nodes) {
  const { sentAt } = await requestNodes(service, member, nodes);
  const run = await finishedRun(pool, member.organizationId, nodes);
  const planMs = Number(run.planned) - Number(run.planning);
  const applyMs = Number(run.applied) - Number(run.applying);
  return {
    totalMs: Number(run.finished) - sentAt,
    beforeMs: Number(run.planning) - sentAt,
    planMs,
    applyMs,
  };
}

/** The same change of size for all: each member asks, and all runs are waited for. */
async function measureBatch(service, stage, members, nodes) {
  const ids = members.map(({ organizationId }) => organizationId);
  const { result, peaks } = await memoryDuring(service.pid, async () => {
    const requests = await Promise.all(members.map((member) => requestNodes(service, member, nodes)));
    const runs = await finishedRuns(stage.database.pool, ids, nodes, BATCH_LIMIT_MS);
    return { beganAt: Math.min(...requests.map(({ sentAt }) => sentAt)), runs };
  });
  const endedAt = Math.max(...result.runs.map(({ finished }) => finished));
  return {
    perMinute: perMinute(members.length, endedAt - result.beganAt),
    waitedMs: median(result.runs.map(({ waitedMs }) => waitedMs)),
    memory: peaks,
  };
}

/**
 * Copies of the clusters, updated by plain loops as many at once as there are cores: with the two commands a run of the
 * service needs, and with the old sequence.
 */
async function measureLoops(stage, aws, members, cores) {
  const copy = (parent) => (member) => {
    const workspace = join(parent, 'workspaces', member.organizationId);
    cpSync(workspaceOf(stage, member), workspace, { recursive: true, verbatimSymlinks: true });
    return { terraform: aws.terraformIn(parent, member.organizationId), stack: stackOf(stage, member) };
  };
  const bare = members.map(copy(join(stage.dataDirectory, 'bare-loop')));
  const barePerMinute = await loop(bare, cores, async ({ terraform, stack }) => {
    terraform.workdir.write('cdk.tf.json', withNodes(stack, FIRST_NODES + 2));
    await terraform.planAndApply();
  });
  const old = members.map(copy(join(stage.dataDirectory, 'old-loop')));
  for (const { terraform } of old) await terraform.initAnew();
  const oldPerMinute = await loop(old, cores, async ({ terraform, stack }) => {
    await new OldSequence(terraform).update(withNodes(stack, FIRST_NODES + 3));
  });
  return { barePerMinute, oldPerMinute };
}

async function loop(clusters, atOnce, update) {
  const waiting = [...clusters];
  const work = async () => {
    for (let cluster = waiting.shift(); cluster; cluster = waiting.shift()) await update(cluster);
  };
  const beganAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  return perMinute(clusters.length, performance.now() - beganAt);
}

function perMinute(count, elapsedMs) {
  return (count * 60_000) / elapsedMs;
}

function workspaceOf(stage, { organizationId }) {
  return join(stage.dataDirectory, 'workspaces', organizationId);
}

/** The configuration the service has written for its last run of this organization. */
function stackOf(stage, member) {
  return readFileSync(join(workspaceOf(stage, member), 'cdk.tf.json'), 'utf8');
}

function withNodes(stack, nodes) {
  const content = JSON.parse(stack);
  for (const group of Object.values(content.resource.aws_autoscaling_group)) group.desired_capacity = nodes;
  return JSON.stringify(content, null, 2);
}

function singleFigures({ small, large }) {
  const of = (samples, pick) => format(median(samples.map(pick)));
  const commands = ({ ours }) => ours.planMs + ours.applyMs;
  return [
    figure(
      "One update, from the request to the run's end, with a provider package as large as the true one",
      median(large.map(({ ours }) => ours.totalMs)),
      'ms',
      { comparisons: [...comparisonsWithOld(large), comparedByHand(large)] },
    ),
    figure('The same, with the small package of the simulator', median(small.map(({ ours }) => ours.totalMs)), 'ms', {
      details: [
        `until the plan ${of(small, ({ ours }) => ours.beforeMs)}`,
        `plan ${of(small, ({ ours }) => ours.planMs)}`,
        `apply ${of(small, ({ ours }) => ours.applyMs)}`,
        `other than Terraform ${of(small, (sample) => sample.ours.totalMs - commands(sample))}`,
      ],
      comparisons: [...comparisonsWithOld(small), comparedByHand(small)],
    }),
  ];
}

function lifeFigure({ name, ms, changes, calls }) {
  const counts = Object.entries(calls).map(([operation, count]) => `${operation} ${count}`);
  return figure(name, ms, 'ms', { details: [`${changes} changes planned`, `calls: ${counts.sort().join(', ')}`] });
}

/** Beside the old sequence with its state where the old system had it; where there is no bucket, beside that with a file. */
function comparisonsWithOld(samples) {
  if (samples[0].oldInBucket === null)
    return [...compared(samples, 'old', 'its state in a file', AIMED_PERCENT), beside(WHY_NO_BUCKET)];
  return [
    ...compared(samples, 'oldInBucket', 'its state in S3, as the old system', AIMED_PERCENT),
    ...compared(samples, 'old', 'its state in a file', null),
  ];
}

/** The least a run can take that looks at its plan before it carries it out. */
function comparedByHand(samples) {
  const old = samples[0].oldInBucket === null ? 'old' : 'oldInBucket';
  const percent = 100 * median(samples.map((sample) => sample.byHandMs / sample[old].totalMs));
  const byHandMs = median(samples.map((sample) => sample.byHandMs));
  return beside(
    `plan -refresh=false and apply by hand ${format(byHandMs)} ms, ${format(percent)} % of the old sequence`,
  );
}

function compared(samples, which, where, aim) {
  const percent = 100 * median(samples.map((sample) => sample.ours.totalMs / sample[which].totalMs));
  const oldMs = median(samples.map((sample) => sample[which].totalMs));
  const commands = samples[0][which].commands.map(({ name }, index) => {
    const ms = median(samples.map((sample) => sample[which].commands[index].ms));
    return `${name} ${format(ms)}`;
  });
  const text = `${format(percent)} % of the old sequence with ${where}, ${format(oldMs)} ms`;
  return [aim === null ? beside(text) : atMost(text, percent, aim), beside(commands.join(', '))];
}

function batchFigures(deployed, updated, { barePerMinute, oldPerMinute }, cores, sizes) {
  const waited = ({ waitedMs }) => `median wait for a slot ${format(waitedMs / 1000)} s`;
  const loops = `${sizes.loopOrganizations} of them by a plain loop, ${cores} at once`;
  return [
    figure(`${sizes.organizations} organizations updated at once`, updated.perMinute, 'runs/min', {
      details: [waited(updated)],
      comparisons: [
        beside(`${loops}: plan and apply ${format(barePerMinute)}/min, the old sequence ${format(oldPerMinute)}/min`),
      ],
    }),
    figure('Peak resident memory of the service meanwhile', updated.memory.ownMb, 'MB', {
      details: [`with all its Terraform and provider processes ${format(updated.memory.treeMb)} MB`],
    }),
    figure(`${sizes.organizations} organizations deployed at once, before that`, deployed.perMinute, 'runs/min', {
      details: [
        waited(deployed),
        `peak memory ${format(deployed.memory.ownMb)} MB, with all processes ${format(deployed.memory.treeMb)} MB`,
      ],
    }),
  ];
}
