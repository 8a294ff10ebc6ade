import { serviceInputs } from '../../test/support/service-inputs.js';
import { type ServiceInputs } from './service-inputs.js';
import { synthesiseService } from './service-stack.js';

type Attributes = Record<string, unknown>;
interface Configuration {
  terraform: Attributes;
  variable: Record<string, Attributes>;
  resource: Record<string, Record<string, Attributes>>;
}
interface Statement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Attributes;
}
interface Container {
  image: string;
  command: string[];
  user: string;
  stopTimeout: number;
  environment: { name: string; value: string }[];
  secrets: { name: string; valueFrom: string }[];
  linuxParameters: object;
}

function configurationOf(changes: Partial<ServiceInputs> = {}): Configuration {
  return JSON.parse(synthesiseService(serviceInputs(changes))) as Configuration;
}

const { resource, variable } = configurationOf();
const all = (type: string): Attributes[] => Object.values(resource[type] ?? {});
const statementsOf = (document: unknown): Statement[] =>
  (JSON.parse(document as string) as { Statement: Statement[] }).Statement;
const containers = Object.values(resource.aws_ecs_task_definition!).flatMap(
  ({ container_definitions: definitions }) => JSON.parse(definitions as string) as Container[],
);
const list = (value: string | string[] = []): string[] => [value].flat();

