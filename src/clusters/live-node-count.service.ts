import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AwsMachinesService } from '../aws/aws-machines.service.js';
import { Clock } from '../common/clock/clock.js';
import { errorMessage } from '../common/errors/domain-error.js';
import { AppConfig } from '../config/app-config.js';
import { nodeTag } from '../provisioning/targets/cluster-tags.types.js';

/** What is asked again and again by waiting notebooks is asked of EC2 this often at most. */
const FRESH_MS = 5_000;
const LONGEST_WAIT_MS = 1_000;
const REMEMBERED_CLUSTERS = 1_000;

/** The cluster somebody asks about. `nodeCount` is what the newest state says. */
export interface CountedCluster {
  organizationId: string;
  organizationName: string;
  target: string | null;
  nodeCount: number;
}

interface Count {
  nodes: number;
  at: number;
}

/** How many nodes run, asked of EC2 itself: a scaling group may have fewer than it was given. */
@Injectable()
export class LiveNodeCountService {
  private readonly logger = new Logger(LiveNodeCountService.name);
  private readonly counts = new LRUCache<string, Count>({ max: REMEMBERED_CLUSTERS });
  private readonly asking = new Map<string, Promise<number | null>>();

  constructor(
    private readonly machines: AwsMachinesService,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * Nodes of a deployed cluster. Nobody waits for AWS for more than a second, and nobody is refused because of it: what
   * was known last is the answer then, and at first what the state says.
   */
  async current(cluster: CountedCluster): Promise<number> {
    const { organizationId, target, nodeCount } = cluster;
    if (target !== 'aws' || !this.config.env.PS_AWS_OBSERVE) return nodeCount;
    const known = this.counts.get(organizationId);
    if (known && this.clock.now().getTime() - known.at < FRESH_MS) return known.nodes;
    const answered = await this.withinPatience(this.ask(cluster));
    return answered ?? known?.nodes ?? nodeCount;
  }

  /** One question for all who ask at once; null when AWS does not tell. */
  private ask(cluster: CountedCluster): Promise<number | null> {
    const { organizationId } = cluster;
    const asked = this.asking.get(organizationId) ?? this.count(cluster);
    this.asking.set(organizationId, asked);
    return asked;
  }

  private async count({ organizationId, organizationName }: CountedCluster): Promise<number | null> {
    try {
      const nodes = await this.machines.countRunning(nodeTag(organizationName));
      this.counts.set(organizationId, { nodes, at: this.clock.now().getTime() });
      return nodes;
    } catch (error) {
      this.logger.warn(`The last known node count of ${organizationName} is given: ${errorMessage(error)}`);
      return null;
    } finally {
      this.asking.delete(organizationId);
    }
  }

  private async withinPatience(answer: Promise<number | null>): Promise<number | null> {
    let stop = (): void => undefined;
    const limit = new Promise<null>((resolve) => {
      const timer = this.clock.schedule(LONGEST_WAIT_MS, () => {
        resolve(null);
      });
      stop = () => {
        timer.cancel();
      };
    });
    try {
      return await Promise.race([answer, limit]);
    } finally {
      stop();
    }
  }
}
