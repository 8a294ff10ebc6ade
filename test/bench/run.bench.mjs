import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { synthesiseLocalCluster } from '../../dist/cdktf/local/local-cluster.js';
import { RunWorkdir } from '../../dist/src/provisioning/runner/run-workdir.js';
import { terraformCliConfig, terraformEnvironment } from '../../dist/src/provisioning/runner/terraform-environment.js';
import { startService } from './support/processes.mjs';
import { below, beside, figure, format } from './support/report.mjs';
import { openStage } from './support/stage.mjs';
import { median } from './support/statistics.mjs';
import { findTerraform } from './support/terraform.mjs';

const WARMUP_RUNS = 2;
const POLL_MS = 20;
const RUN_LIMIT_MS = 60_000;
const AIMED_START_MS = 200;
const AIMED_OVERHEAD_MS = 500;
const TTL_MINUTES = 60;

/** From a request for nodes to a cluster of that size, on the local target, beside Terraform run by hand. */
export async function measureRuns({ isQuick }) {
  const count = isQuick ? 3 : 20;
  const terraform = findTerraform();
  const stage = await openStage();
  let service = null;
  try {
    const [member] = await stage.seed({ organizations: 1, users: 1, organizationsPerUser: 1 });
    service = await startService(stage.serviceEnvironment('all'));
    const byHand = new ManualTerraform(stage.dataDirectory, terraform, member.organization);
    const samples = [];
    for (let nodes = 1; nodes <= WARMUP_RUNS + count; nodes++) {
      const run = await runOnce(service, stage.database.pool, member, nodes);
      samples.push({ ...run, ...(await byHand.run(nodes)) });
    }
    return {
      title: 'Runs',
      method: [
        `${count} updates of one local cluster, each one node larger, by one process of the role "all"; after each the same`,
        'configuration by hand in the same environment: terraform plan -out, then apply of that plan. Medians.',
      ],
      figures: toFigures(samples.slice(WARMUP_RUNS)),
    };
  } finally {
    await service?.stop();
    await stage.close();
  }
}

/**
 * One run, with its moments in milliseconds since the request was sent. Terraform's start is the time stamp that
 * Terraform itself puts on its first line (the `version` event of the plan), so it includes the start of its process.
 */
