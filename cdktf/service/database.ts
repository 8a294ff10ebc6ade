import { DbInstance } from '@cdktf/provider-aws/lib/db-instance/index.js';
import { DbParameterGroup } from '@cdktf/provider-aws/lib/db-parameter-group/index.js';
import { DbSubnetGroup } from '@cdktf/provider-aws/lib/db-subnet-group/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { addressed } from '../addressed.js';
import { type Account } from './account.js';
import { type Encryption } from './encryption.js';
import { DATABASE_PORT, type Firewall } from './firewall.js';
import { type Network } from './network.js';
import { assumedBy } from './policy.js';
import { type ServiceInputs } from './service-inputs.js';

export const DATABASE_USER = 'ps_server';
const DATABASE_NAME = 'ps_server';
/** What the certificates of RDS are signed by, at this place in the image. */
export const CA_BUNDLE = '/usr/local/share/ps-server/rds-ca.pem';
const MONITORING_SECONDS = 60;
const SLOW_STATEMENT_MS = 1_000;

/** Name of the Terraform variable with the password; ephemeral, so that it is in no plan and no state. */
export const PASSWORD_VARIABLE = 'database_password';

/** Postgres on RDS: encrypted, reached by TLS only, kept from being deleted, and with a last snapshot when it is. */
export class Database extends Construct {
  readonly instance: DbInstance;

  constructor(
    scope: Construct,
    private readonly inputs: ServiceInputs,
    private readonly around: { account: Account; network: Network; firewall: Firewall; encryption: Encryption },
  ) {
    super(scope, 'database');
    const { names, database } = inputs;
    const { network, firewall, encryption } = around;
    const password = addressed(
      PASSWORD_VARIABLE,
      (id) => new TerraformVariable(this, id, { type: 'string', sensitive: true }),
    );
    password.addOverride('ephemeral', true);
    const identifier = names.cluster;
    const monitoring = this.monitoringRole();
    this.instance = addressed('service', (id) => {
      return new DbInstance(this, id, {
        identifier,
        engine: 'postgres',
        engineVersion: database.engineVersion,
        autoMinorVersionUpgrade: true,
        instanceClass: database.instanceClass,
        dbName: database.snapshot === null ? DATABASE_NAME : undefined,
        username: database.snapshot === null ? DATABASE_USER : undefined,
        passwordWo: password.stringValue,
        passwordWoVersion: inputs.databasePasswordVersion,
        port: DATABASE_PORT,
        storageType: 'gp3',
        allocatedStorage: database.storageGb,
        maxAllocatedStorage: database.maxStorageGb,
        storageEncrypted: true,
        kmsKeyId: encryption.key.arn,
        multiAz: database.isMultiAz,
        publiclyAccessible: false,
        dbSubnetGroupName: this.subnetGroup(network).name,
        vpcSecurityGroupIds: [firewall.groups.database.id],
        parameterGroupName: this.parameters().name,
        backupRetentionPeriod: database.backupDays,
        copyTagsToSnapshot: true,
        deleteAutomatedBackups: false,
        deletionProtection: database.isProtected,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: `${identifier}-final-${database.generation}`,
        snapshotIdentifier: database.snapshot ?? undefined,
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: encryption.key.arn,
        monitoringInterval: MONITORING_SECONDS,
        monitoringRoleArn: monitoring.arn,
        enabledCloudwatchLogsExports: ['postgresql', 'upgrade'],
        caCertIdentifier: 'rds-ca-rsa2048-g1',
        // A snapshot is what the database began with: naming another one later must not replace it.
        lifecycle: { ignoreChanges: ['snapshot_identifier', 'username', 'db_name'] },
      });
    });
  }

  /** Without the password, which containers get beside it. */
  get url(): string {
    const place = `${this.instance.address}:${DATABASE_PORT}/${DATABASE_NAME}`;
    return `postgresql://${DATABASE_USER}@${place}?sslmode=verify-full&sslrootcert=${CA_BUNDLE}`;
  }

  private subnetGroup(network: Network): DbSubnetGroup {
    return addressed('service', () => {
      const subnetIds = network.subnets.database.map((subnet) => subnet.id);
      return new DbSubnetGroup(this, 'subnet-group', { name: this.inputs.names.cluster, subnetIds });
    });
  }

  private parameters(): DbParameterGroup {
    const [major = ''] = this.inputs.database.engineVersion.split('.');
    return addressed('service', () => {
      return new DbParameterGroup(this, 'parameter-group', {
        name: `${this.inputs.names.cluster}-postgres${major}`,
        family: `postgres${major}`,
        parameter: [
          { name: 'rds.force_ssl', value: '1' },
          { name: 'log_min_duration_statement', value: String(SLOW_STATEMENT_MS) },
          // A container whose host is gone must not keep the migration lock.
          { name: 'tcp_keepalives_idle', value: '30' },
          { name: 'tcp_keepalives_interval', value: '10' },
          { name: 'tcp_keepalives_count', value: '3' },
        ],
        lifecycle: { createBeforeDestroy: true },
      });
    });
  }

  private monitoringRole(): IamRole {
    const role = addressed('database-monitoring', (id) => {
      return new IamRole(this, id, {
        name: `${this.inputs.names.cluster}-${id}`,
        assumeRolePolicy: assumedBy('monitoring.rds.amazonaws.com', this.around.account.id),
      });
    });
    addressed('database-monitoring', (id) => {
      const policyArn = this.around.account.managedPolicy('service-role/AmazonRDSEnhancedMonitoringRole');
      return new IamRolePolicyAttachment(this, `${id}-policy`, { role: role.name, policyArn });
    });
    return role;
  }
}
