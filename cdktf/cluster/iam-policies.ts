import { arnStart } from '../arn.js';
import { type ClusterInputs } from './cluster-inputs.js';
import { literal, type TerraformText } from './terraform-text.js';

/** Buckets of public data that nodes read. */
const OPEN_DATA_BUCKETS = [
  'pgc-opendata-dems',
  'prd-tnm',
  'esa-worldcover',
  'noaa-ocs-nationalbathymetry-pds',
  'dataforgood-fb-data',
];

interface Statement {
  Effect: 'Allow';
  Action: string | string[];
  Principal?: { Service: string };
  Resource?: string | string[];
}

export function assumeRolePolicy({ adopted }: ClusterInputs): TerraformText {
  if (adopted) return literal(adopted.policies.assumeRole);
  return policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } });
}

/** Reading software, configuration and open data; writing results, and the manager's database. */
export function s3Policy({ adopted, installation }: ClusterInputs): TerraformText {
  if (adopted) return literal(adopted.policies.s3);
  const { projectBucket, publicBucket } = installation;
  const readable = [projectBucket, ...OPEN_DATA_BUCKETS];
  const arn = (path: string): string => `${arnStart(installation.region)}:s3:::${path}`;
  return policy(
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: readable.map(arn) },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: readable.map((bucket) => arn(`${bucket}/*`)) },
    {
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: [arn(`${projectBucket}/data/manager/*`), arn(`${publicBucket}/*`)],
    },
  );
}

/** The load balancer looks for nodes; unhealthy ones are terminated, so that the group replaces them. */
export function ec2Policy({ adopted }: ClusterInputs): TerraformText {
  if (adopted) return literal(adopted.policies.ec2);
  return policy({ Effect: 'Allow', Action: ['ec2:DescribeInstances', 'ec2:TerminateInstances'], Resource: '*' });
}

/** The one secret of the domain. AWS adds six characters to the name of a secret to make its ARN. */
export function secretsPolicy({ installation }: ClusterInputs): TerraformText {
  const { region, domain } = installation;
  const secret = `${arnStart(region)}:secretsmanager:${region}:*:secret:${domain}/secrets-??????`;
  return policy({ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: secret });
}

function policy(...statements: Statement[]): TerraformText {
  return literal(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
}
