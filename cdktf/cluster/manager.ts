import { type Construct } from 'constructs';
import { type ClusterInputs } from './cluster-inputs.js';
import { Machine, type Surroundings } from './machine.js';

/** Counts requests in a database of its own, which it also keeps in the project bucket. */
export class Manager extends Machine {
  constructor(scope: Construct, inputs: ClusterInputs, around: Surroundings) {
    super(scope, 'manager', 'r8g.large', inputs, around);
  }
}
