import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createDatabase, startEmbeddedPostgres } from '../../../dist/src/database/embedded-postgres.js';
import { migrate } from '../../../dist/src/database/migrator/migrator.js';
import { PasswordHasher } from '../../../dist/src/users/passwords/password-hasher.js';

export const PASSWORD = 'correct horse battery';
const TOKEN_LIFETIME_SECONDS = 86_400;

/**
 * Where a benchmark takes place: an embedded Postgres with its default, durable settings, a migrated database, and a
 * data directory. Everything is thrown away at the end.
 */
export async function openStage() {
  // Two directories side by side: Postgres, under a user of its own when we are root, must be able to reach its one.
  const postgresDirectory = mkdtempSync(join(tmpdir(), 'ps-server-bench-postgres-'));
  const dataDirectory = mkdtempSync(join(tmpdir(), 'ps-server-bench-data-'));
  const postgres = await startEmbeddedPostgres({ directory: postgresDirectory, port: 0 });
  const jwtSecret = randomBytes(48).toString('base64url');
  const database = await openDatabase(postgres, 'bench');
  await migrateDatabase(database.url);
  return {
    database,
    dataDirectory,
    createDatabase: (name) => openDatabase(postgres, name),
    serviceEnvironment: (role, url = database.url) => ({
      PS_ROLE: role,
      PS_DATABASE_URL: url.value,
      PS_DATA_DIRECTORY: dataDirectory,
      PS_JWT_SECRET: jwtSecret,
    }),
    seed: (sizes) => seed(database.pool, jwtSecret, sizes),
    close: async () => {
      await database.pool.end();
      await postgres.stop();
      for (const directory of [postgresDirectory, dataDirectory]) rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function openDatabase(postgres, name) {
  await createDatabase(postgres.url, name);
  const url = postgres.url.withDatabase(name);
  return { url, pool: new pg.Pool({ connectionString: url.value, max: 2 }) };
}

export async function migrateDatabase(url) {
  await migrate(url, { lockTimeoutSeconds: 30, onProgress: () => undefined });
}

/**
 * Organizations, users and active memberships, spread evenly. Returns one entry per membership, with an access token as
 * a login would issue it. All users have {@link PASSWORD}; hashing it once instead of for each saves a minute.
 */
async function seed(pool, jwtSecret, { organizations, users, organizationsPerUser, target = 'local' }) {
  const passwordHash = await new PasswordHasher().hash(PASSWORD);
  await pool.query(
    `INSERT INTO organizations (id, name, target, max_nodes, admin_max_nodes)
     SELECT gen_random_uuid(), 'lab-' || n, $2, 1000, 1000 FROM generate_series(0, $1::integer - 1) AS n`,
    [organizations, target],
  );
  await pool.query(
    `INSERT INTO users (username, email, password_hash)
     SELECT 'user-' || n, 'user-' || n || '@example.org', $2 FROM generate_series(0, $1::integer - 1) AS n`,
    [users, passwordHash],
  );
  await pool.query(
    `INSERT INTO memberships (id, organization_id, user_id, role, status, activated_at)
     SELECT gen_random_uuid(), o.id, u.id, 'member', 'active', now()
     FROM users u, generate_series(0, $2::integer - 1) AS k
     JOIN organizations o ON true
     WHERE o.name = 'lab-' || ((u.id * 7 + k * 31) % $1::integer)`,
    [organizations, organizationsPerUser],
  );
  await pool.query('ANALYZE');
  const { rows } = await pool.query(
    `SELECT o.id AS "organizationId", o.name AS organization, u.id AS "userId", u.username
     FROM memberships m JOIN organizations o ON o.id = m.organization_id JOIN users u ON u.id = m.user_id
     ORDER BY u.id, o.name`,
  );
  return rows.map((member) => ({ ...member, token: accessToken(member, jwtSecret) }));
}

function accessToken({ organization, userId, username }, secret) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = {
    token_type: 'access',
    exp: iat + TOKEN_LIFETIME_SECONDS,
    iat,
    jti: randomBytes(16).toString('hex'),
    org_name: organization,
    user_name: username,
    user_id: userId,
  };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}
