import { type ServiceInputs, serviceInputsSchema } from '../../cdktf/service/service-inputs.js';

/** Inputs of a deployment as an operator would leave them, for `example.org`. */
export function serviceInputs(changes: Partial<ServiceInputs> = {}): ServiceInputs {
  const settings = serviceInputsSchema.parse({
    domain: 'example.org',
    image: `123456789012.dkr.ecr.us-west-2.amazonaws.com/ps-server@sha256:${'0a'.repeat(32)}`,
    clusters: { containerRepository: '123456789012.dkr.ecr.us-west-2.amazonaws.com' },
  });
  return {
    ...settings,
    names: { cluster: 'ps-example', web: 'ps-web', worker: 'ps-worker' },
    databasePasswordVersion: 1,
    stateBucket: null,
    ...changes,
  };
}
