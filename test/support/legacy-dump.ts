import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LegacyRow } from '../../src/legacy-import/source/legacy-source.js';
import { describeWhere } from './describe-where.js';

export type OldDatabase = Record<string, LegacyRow[]>;

const CREATED = '2026-01-02 03:04:05.678901+00';

/** `pass-1` with 1000 iterations. */
export const OLD_HASH = 'pbkdf2_sha256$1000$saltsaltsaltsaltsaltsa$1s/kse7TUBeJBl335eP6mjFIXvR+b59QBcipu+VsqPQ=';

export const oldId = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export function oldUser(id: number, username: string, over: LegacyRow = {}): LegacyRow {
  return {
    id: String(id),
    password: OLD_HASH,
    last_login: null,
    is_superuser: 'f',
    username,
    first_name: '',
    last_name: '',
    email: `${username}@example.org`,
    is_staff: 'f',
    is_active: 't',
    date_joined: CREATED,
    ...over,
  };
}

export function oldAddress(id: number, userId: number, email: string, over: LegacyRow = {}): LegacyRow {
  return { id: String(id), email, verified: 't', primary: 't', user_id: String(userId), ...over };
}

/** The least an organization of any age has. */
export function oldOrganization(number: number, name: string, over: LegacyRow = {}): LegacyRow {
  return {
    id: oldId(number),
    name,
    owner_id: null,
    balance: '0.00',
    max_allowance: '100.00',
    monthly_allowance: '10.00',
    creation_date: CREATED,
    ...over,
  };
}

export function oldMembership(
  number: number,
  organization: number,
  userId: number | null,
  over: LegacyRow = {},
): LegacyRow {
  return {
    id: oldId(1000 + number),
    active: 't',
    creation_date: CREATED,
    modified_date: CREATED,
    activation_date: CREATED,
    delete_requested: 'f',
    org_id: oldId(organization),
    user_id: userId === null ? null : String(userId),
    ...over,
  };
}

export function oldCluster(organization: number, over: LegacyRow = {}): LegacyRow {
  return {
    org_id: oldId(organization),
    mgr_ip_address: '0.0.0.0',
    active_ps_cmd: '',
    is_deployed: 'f',
    cur_nodes: '0',
    cur_version: null,
    prov_env_version: null,
    is_public: 'f',
    ...over,
  };
}

export function oldRequest(number: number, organization: number, userId: number, over: LegacyRow = {}): LegacyRow {
  return {
    id: oldId(2000 + number),
    desired_num_nodes: '3',
    expiration: '2030-01-01 00:00:00.5+00',
    has_active_ps_cmd: 'f',
    org_id: oldId(organization),
    user_id: String(userId),
    ...over,
  };
}

/** Two people, one organization with an owner and a member: nothing to complain of. */
export function smallDatabase(): OldDatabase {
  return {
    users_user: [oldUser(5, 'olga'), oldUser(7, 'ivan')],
    account_emailaddress: [oldAddress(1, 5, 'olga@example.org'), oldAddress(2, 7, 'ivan@example.org')],
    auth_group: [{ id: '1', name: 'PS_Developer' }],
    users_user_groups: [{ id: '1', user_id: '7', group_id: '1' }],
    users_orgaccount: [oldOrganization(1, 'lab', { owner_id: '5', balance: '12.34' })],
    users_membership: [oldMembership(1, 1, 5), oldMembership(2, 1, 7)],
    users_cluster: [oldCluster(1)],
    users_orgnumnode: [oldRequest(1, 1, 7)],
  };
}

/** The tables as pg_dump writes them, each column a text. */
export function dumpText(database: OldDatabase, style: 'copy' | 'insert' = 'copy'): string {
  const definitions = Object.entries(database).map(([table, rows]) => {
    const columns = Object.keys(rows[0] ?? {}).map((column) => `    "${column}" text`);
    return `CREATE TABLE public.${table} (\n${columns.join(',\n')}\n);\n`;
  });
  const contents = Object.entries(database).map(([table, rows]) => rowsText(table, rows, style));
  return ["SET client_encoding = 'UTF8';", 'SET standard_conforming_strings = on;', ...definitions, ...contents].join(
    '\n\n',
  );
}

function rowsText(table: string, rows: readonly LegacyRow[], style: 'copy' | 'insert'): string {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => columns.map((column) => row[column] ?? null));
  if (style === 'insert')
    return values.map((row) => `INSERT INTO public.${table} VALUES (${row.map(literal).join(', ')});`).join('\n');
  const names = columns.map((column) => `"${column}"`).join(', ');
  return `COPY public.${table} (${names}) FROM stdin;\n${values.map((row) => `${row.map(copyField).join('\t')}\n`).join('')}\\.\n`;
}

export function literal(value: string | null): string {
  return value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
}

const COPY_ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** As Postgres writes a value in the text format of COPY. */
export function copyField(value: string | null): string {
  return value === null ? '\\N' : value.replace(/[\\\b\f\n\r\t\v]/g, (mark) => COPY_ESCAPES[mark] ?? mark);
}

/** Files that go when the tests are over. */
export class TemporaryFiles {
  private readonly directory = mkdtempSync(join(tmpdir(), 'ps-server-dump-'));
  private count = 0;

  write(content: string | Buffer): string {
    const path = join(this.directory, `${String(++this.count)}.sql`);
    writeFileSync(path, content);
    return path;
  }

  get path(): string {
    return this.directory;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const BESIDE_REPOSITORY = join(import.meta.dirname, '../../../shared/data/legacy-db/legacy-0028-synthetic.sql');

/** A whole dump of the newest old schema with invented data; it is not part of this repository. */
export const SYNTHETIC_DUMP = process.env.LEGACY_DB_DUMP ?? BESIDE_REPOSITORY;

/** `describe` where the dump is; elsewhere the block is reported as skipped, with the reason in its name. */
export const describeWithSyntheticDump = describeWhere(
  existsSync(SYNTHETIC_DUMP),
  'no synthetic dump; LEGACY_DB_DUMP names one',
);
