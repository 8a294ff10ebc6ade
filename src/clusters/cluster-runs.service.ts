import { Injectable } from '@nestjs/common';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { type Organization } from '../organizations/organizations.types.js';
import { RunRequestsService } from '../provisioning/run-requests.service.js';
import { type Run, type RunInputs, type RunKind } from '../provisioning/provisioning.types.js';
import { ClusterAbsentError, RunNotOfferedError } from './clusters.errors.js';
import { ClustersService } from './clusters.service.js';

export interface RunWish {
  kind: RunKind;
  isPlanOnly: boolean;
  /** Only for the plan of an update; the present wish unless told. */
  nodes?: number | undefined;
}

/** Runs that people ask for themselves: plans to look at, checks against reality, preparations. */
@Injectable()
export class ClusterRunsService {
  constructor(
    private readonly clusters: ClustersService,
    private readonly organizations: OrganizationsService,
    private readonly requests: RunRequestsService,
  ) {}

  /**
   * Queues the run. Nodes come and go with capacity requests, so an update or a destroy can only be looked at here.
   * Throws RunNotOfferedError, ClusterAbsentError, or RunBusyError while another run waits or is at work.
   */
  async request(organizationId: string, wish: RunWish, actor: Actor): Promise<Run> {
    const organization = await this.organizations.get(organizationId);
    const cluster = await this.clusters.view(organizationId);
    if (!wish.isPlanOnly && (wish.kind === 'update' || wish.kind === 'destroy'))
      throw new RunNotOfferedError(wish.kind);
    if (wish.kind === 'teardown' && cluster.isDeployed) throw new RunNotOfferedError(wish.kind);
    if (wish.kind === 'refresh' && !cluster.isDeployed) throw new ClusterAbsentError(organization.name);
    const nodes = wish.kind === 'update' ? (wish.nodes ?? cluster.desiredNodes) : cluster.nodeCount;
    const inputs = runInputs(organization, nodes);
    return this.requests.request({
      organizationId,
      kind: wish.kind,
      trigger: 'user',
      requestedBy: actorLabel(actor),
      inputs,
      isPlanOnly: wish.isPlanOnly,
    });
  }

  /** Queues a comparison of the deployed cluster with reality. Throws RunBusyError while another run waits or is at work. */
  async requestDriftCheck(organizationId: string): Promise<Run> {
    const organization = await this.organizations.get(organizationId);
    const { nodeCount } = await this.clusters.view(organizationId);
    return this.requests.request({
      organizationId,
      kind: 'refresh',
      trigger: 'drift',
      requestedBy: 'system:drift',
      inputs: runInputs(organization, nodeCount),
      isPlanOnly: true,
    });
  }
}

function runInputs({ name, target, clusterVersion, isPublic }: Organization, nodes: number): RunInputs {
  return { target, organizationName: name, nodes, clusterVersion, isPublic };
}
