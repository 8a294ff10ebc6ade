import { type Construct } from 'constructs';
import { type ClusterInputs } from './cluster-inputs.js';
import { Machine, type Surroundings } from './machine.js';

/** The one door from outside: ends TLS and shares requests out among the nodes. */
export class LoadBalancer extends Machine {
  constructor(scope: Construct, inputs: ClusterInputs, around: Surroundings) {
    super(scope, 'ilb', 'c8g.large', inputs, around);
  }
}
