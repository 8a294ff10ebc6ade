import { Injectable } from '@nestjs/common';
import { type Author } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { OrganizationNotFoundError } from '../organizations/organizations.errors.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { type Organization } from '../organizations/organizations.types.js';
import { ProvisioningService } from '../provisioning/provisioning.service.js';
import { type Run } from '../provisioning/provisioning.types.js';
import { StateAdoptionService } from '../provisioning/state-adoption.service.js';
import { type StateAdoption } from '../provisioning/state-adoption.types.js';
import {
  type AdoptionReport,
  type AwaitedPlan,
  type OldStateLocation,
  type PlanPatience,
} from './cluster-adoption.types.js';
import { ClusterRunsService } from './cluster-runs.service.js';
import { NotForAwsError } from './clusters.errors.js';
import { ClustersRepository } from './clusters.repository.js';
import { describeOldState, readOldState } from './old-state-source.js';

const POLL_MS = 500;

interface Found {
  report: AdoptionReport;
  adoption: StateAdoption;
}

/** Takes over clusters the old system deployed, and proves with a plan that nothing would change. */
@Injectable()
export class ClusterAdoptionService {
  constructor(
    private readonly organizations: OrganizationsService,
    private readonly clusters: ClustersRepository,
    private readonly states: StateAdoptionService,
    private readonly runs: ClusterRunsService,
    private readonly provisioning: ProvisioningService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** What is there to be taken over; nothing is stored. */
  async check(name: string, location: OldStateLocation): Promise<AdoptionReport> {
    return (await this.read(await this.organization(name), location)).report;
  }

  /**
   * Suspends the organization's provisioning, stores the state and what belongs to it, and notes that the cluster is
   * deployed; all of it or nothing. Doing it again changes nothing. Throws StateExistsError for another state.
   */
  async adopt(name: string, location: OldStateLocation, author: Author): Promise<AdoptionReport> {
    const organization = await this.organization(name);
    if (organization.target !== 'aws') throw new NotForAwsError(name, organization.target);
    const found = await this.read(organization, location);
    const isNew = await this.transactions.run(async (tx) => {
      await this.clusters.lock(tx, organization.id);
      const isStored = await this.states.store(tx, organization.id, found.adoption, author);
      if (!isStored) return false;
      await this.organizations.apply(tx, organization.id, { provisioningSuspended: true }, author);
      await this.noteDeployed(tx, organization.id, found);
      return true;
    });
    return { ...found.report, outcome: isNew ? 'adopted' : 'unchanged' };
  }

  /** Queues a plan of an update to what is there. Throws RunBusyError while another run waits or is at work. */
  plan({ organizationId, nodes }: AdoptionReport, author: Author): Promise<Run> {
    return this.runs.request(organizationId, { kind: 'update', isPlanOnly: true, nodes }, author);
  }

  /** Until the plan has ended, or patience has. */
  async awaitPlan({ organizationId, id }: Run, patience: PlanPatience): Promise<AwaitedPlan> {
    const begun = this.clock.elapsedMs();
    for (;;) {
      const run = await this.provisioning.get(organizationId, id);
      if (run.finishedAt) return { how: 'ended', run };
      const seconds = (this.clock.elapsedMs() - begun) / 1000;
      if (run.claimedAt === null && seconds >= patience.unclaimedSeconds) return { how: 'unclaimed', run };
      if (seconds >= patience.totalSeconds) return { how: 'late', run };
      await new Promise<void>((resolve) => this.clock.schedule(POLL_MS, resolve));
    }
  }

  private async organization(name: string): Promise<Organization> {
    const organization = await this.organizations.findByName(name);
    if (!organization) throw new OrganizationNotFoundError(name);
    return organization;
  }

  private async read({ id, name, ...settings }: Organization, location: OldStateLocation): Promise<Found> {
    const content = await readOldState(location);
    const source = describeOldState(location);
    const known = await this.clusters.find(id);
    const version = known?.clusterVersion ?? '';
    const madeFor =
      known && version !== ''
        ? { clusterVersion: version, isPublic: known.isPublic }
        : { clusterVersion: settings.clusterVersion, isPublic: settings.isPublic };
    const adoption = await this.states.read(content, source, { organization: name, ...madeFor });
    const { snapshot, summary, terraformVersion, clusterName, nodes } = adoption;
    const address = summary.outputs.ilb_ip_address;
    const report: AdoptionReport = {
      outcome: 'checked',
      organizationId: id,
      organization: name,
      source,
      lineage: snapshot.lineage,
      serial: snapshot.serial,
      terraformVersion,
      clusterName,
      address: typeof address === 'string' ? address : null,
      nodes,
      madeFor,
      resources: summary.resourceCounts,
    };
    return { report, adoption };
  }

  /** So that nobody takes the organization for one without a cluster, whether its rows were imported or not. */
  private async noteDeployed(tx: Transaction, organizationId: string, { report, adoption }: Found): Promise<void> {
    const before = await this.clusters.lock(tx, organizationId);
    const { address, nodes, madeFor } = report;
    const seen = { isDeployed: true, isSettled: true, nodeCount: nodes, address, ...madeFor };
    const observation = { ...before, ...seen, outputs: adoption.summary.outputs };
    await this.clusters.saveObservation(tx, organizationId, observation, this.clock.now());
  }
}
