import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { hasErrorCode } from '../common/errors/domain-error.js';
import { Secret } from '../common/secret/secret.js';
import { ensureDataDirectory } from './data-directory.js';

const fileSchema = z.object({ jwtSecret: z.string().min(16), stateEncryptionKey: z.string().min(1) });

export interface DevelopmentSecrets {
  jwtSecret: Secret;
  stateEncryptionKey: Secret;
}

/**
 * Secrets of a development installation, generated at first use and kept in `secrets.json` (mode 0600) of the data
 * directory, so that tokens and stored states survive a restart.
 */
export function developmentSecrets(dataDirectory: string): DevelopmentSecrets {
  const path = join(dataDirectory, 'secrets.json');
  const { jwtSecret, stateEncryptionKey } = fileSchema.parse(JSON.parse(readOrGenerate(dataDirectory, path)));
  return { jwtSecret: new Secret(jwtSecret), stateEncryptionKey: new Secret(stateEncryptionKey) };
}

function readOrGenerate(dataDirectory: string, path: string): string {
  ensureDataDirectory(dataDirectory);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const generated = {
    jwtSecret: randomBytes(48).toString('base64url'),
    stateEncryptionKey: randomBytes(32).toString('base64'),
  };
  writeFileSync(draft, JSON.stringify(generated), { mode: 0o600 });
  chmodSync(draft, 0o600);
  try {
    // link() never overwrites: of two processes that start together, both end up with the first one's secrets.
    linkSync(draft, path);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(path, 'utf8');
}
