/**
 * The Django system this service replaces, measured with its real code (Django 4.2, gunicorn 23, Postgres 15, Redis 7)
 * and wrk on 2 cores of a shared virtual machine, with the same 100 organizations, 1,000 users and 3,000 memberships.
 * `default` is what it ships with (one worker process), `tuned` the best without changes to its code (4 processes of 4
 * threads, persistent connections, no request log). Absolute figures of two sittings on such machines differ by 20 % and
 * more, so ratios to these say "about".
 */
export const REPLACED_SYSTEM = {
  /** Requests per second at concurrency 16. */
  membershipStatus: { tuned: 127, default: 61 },
  capacityRequest: { tuned: 28.5, default: 14.7 },
  login: { tuned: 12.8, default: 5.8 },
  ping: { default: 5524 },
  /** Processor time of a membership status request in the server process, in milliseconds. */
  membershipStatusCpuMs: 10.9,
  /** Migrations, then the server, until the first 200, in milliseconds. */
  startMs: { migrated: 3070, empty: 4910 },
  /** Resident memory, in MB: the idle container with its 19 processes, and one server process of it. */
  residentMb: { container: 1844, oneServer: 110 },
};
