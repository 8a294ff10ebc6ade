import { type Construct } from 'constructs';
import { type ClusterInputs } from './cluster-inputs.js';
import { Machine, type Surroundings } from './machine.js';

/** Collects logs and metrics of the cluster. */
export class Monitor extends Machine {
  constructor(scope: Construct, inputs: ClusterInputs, around: Surroundings) {
    super(scope, 'monitor', 'c8g.large', inputs, around);
  }
}
