import { synthesiseLocalCluster } from '../../dist/cdktf/local/local-cluster.js';
import { RunWorkdir } from '../../dist/src/provisioning/runner/run-workdir.js';
import { terraformCliConfig } from '../../dist/src/provisioning/runner/terraform-environment.js';
import { startService } from './support/processes.mjs';
import { below, beside, figure, format } from './support/report.mjs';
import { requestNodes } from './support/request-nodes.mjs';
import { finishedRun } from './support/run-moments.mjs';
import { openStage } from './support/stage.mjs';
import { median } from './support/statistics.mjs';
import { TerraformByHand } from './support/terraform-by-hand.mjs';
import { findTerraform } from './support/terraform.mjs';

const WARMUP_RUNS = 2;
const AIMED_START_MS = 200;
const AIMED_OVERHEAD_MS = 500;

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
  const { sentAt, answeredMs } = await requestNodes(service, member, nodes);
  const run = await finishedRun(pool, member.organizationId, nodes);
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

/** The same configuration by hand, in a directory of its own. */
class ManualTerraform {
  constructor(dataDirectory, binary, organizationName) {
    this.organizationName = organizationName;
    this.workdir = new RunWorkdir(dataDirectory, 'by-hand', 'by-hand');
    this.workdir.create(terraformCliConfig(null));
    this.terraform = new TerraformByHand(this.workdir, binary);
  }

  /** Milliseconds each command took. `init` is needed once; the service, too, repeats it only when it must. */
  async run(nodes) {
    const inputs = { organizationName: this.organizationName, nodes, clusterVersion: 'latest', isPublic: false };
    this.workdir.write('cdk.tf.json', synthesiseLocalCluster({ ...inputs, delaySeconds: 0 }));
    const handInitMs = await this.terraform.asTheService('init');
    const { planMs: handPlanMs, applyMs: handApplyMs } = await this.terraform.planAndApply();
    return { handInitMs, handPlanMs, handApplyMs };
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
