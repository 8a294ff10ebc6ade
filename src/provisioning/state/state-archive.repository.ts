import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newId } from '../../common/ids/ids.js';
import { type ListQuery, type Page } from '../../common/paging/page.js';
import { AppConfig } from '../../config/app-config.js';
import { type Listing, listPage } from '../../database/listing.js';
import { firstRow, type SqlRunner } from '../../database/sql.js';
import { type Transaction } from '../../database/transaction.js';
import { type StateLock, type StateSource, type StateVersion } from '../provisioning.types.js';
import { type StateSnapshot } from '../runner/run-journal.js';
import { ACTIVE_STATUSES } from '../runs/run-status.js';
import { StateCipher, stateOwner } from './state-cipher.js';

const COLUMNS = `s.id, s.organization_id AS "organizationId", s.serial::double precision AS serial, s.lineage, s.sha256,
  s.size_bytes AS "sizeBytes", s.source, s.run_id AS "runId", s.created_by AS "createdBy", s.created_at AS "createdAt"`;

const VERSIONS: Listing = {
  columns: COLUMNS,
  source: 'state_versions s',
  key: { sql: 's.id', type: 'uuid' },
  sorts: {
    createdAt: { sql: 's.created_at', type: 'timestamptz' },
    serial: { sql: 's.serial', type: 'bigint' },
  },
  filters: {
    organizationId: 's.organization_id = $::uuid',
    lineage: 's.lineage = $::text',
    source: 's.source = $::text',
    runId: 's.run_id = $::uuid',
  },
};

/** A state that is stored without a run. */
export interface NewState {
  organizationId: string;
  snapshot: StateSnapshot;
  fencingToken: string;
  source: Exclude<StateSource, 'run'>;
  createdBy: string;
}

/** Stored states as administrators see them, and what they do to them. */
@Injectable()
export class StateArchiveRepository {
  private readonly cipher: StateCipher;

  constructor(
    private readonly dataSource: DataSource,
    config: AppConfig,
  ) {
    this.cipher = new StateCipher(config.stateEncryptionKey);
  }

  list(organizationId: string, query: ListQuery): Promise<Page<StateVersion>> {
    return listPage(this.dataSource, VERSIONS, { ...query, filters: { ...query.filters, organizationId } });
  }

  find(organizationId: string, versionId: string, runner: SqlRunner = this.dataSource): Promise<StateVersion | null> {
    const sql = `SELECT ${COLUMNS} FROM state_versions s WHERE s.organization_id = $1 AND s.id = $2`;
    return firstRow(runner, sql, [organizationId, versionId]);
  }

  /** The version the next run begins with, as far as it is stored. */
  newest(organizationId: string, runner: SqlRunner): Promise<StateVersion | null> {
    const sql = `SELECT ${COLUMNS} FROM state_versions s WHERE s.organization_id = $1
      ORDER BY s.fencing_token DESC, s.serial DESC LIMIT 1`;
    return firstRow(runner, sql, [organizationId]);
  }

  /** The version that was taken over from the old system. */
  adopted(organizationId: string, tx: Transaction): Promise<StateVersion | null> {
    const sql = `SELECT ${COLUMNS} FROM state_versions s WHERE s.organization_id = $1 AND s.source = 'adoption'`;
    return firstRow(tx, sql, [organizationId]);
  }

  /** In clear. Throws StateDecryptionError. */
  async content(tx: Transaction, { organizationId, id, lineage, serial }: StateVersion): Promise<Buffer> {
    const sql = 'SELECT ciphertext FROM state_versions WHERE organization_id = $1 AND id = $2';
    const row = await firstRow<{ ciphertext: Buffer }>(tx, sql, [organizationId, id]);
    if (!row) throw new Error(`State version ${id} was deleted in between`);
    return this.cipher.decrypt(row.ciphertext, stateOwner(organizationId, lineage, serial));
  }

  async highestSerial(tx: Transaction, organizationId: string, lineage: string): Promise<number> {
    const sql = 'SELECT max(serial) AS serial FROM state_versions WHERE organization_id = $1 AND lineage = $2';
    return Number((await firstRow<{ serial: string | null }>(tx, sql, [organizationId, lineage]))?.serial ?? 0);
  }

  async insert(tx: Transaction, state: NewState, now: Date): Promise<string> {
    const { organizationId, fencingToken, source, createdBy } = state;
    const { lineage, serial, content } = state.snapshot;
    const id = newId();
    await tx.query(
      `INSERT INTO state_versions
         (id, organization_id, lineage, serial, sha256, size_bytes, key_id, ciphertext, fencing_token, source, created_by, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        ...[id, organizationId, lineage, serial, createHash('sha256').update(content).digest('hex'), content.length],
        this.cipher.keyId,
        this.cipher.encrypt(content, stateOwner(organizationId, lineage, serial)),
        ...[fencingToken, source, createdBy, now],
      ],
    );
    return id;
  }

  /** Puts the run under another fence: whoever executed it can write nothing any more. */
  async refence(tx: Transaction, organizationId: string, runId: string, fencingToken: string): Promise<void> {
    const sql = 'UPDATE runs SET fencing_token = $3 WHERE organization_id = $1 AND id = $2';
    await tx.query(sql, [organizationId, runId, fencingToken]);
  }

  /** The run in progress, locked when a transaction asks. */
  lockHolder(organizationId: string, tx?: Transaction): Promise<StateLock | null> {
    return firstRow(
      tx ?? this.dataSource,
      `SELECT id AS "runId", kind, status, requested_by AS "requestedBy", worker_host AS "workerHost",
         worker_process AS "workerProcess", claimed_at AS "claimedAt", heartbeat_at AS "heartbeatAt",
         floor(extract(epoch FROM clock_timestamp() - heartbeat_at))::integer AS "silentSeconds"
       FROM runs WHERE organization_id = $1 AND status = ANY ($2::text[]) ${tx ? 'FOR UPDATE' : ''}`,
      [organizationId, ACTIVE_STATUSES],
    );
  }
}
