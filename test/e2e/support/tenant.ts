import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PhaseFiles } from '../../../src/provisioning/runner/phase-files.js';
import { type RecordedProcess } from '../../../src/provisioning/runner/process-identity.js';
import { type Answer, type RunRow, type Scenario } from './scenario.js';

const IN_PROGRESS = ['preparing', 'planning', 'applying', 'finalizing'];

export interface StoredRun {
  id: string;
  kind: string;
  status: string;
  trigger: string;
  completedChanges: number;
  cancelRequestedBy: string | null;
  failureCode: string | null;
  isObserved: boolean;
}

export interface StoredCluster {
  desiredNodes: number;
  nodes: number;
  isDeployed: boolean;
  isSettled: boolean;
  isHeld: boolean;
  failures: number;
  unfinished: number;
}

/** One organization as its people use it, and, where no API tells, as it is stored. */
export class Tenant {
  constructor(
    private readonly scenario: Scenario,
    readonly id: string,
    readonly name: string,
    private readonly tokens: { member: string; owner: string },
  ) {}

  async ask(nodes: number, ttlMinutes = 15): Promise<void> {
    const path = `/api/desired_org_num_nodes_ttl/${this.name}/${nodes}/${ttlMinutes}/`;
    await this.mustCall('POST', path, this.tokens.member);
  }

  async release(): Promise<void> {
    await this.mustCall('DELETE', `/api/v1/organizations/${this.name}/capacity-requests`, this.tokens.member);
  }

  cancel(runId: string): Promise<Answer<RunRow>> {
    const path = `/api/v1/organizations/${this.name}/runs/${runId}/cancel`;
    return this.scenario.call('POST', path, undefined, this.tokens.owner);
  }

  /** Asks for a run itself, as an owner does. */
  async askForRun(request: Record<string, unknown>): Promise<string> {
    const path = `/api/v1/organizations/${this.name}/runs`;
    const { status, body } = await this.scenario.call<{ id: string }>('POST', path, request, this.tokens.owner);
    if (status !== 202) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
    return body.id;
  }

  /** What old clients are told of the cluster's nodes. */
  async nodeCounts(): Promise<Record<string, unknown>> {
    return (await this.scenario.call('GET', `/api/org_num_nodes/${this.name}/`, undefined, this.tokens.member)).body;
  }

  /** A run as the API shows it. */
  async shown(runId: string): Promise<Record<string, unknown>> {
    const path = `/api/v1/organizations/${this.name}/runs/${runId}`;
    return (await this.scenario.call('GET', path, undefined, this.tokens.member)).body;
  }

  /** The run's event stream; each piece of it as it comes. */
  async *events(runId: string, lastEventId: number, signal: AbortSignal): AsyncGenerator<string> {
    const headers = { authorization: `Bearer ${this.tokens.member}`, 'last-event-id': String(lastEventId) };
    const url = `${this.scenario.server.url}/api/v1/organizations/${this.name}/runs/${runId}/events`;
    const { body } = await fetch(url, { headers, signal });
    const decoder = new TextDecoder();
    for await (const chunk of body!) yield decoder.decode(chunk as Uint8Array, { stream: true });
  }

  /** Oldest first. */
  runs(): Promise<StoredRun[]> {
    return this.scenario.fixtures.query<StoredRun & Record<string, unknown>>(
      `SELECT id, kind, status, trigger, completed_changes AS "completedChanges", failure_code AS "failureCode",
         cancel_requested_by AS "cancelRequestedBy", observed_at IS NOT NULL AS "isObserved"
       FROM runs WHERE organization_id = $1 ORDER BY created_at, id`,
      [this.id],
    );
  }

  /** The one that is being executed. */
  async runInProgress(): Promise<StoredRun | undefined> {
    return (await this.runs()).find(({ status }) => IN_PROGRESS.includes(status));
  }