async function runOnce(service, pool, member, nodes) {
  const path = `/api/desired_org_num_nodes_ttl/${member.organization}/${nodes}/${TTL_MINUTES}/`;
  const sentAt = performance.timeOrigin + performance.now();
  const answer = await fetch(service.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${member.token}` },
  });
  if (answer.status !== 200) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
  const answeredMs = performance.timeOrigin + performance.now() - sentAt;
  const run = await finishedRun(pool, nodes);
  const after = (moment) => Number(moment) - sentAt;
  return {
    answeredMs,
    claimedMs: after(run.claimed),
    plannedFromMs: after(run.planning),
    startedMs: after(run.started),
    appliedFromMs: after(run.applying),
    finalizedFromMs: after(run.finalizing),
    totalMs: after(run.finished),
  };
}

/** The run that brought the cluster to this size, once the service has drawn its conclusions from it. */
async function finishedRun(pool, nodes) {
  const deadline = Date.now() + RUN_LIMIT_MS;
  for (;;) {
    const { rows } = await pool.query(
      `SELECT r.status, ${milliseconds('r.claimed_at')} AS claimed, ${milliseconds('r.finished_at')} AS finished,
         (SELECT ${milliseconds('occurred_at')} FROM run_log
            WHERE run_id = r.id AND phase = 'plan' AND type = 'version') AS started,
         ${enteredAt('planning')} AS planning, ${enteredAt('applying')} AS applying, ${enteredAt('finalizing')} AS finalizing
       FROM runs r JOIN clusters c ON c.organization_id = r.organization_id
       WHERE r.inputs->>'nodes' = $1 AND r.observed_at IS NOT NULL AND c.node_count = $2`,
      [String(nodes), nodes],
    );
    const [run] = rows;
    if (run && run.status !== 'succeeded') throw new Error(`The run to ${nodes} nodes ended as ${run.status}.`);
    if (run) return run;
    if (Date.now() > deadline) throw new Error(`No finished run to ${nodes} nodes after ${RUN_LIMIT_MS} ms.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function milliseconds(column) {
  return `extract(epoch FROM ${column}) * 1000`;
}

function enteredAt(status) {
  return `(SELECT ${milliseconds('occurred_at')} FROM audit_events
     WHERE subject_id = r.id::text AND action = 'run.status_changed' AND details->>'to' = '${status}')`;
}

/** Terraform as a person would run it who has the service's configuration, directory layout and environment. */
class ManualTerraform {
  constructor(dataDirectory, binary, organizationName) {
    this.binary = binary;
    this.organizationName = organizationName;
    this.workdir = new RunWorkdir(dataDirectory, 'by-hand', 'by-hand');
    this.workdir.create(terraformCliConfig(null));
    this.isInitialised = false;
  }

  /** Milliseconds each command took. `init` is needed once; the service, too, repeats it only when it must. */
  async run(nodes) {
    const inputs = { organizationName: this.organizationName, nodes, clusterVersion: 'latest', isPublic: false };
    this.workdir.write('cdk.tf.json', synthesiseLocalCluster({ ...inputs, delaySeconds: 0 }));
    const plan = this.workdir.planFile;
    rmSync(plan, { force: true });
    const handInitMs = await this.command('init', []);
    const handPlanMs = await this.command('plan', [`-out=${plan}`]);
    const handApplyMs = await this.command('apply', [plan]);
    return { handInitMs, handPlanMs, handApplyMs };
  }

  async command(name, more) {
    const output = openSync(join(this.workdir.directory, `${name}.log`), 'w');
    const startedAt = performance.now();
    const child = spawn(this.binary, [name, '-json', '-input=false', '-no-color', ...more], {
      cwd: this.workdir.directory,
      env: terraformEnvironment(this.workdir, this.binary, {}),
      stdio: ['ignore', output, output],
    });
    const [code] = await once(child, 'exit');
    const elapsedMs = performance.now() - startedAt;
    closeSync(output);
    if (code !== 0) throw new Error(`terraform ${name} by hand ended with exit code ${code}.`);
    return elapsedMs;
  }
}

function toFigures(samples) {
  const of = (pick) => median(samples.map(pick));
  const hand = ({ handPlanMs, handApplyMs }) => handPlanMs + handApplyMs;
  const start = of(({ startedMs }) => startedMs);
  const overhead = of((sample) => sample.totalMs - hand(sample));
  return [
    figure("From the request to Terraform's first line (its version event)", start, 'ms', {
      details: [
        `answered after ${format(of(({ answeredMs }) => answeredMs))} ms`,
        `claimed after ${format(of(({ claimedMs }) => claimedMs))} ms`,
      ],
      comparisons: [below(`${format(start)} ms, the start of Terraform's process included`, start, AIMED_START_MS)],
    }),
    figure(
      'A whole run, from the request to its end',
      of(({ totalMs }) => totalMs),
      'ms',
      {
        details: [
          `until the plan ${format(of(({ plannedFromMs }) => plannedFromMs))}`,
          `plan ${format(of((sample) => sample.appliedFromMs - sample.plannedFromMs))}`,
          `apply ${format(of((sample) => sample.finalizedFromMs - sample.appliedFromMs))}`,
          `end ${format(of((sample) => sample.totalMs - sample.finalizedFromMs))}`,
        ],
        comparisons: [
          beside(
            `by hand ${format(of(hand))} ms: plan ${format(of(({ handPlanMs }) => handPlanMs))} and apply ` +
              `${format(of(({ handApplyMs }) => handApplyMs))}; with init ${format(of((sample) => hand(sample) + sample.handInitMs))} ms`,
          ),
        ],
      },
    ),
    figure('Overhead: the whole run less plan and apply by hand', overhead, 'ms', {
      comparisons: [below(`${format(overhead)} ms`, overhead, AIMED_OVERHEAD_MS)],
    }),
  ];
}
