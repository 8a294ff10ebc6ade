import { DataAwsSecretsmanagerSecret } from '@cdktf/provider-aws/lib/data-aws-secretsmanager-secret/index.js';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { secretNamesOf, type ServiceInputs } from './service-inputs.js';

/** Variables of the service that come from its secret, each from the key of the same name. */
export const SECRET_VARIABLES = [
  'PS_JWT_SECRET',
  'PS_JWT_PREVIOUS_SECRETS',
  'PS_STATE_ENCRYPTION_KEY',
  'PS_DISABLE_PROVISIONING_CODE',
  'PS_GITHUB_CLIENT_ID',
  'PS_GITHUB_CLIENT_SECRET',
] as const;

/** Secrets by reference: their values are read when a container starts, and are in no plan and no state. */
export class Secrets extends Construct {
  readonly service: DataAwsSecretsmanagerSecret;
  readonly database: DataAwsSecretsmanagerSecret;

  constructor(scope: Construct, inputs: ServiceInputs) {
    super(scope, 'secrets');
    const names = secretNamesOf(inputs);
    this.service = addressed('service', (id) => new DataAwsSecretsmanagerSecret(this, id, { name: names.service }));
    this.database = addressed('database', (id) => new DataAwsSecretsmanagerSecret(this, id, { name: names.database }));
  }

  /** What a task definition refers to. */
  get references(): { name: string; valueFrom: string }[] {
    return [
      ...SECRET_VARIABLES.map((name) => ({ name, valueFrom: `${this.service.arn}:${name}::` })),
      { name: 'PS_DATABASE_PASSWORD', valueFrom: `${this.database.arn}:password::` },
    ];
  }
}
