import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { newId } from '../../common/ids/ids.js';
import { AppConfig } from '../../config/app-config.js';
import { firstRow } from '../../database/sql.js';
import { FenceLostError } from '../provisioning.errors.js';
import { type ClaimedRun, type DurableState, type StateSnapshot } from '../runner/run-journal.js';
import { StateCipher, stateOwner } from './state-cipher.js';

interface StateRow {
  lineage: string;
  serial: string;
  ciphertext: Buffer;
  fencingToken: string;
}

/** Every version of every organization's Terraform state, encrypted. A serial is written once; what is on disk wins if not. */
@Injectable()
export class StateVersionsRepository {
  private readonly cipher: StateCipher;

  constructor(
    private readonly dataSource: DataSource,
    config: AppConfig,
  ) {
    this.cipher = new StateCipher(config.stateEncryptionKey);
  }

  /** Stores one version if the run still holds its fence. Storing it again says nothing new of where it came from. */
  async store(run: ClaimedRun, snapshot: StateSnapshot, now: Date): Promise<void> {
    const { lineage, serial, content } = snapshot;
    const stored = await firstRow(
      this.dataSource,
      `WITH fence AS (SELECT 1 FROM runs WHERE organization_id = $2 AND id = $3 AND fencing_token = $10 FOR SHARE)
       INSERT INTO state_versions
         (id, organization_id, run_id, lineage, serial, sha256, size_bytes, key_id, ciphertext, fencing_token, created_at)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM fence
       ON CONFLICT (organization_id, lineage, serial) DO UPDATE SET
         run_id = CASE WHEN state_versions.sha256 = EXCLUDED.sha256 THEN state_versions.run_id ELSE EXCLUDED.run_id END,
         source = CASE WHEN state_versions.sha256 = EXCLUDED.sha256 THEN state_versions.source ELSE EXCLUDED.source END,
         created_by = CASE WHEN state_versions.sha256 = EXCLUDED.sha256 THEN state_versions.created_by END,
         created_at = CASE WHEN state_versions.sha256 = EXCLUDED.sha256 THEN state_versions.created_at ELSE EXCLUDED.created_at END,
         sha256 = EXCLUDED.sha256, size_bytes = EXCLUDED.size_bytes, key_id = EXCLUDED.key_id,
         ciphertext = EXCLUDED.ciphertext, fencing_token = EXCLUDED.fencing_token
       RETURNING id`,
      [
        newId(),
        run.organizationId,
        run.id,
        lineage,
        serial,
        createHash('sha256').update(content).digest('hex'),
        content.length,
        this.cipher.keyId,
        this.cipher.encrypt(content, stateOwner(run.organizationId, lineage, serial)),
        run.fencingToken,
        now,
      ],
    );
    if (!stored) throw new FenceLostError(run.id);
  }

  /** The highest serial of the run that stored one last; by fence and not by time, which differs between hosts. */
  async newest(organizationId: string): Promise<DurableState | null> {
    const row = await firstRow<StateRow>(
      this.dataSource,
      `SELECT lineage, serial, ciphertext, fencing_token AS "fencingToken" FROM state_versions
       WHERE organization_id = $1 ORDER BY fencing_token DESC, serial DESC LIMIT 1`,
      [organizationId],
    );
    if (!row) return null;
    const { lineage, ciphertext, fencingToken } = row;
    const serial = Number(row.serial);
    const content = this.cipher.decrypt(ciphertext, stateOwner(organizationId, lineage, serial));
    return { lineage, serial, content, fencingToken };
  }
}