describe('synthesiseService', () => {
  it('gives the same text for the same inputs, whatever was synthesised before', () => {
    const text = synthesiseService(serviceInputs());
    expect(synthesiseService(serviceInputs({ databasePasswordVersion: 2 }))).not.toBe(text);
    expect(synthesiseService(serviceInputs())).toBe(text);
  });

  it('keeps its state where it is told, locked', () => {
    const { terraform } = configurationOf({ stateBucket: 'states' });
    expect(terraform.backend).toEqual({
      s3: {
        bucket: 'states',
        key: 'ps-server/example.org/service.tfstate',
        region: 'us-west-2',
        encrypt: true,
        use_lockfile: true,
        use_path_style: true,
      },
    });
    expect(configurationOf().terraform.backend).toEqual({ local: { path: 'terraform.tfstate' } });
  });

  it('has the password of the database in no plan and no state', () => {
    expect(variable.database_password).toMatchObject({ sensitive: true, ephemeral: true });
    const [database] = all('aws_db_instance');
    expect(database).toMatchObject({ password_wo: '${var.database_password}', password_wo_version: 1 });
    expect(database).not.toHaveProperty('password');
  });

  it('keeps the database: encrypted, private, protected, with a last snapshot, and not replaced for another first one', () => {
    expect(all('aws_db_instance')[0]).toMatchObject({
      storage_encrypted: true,
      publicly_accessible: false,
      deletion_protection: true,
      skip_final_snapshot: false,
      final_snapshot_identifier: 'ps-example-final-1',
      lifecycle: { ignore_changes: expect.arrayContaining(['snapshot_identifier']) as string[] },
    });
    const restored = configurationOf({ database: { ...serviceInputs().database, snapshot: 'before' } });
    const [database] = Object.values(restored.resource.aws_db_instance!);
    expect(database).toMatchObject({ snapshot_identifier: 'before' });
    expect(database).not.toHaveProperty('db_name');
  });

  it('starts containers by digest, without root, with secrets by reference, and with time to stop', () => {
    expect(containers.map(({ command }) => command)).toEqual([['api'], ['worker']]);
    for (const container of containers) {
      expect(container).toMatchObject({ image: serviceInputs().image, user: '10001:10001', stopTimeout: 120 });
      expect(container.linuxParameters).toEqual({ initProcessEnabled: true });
      const plain = container.environment.map(({ name }) => name);
      const secret = container.secrets.map(({ name }) => name);
      expect(secret).toEqual(expect.arrayContaining(['PS_JWT_SECRET', 'PS_DATABASE_PASSWORD']));
      expect(plain.filter((name) => secret.includes(name) || /^AWS_|TOKEN|_KEY$/.test(name))).toEqual([]);
      for (const { valueFrom } of container.secrets)
        expect(valueFrom).toMatch(/^\$\{data\.aws_secretsmanager_secret\./);
    }
  });

  it('lets only workers take on the role that builds clusters', () => {
    const named = (command: string) =>
      containers.find((container) => container.command[0] === command)!.environment.map(({ name }) => name);
    expect(named('worker')).toContain('PS_AWS_ROLE_ARN');
    expect(named('api')).not.toContain('PS_AWS_ROLE_ARN');
    const [trust] = statementsOf(resource.aws_iam_role!.provisioner!.assume_role_policy);
    expect(trust).toMatchObject({ Principal: { AWS: '${aws_iam_role.worker.arn}' } });
  });

  it('gives nobody a right to make somebody mightier than the boundary of machines', () => {
    const statements = all('aws_iam_role_policy').flatMap(({ policy }) => statementsOf(policy));
    const granting = statements.filter(({ Action }) =>
      list(Action).some(
        (action) =>
          /^iam:(Create|Attach|Put|Pass|Add|Update).*(Role|Policy|User)/.test(action) &&
          !/Policy(Version)?$/.test(action),
      ),
    );
    expect(granting.length).toBeGreaterThan(0);
    for (const { Resource } of granting.filter(({ Sid }) => Sid !== 'FirstGroupOfTheAccount'))
      expect(list(Resource).every((arn) => arn.includes(':role/*-iam-role') || arn.includes('/*-iam-profile'))).toBe(
        true,
      );
    const giving = statements.find(({ Sid }) => Sid === 'GiveRights')!;
    expect(giving.Condition).toEqual({
      StringEquals: { 'iam:PermissionsBoundary': '${aws_iam_policy.machine-boundary.arn}' },
    });
    expect(statements.find(({ Action }) => list(Action).includes('iam:PassRole'))!.Condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
    });
    for (const { Action } of statements)
      for (const action of list(Action)) expect(action).not.toMatch(/^(\*|[a-z0-9]+:\*)$/);
  });

  it('opens no port but those of the load balancer to the world, and the database to nobody but containers', () => {
    const rules = Object.entries(resource.aws_vpc_security_group_ingress_rule!);
    const fromWorld = rules.filter(([, { cidr_ipv4: range }]) => range !== undefined);
    expect(fromWorld.map(([name]) => name).sort()).toEqual([
      'load-balancer-from-world-443',
      'load-balancer-from-world-80',
    ]);
    const toDatabase = rules.filter(([name]) => name.startsWith('database-from-')).map(([name]) => name);
    expect(toDatabase.sort()).toEqual(['database-from-web', 'database-from-worker']);
    for (const { ingress, egress } of all('aws_security_group'))
      expect([ingress, egress]).toEqual([undefined, undefined]);
  });

  it('lets operators into containers, on record, and keeps every log for a time', () => {
    for (const service of all('aws_ecs_service'))
      expect(service).toMatchObject({
        enable_execute_command: true,
        deployment_circuit_breaker: { enable: true, rollback: true },
      });
    expect(all('aws_ecs_cluster')[0]).toMatchObject({
      configuration: { execute_command_configuration: { logging: 'OVERRIDE' } },
    });
    for (const group of all('aws_cloudwatch_log_group'))
      expect(group).toMatchObject({
        retention_in_days: expect.any(Number) as number,
        kms_key_id: expect.any(String) as string,
      });
  });

  it('has as many zones, gateways and endpoints as it is told', () => {
    const network = { ...serviceInputs().network, zones: 3, hasNatPerZone: false, interfaceEndpoints: ['logs'] };
    const { resource: small } = configurationOf({ network });
    expect(Object.keys(small.aws_subnet!)).toHaveLength(9);
    expect(Object.keys(small.aws_nat_gateway!)).toEqual(['nat-0']);
    expect(Object.keys(small.aws_vpc_endpoint!)).toEqual(['s3', 'logs']);
    expect(Object.keys(small.aws_route!)).toHaveLength(4);
  });
});
