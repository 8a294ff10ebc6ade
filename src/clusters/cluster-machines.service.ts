import { Injectable } from '@nestjs/common';
import { AwsMachinesService } from '../aws/aws-machines.service.js';
import { type Machine } from '../aws/aws.types.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { ownershipTag } from '../provisioning/targets/cluster-tags.types.js';
import { MachineNotFoundError, NoMachinesError } from './clusters.errors.js';

/** The machines of one cluster as EC2 has them, for those who look for what is wrong with it. */
@Injectable()
export class ClusterMachinesService {
  constructor(
    private readonly machines: AwsMachinesService,
    private readonly organizations: OrganizationsService,
  ) {}

  /** By name, also those that were terminated within the last hour. Throws {@link NoMachinesError}, AwsUnavailableError. */
  async list(organizationId: string): Promise<Machine[]> {
    const { name, target } = await this.organizations.get(organizationId);
    if (target !== 'aws') throw new NoMachinesError(name, target);
    const machines = await this.machines.list(ownershipTag(name));
    return machines.sort((a, b) => (a.name ?? '').localeCompare(b.name ?? '') || a.id.localeCompare(b.id));
  }

  /** Throws {@link MachineNotFoundError} for a machine that is not of this cluster, and as {@link list}. */
  async consoleOutput(organizationId: string, machineId: string): Promise<string> {
    const machines = await this.list(organizationId);
    if (!machines.some(({ id }) => id === machineId)) throw new MachineNotFoundError(machineId);
    return this.machines.consoleOutput(machineId);
  }
}
