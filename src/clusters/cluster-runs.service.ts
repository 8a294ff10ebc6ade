import { Injectable } from '@nestjs/common';
import { type Author, actorLabel } from '../common/access/actor.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { RunRequestsService } from '../provisioning/run-requests.service.js';
import { type Run, type RunKind, type RunRequest } from '../provisioning/provisioning.types.js';
import { inputsOf, knownInputs } from './cluster-decision.js';
import { ClusterAbsentError, RunNotOfferedError } from './clusters.errors.js';
import { ClustersRepository } from './clusters.repository.js';

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
    private readonly clusters: ClustersRepository,
    private readonly organizations: OrganizationsService,
    private readonly requests: RunRequestsService,
  ) {}

  /**
   * Queues the run. Nodes come and go with capacity requests, so an update or a destroy can only be looked at here.
   * Throws RunNotOfferedError, ClusterAbsentError, or RunBusyError while another run waits or is at work.
   */
  request(organizationId: string, wish: RunWish, author: Author): Promise<Run> {
    return this.enqueue(organizationId, wish, { trigger: 'user', requestedBy: actorLabel(author) });
  }

  /** Queues a comparison of the deployed cluster with reality. Throws as {@link request} does. */
  requestDriftCheck(organizationId: string): Promise<Run> {
    const wish = { kind: 'refresh', isPlanOnly: true } as const;
    return this.enqueue(organizationId, wish, { trigger: 'drift', requestedBy: 'system:drift' });
  }

  private async enqueue(
    organizationId: string,
    wish: RunWish,
    origin: Pick<RunRequest, 'trigger' | 'requestedBy'>,
  ): Promise<Run> {
    const organization = await this.organizations.get(organizationId);
    const cluster = await this.clusters.find(organizationId);
    const isDeployed = cluster?.isDeployed === true;
    if (!wish.isPlanOnly && (wish.kind === 'update' || wish.kind === 'destroy'))
      throw new RunNotOfferedError(wish.kind);
    if (wish.kind === 'teardown' && isDeployed) throw new RunNotOfferedError(wish.kind);
    if (wish.kind === 'refresh' && !isDeployed) throw new ClusterAbsentError(organization.name);
    const inputs =
      wish.kind === 'update' || !cluster
        ? inputsOf(organization, wish.nodes ?? cluster?.desiredNodes ?? 0)
        : { ...inputsOf(organization, cluster.nodeCount), ...knownInputs(cluster) };
    const { kind, isPlanOnly } = wish;
    const { trigger, requestedBy } = origin;
    return this.requests.request({ organizationId, kind, trigger, requestedBy, inputs, isPlanOnly });
  }
}
