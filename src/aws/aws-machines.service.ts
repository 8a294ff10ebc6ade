import { Injectable } from '@nestjs/common';
import { AwsClients } from './aws-clients.service.js';
import { told } from './aws.errors.js';
import { type Machine, type Tag } from './aws.types.js';

/** The machines of clusters, as EC2 has them. */
@Injectable()
export class AwsMachinesService {
  constructor(private readonly clients: AwsClients) {}

  /** How many machines with this tag run. Throws {@link AwsUnavailableError}. */
  async countRunning(tag: Tag): Promise<number> {
    return told(`how many machines with the tag ${tag.key}=${tag.value} run`, async () => {
      const { countRunning } = await import('./machines.js');
      return countRunning(await this.clients.ec2(), tag);
    });
  }

  /** All machines with this tag, also those that were terminated within the last hour. Throws {@link AwsUnavailableError}. */
  async list(tag: Tag): Promise<Machine[]> {
    return told(`for the machines with the tag ${tag.key}=${tag.value}`, async () => {
      const { listMachines } = await import('./machines.js');
      return listMachines(await this.clients.ec2(), tag);
    });
  }

  /**
   * What the machine wrote to its console, the newest at the end; empty while there is nothing. EC2 keeps 64 kB. Throws
   * {@link AwsUnavailableError}.
   */
  async consoleOutput(instanceId: string): Promise<string> {
    return told(`for the console output of ${instanceId}`, async () => {
      const { consoleOutput } = await import('./machines.js');
      return consoleOutput(await this.clients.ec2(), instanceId);
    });
  }
}
