import { randomBytes, randomUUID } from 'node:crypto';
import { PASSWORD } from '../bench/support/stage.mjs';

const MAX_LEARNT = 50;
const DAY_MS = 86_400_000;
/** Of {@link PASSWORD}. */
let passwordHash = null;

/** `owner` is logged in; `ownerToken` has what the same person got from the organization. */
export const ROLES = [
  'anonymous',
  'inactive',
  'member',
  'owner',
  'developer',
  'superuser',
  'outsider',
  'inactiveToken',
  'memberToken',
  'ownerToken',
  'developerToken',
  'outsiderToken',
];

/**
 * People and organizations that requests are about, made through the API itself. Requests may delete or rename any of
 * them, so each part of a fuzz run has a population of its own.
 */
export class Population {
  /** Credentials by role; none for `anonymous`. */
  tokens = new Map();
  /** What exists, by the name of the parameter or field that takes it. */
  known = new Map();
  #name = randomBytes(4).toString('hex');

  /** `client` sends JSON and gives back the parsed answer of a success; `pool` reaches the service's database. */
  static async create(client, pool) {
    const population = new Population();
    await population.#found(client, pool);
    return population;
  }

  /** Remembers what the answer of a collection tells about the parameter of the paths below it. */
  learn(operations, operation, body) {
    const below = `${operation.path}/`;
    const names = operations
      .filter(({ path }) => path.startsWith(below))
      .map(({ path }) => /^\{(\w+)\}/.exec(path.slice(below.length))?.[1]);
    for (const name of new Set(names.filter(Boolean))) {
      const values = [...identifiersIn(body, name), ...(this.known.get(name) ?? [])];
      this.known.set(name, [...new Set(values)].slice(0, MAX_LEARNT));
    }
  }

  async #found(client, pool) {
    const superuser = await this.#superuser(pool);
    const admin = await logIn(client, superuser);
    const person = async (role, more = {}) => {
      const username = `${role}-${this.#name}`;
      const body = { username, email: `${username}@example.org`, password: PASSWORD, ...more };
      await client.post('/admin/users', body, admin);
      return username;
    };
    const people = {
      owner: await person('owner'),
      member: await person('member'),
      inactive: await person('inactive'),
      developer: await person('developer', { isStaff: true, groups: ['PS_Developer'] }),
      outsider: await person('outsider'),
    };
    const organization = await this.#organization(client, admin, 'lab', people.owner);
    const other = await this.#organization(client, admin, 'other', people.outsider);
    // Every organization takes staff in by itself.
    for (const role of ['member', 'inactive'])
      await client.post(`/admin/organizations/${organization.id}/memberships`, { username: people[role] }, admin);
    for (const [role, username] of Object.entries(people)) {
      this.tokens.set(role, await logIn(client, username));
      const { name } = role === 'outsider' ? other : organization;
      const pair = await client.post('/api/org_token/', { username, password: PASSWORD, org_name: name });
      this.tokens.set(`${role}Token`, pair.access);
      this.#know('refresh', pair.refresh);
    }
    this.tokens.set('superuser', admin);
    await this.#past(pool, organization.id, people.inactive);
    await this.#waitingRun(pool, organization.id);
    await this.#waitingRun(pool, other.id);
    await this.#deploy(pool, other.id);
    this.#describe([...Object.values(people), superuser], organization, other);
  }

  async #superuser(pool) {
    const username = `superuser-${this.#name}`;
    // Of the first account, before any request may have given that another password.
    passwordHash ??= (await pool.query('SELECT password_hash FROM users ORDER BY id LIMIT 1')).rows[0].password_hash;
    await pool.query(
      `INSERT INTO users (username, email, password_hash, is_superuser)
       VALUES ($1::text, $1::text || '@example.org', $2, true)`,
      [username, passwordHash],
    );
    return username;
  }

  async #organization(client, admin, kind, owner) {
    const organization = { name: `${kind}-${this.#name}`, owner, target: 'local' };
    return client.post('/admin/organizations', organization, admin);
  }

  /** What only time brings about. */
  async #past(pool, organizationId, inactive) {
    await pool.query(
      `UPDATE memberships SET status = 'inactive'
       WHERE organization_id = $1 AND user_id = (SELECT id FROM users WHERE username = $2)`,
      [organizationId, inactive],
    );
  }

  async #waitingRun(pool, organizationId) {
    const id = randomUUID();
    await pool.query(
      `INSERT INTO runs (id, organization_id, kind, status, trigger, requested_by, inputs, priority)
       VALUES ($1, $2, 'update', 'queued', 'capacity', 'system:fuzz', '{"nodes": 3, "clusterVersion": "v4"}', 20)`,
      [id, organizationId],
    );
    this.#know('runId', id);
  }

  async #deploy(pool, organizationId) {
    await pool.query(
      `INSERT INTO clusters (organization_id, is_deployed, node_count, address, cluster_version, is_public)
       VALUES ($1, true, 2, '127.1.2.3', 'v4', true)
       ON CONFLICT (organization_id) DO UPDATE SET is_deployed = true, node_count = 2, address = '127.1.2.3'`,
      [organizationId],
    );
  }

  #describe(usernames, organization, other) {
    const names = [organization.name, organization.name, organization.name, other.name];
    for (const name of ['organization', 'org', 'org_name']) this.#know(name, ...names);
    this.#know('organizationId', organization.id, organization.id, other.id);
    this.#know('username', ...usernames);
    this.#know('owner', ...usernames);
    this.#know('email', ...usernames.map((username) => `${username}@example.org`));
    // Nobody has these yet.
    for (let number = 0; number < 5; number++) {
      this.#know('username', `new-${number}-${this.#name}`);
      this.#know('email', `new-${number}-${this.#name}@example.org`);
      this.#know('name', `new-${number}-${this.#name}`);
    }
    for (const name of ['password', 'currentPassword']) this.#know(name, PASSWORD);
    for (const days of [1, 30]) this.#know('expiresAt', new Date(Date.now() + days * DAY_MS).toISOString());
    this.#know('nodes', '0', '1', '3', '1000', '2147483647');
    this.#know('ttl', '15', '60', '720', '14', '721');
  }

  #know(name, ...values) {
    this.known.set(name, [...(this.known.get(name) ?? []), ...values]);
  }
}

async function logIn(client, username) {
  const session = await client.post('/api/v1/auth/login', { username, password: PASSWORD });
  return session.access_token;
}

/** What identifies an object, or those in the lists it has: the property that is named like the parameter, or `id`. */
function identifiersIn(body, name) {
  if (typeof body !== 'object' || body === null) return [];
  const objects = [body, ...Object.values(body).filter(Array.isArray).flat()];
  return objects.map((one) => one?.[name] ?? one?.id).filter((value) => ['string', 'number'].includes(typeof value));
}