  async cluster(): Promise<StoredCluster | undefined> {
    const [cluster] = await this.scenario.fixtures.query<StoredCluster & Record<string, unknown>>(
      `SELECT desired_nodes AS "desiredNodes", node_count AS nodes, is_deployed AS "isDeployed",
         is_settled AS "isSettled", is_held AS "isHeld", consecutive_failures AS failures,
         (SELECT count(*)::integer FROM runs r WHERE r.organization_id = c.organization_id
            AND (r.finished_at IS NULL OR r.observed_at IS NULL)) AS unfinished
       FROM clusters c WHERE organization_id = $1`,
      [this.id],
    );
    return cluster;
  }

  /** Waits until the newest run is as wished, and returns it. */
  async untilRun(what: string, condition: (run: StoredRun) => boolean): Promise<StoredRun> {
    const newest = async (): Promise<StoredRun | undefined> => (await this.runs()).at(-1);
    const seen = await this.scenario.until(what, newest, (run) => run !== undefined && condition(run));
    return seen!;
  }

  /** Waits until everything but the nodes is built, so the apply is waiting for them. */
  untilNodesComeUp(): Promise<StoredRun> {
    return this.untilRun('an apply that waits for its nodes', ({ id, status }) => {
      const resources = this.stateResources();
      return status === 'applying' && resources.includes('manager') && this.phase(id, 'apply').exists();
    });
  }

  untilSettled(nodes: number): Promise<StoredCluster | undefined> {
    return this.scenario.until(
      `a settled cluster of ${nodes} nodes`,
      () => this.cluster(),
      (seen) => seen?.unfinished === 0 && seen.isSettled && seen.nodes === nodes && seen.isDeployed === nodes > 0,
    );
  }

  /** Waits until nothing is deployed and nothing is under way; a cluster that was never built is not settled either. */
  untilGone(): Promise<StoredCluster | undefined> {
    return this.scenario.until(
      'no cluster',
      () => this.cluster(),
      (seen) => seen?.unfinished === 0 && !seen.isDeployed && seen.desiredNodes === 0,
    );
  }

  phase(runId: string, phase: string): PhaseFiles {
    return new PhaseFiles(this.workspace('runs', runId, phase));
  }

  supervisor(runId: string): RecordedProcess {
    return this.phase(runId, 'apply').recordedProcess()!;
  }

  workspace(...path: string[]): string {
    return join(this.scenario.dataDirectory, 'workspaces', this.id, ...path);
  }

  /** Names of the resources in the state Terraform itself works on, one for each instance. */
  stateResources(): string[] {
    const path = this.workspace('terraform.tfstate');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return parsedResources(text).flatMap(({ name, instances }) => instances.map(() => name));
  }

  /** Every managed resource of the state that has an id, as `type id`. */
  stateIds(): Set<string> {
    const path = this.workspace('terraform.tfstate');
    return idsOf(parsedResources(existsSync(path) ? readFileSync(path, 'utf8') : ''));
  }

  /** As {@link stateIds}, of the newest stored version: the file is gone with the machine it was on. */
  async storedStateIds(): Promise<Set<string>> {
    const path = `/admin/organizations/${this.id}/state`;
    const { body } = await this.scenario.administer<{ versions: { id: string }[] }>(`${path}?limit=1`);
    const [newest] = body.versions;
    if (!newest) return new Set();
    const content = await this.scenario.administer<State>(`${path}/versions/${newest.id}/content`);
    return idsOf(content.body.resources);
  }

  stateNodes(): number {
    return this.stateResources().filter((name) => name === 'node').length;
  }

  private async mustCall(method: string, path: string, token: string): Promise<void> {
    const { status, body } = await this.scenario.call(method, path, undefined, token);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
  }
}

interface State {
  resources: StateResource[];
}

interface StateResource {
  mode: string;
  type: string;
  name: string;
  instances: { attributes: { id?: string } }[];
}

function idsOf(resources: StateResource[]): Set<string> {
  const managed = resources.filter(({ mode }) => mode === 'managed');
  return new Set(
    managed.flatMap(({ type, instances }) => instances.map(({ attributes }) => `${type} ${attributes.id ?? ''}`)),
  );
}

/** None while Terraform writes the file: it does so in place, so the end may be missing, or that of a longer one be left. */
function parsedResources(text: string): StateResource[] {
  try {
    return (JSON.parse(text) as State).resources;
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
