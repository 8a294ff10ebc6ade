import { REPLACED_SYSTEM } from './support/baseline.mjs';
import { load } from './support/load.mjs';
import { startBareServer, startService } from './support/processes.mjs';
import { cpuMs } from './support/process-figures.mjs';
import { atLeast, beside, figure, format } from './support/report.mjs';
import { openStage, PASSWORD } from './support/stage.mjs';
import { median } from './support/statistics.mjs';

const CONCURRENCY = 16;
const CONCURRENT_LOGINS = 50;
/** The sizes the system being replaced was measured with. */
const SIZES = { organizations: 100, users: 1000, organizationsPerUser: 3 };
/** What the service aims at, in multiples of the tuned old system. */
const AIMED_MULTIPLE = 40;
const AIMED_SHARE_OF_BARE = 60;

/** Requests per second and latencies of the requests clients make most. */
export async function measureHttp({ isQuick }) {
  const rounds = isQuick ? 1 : 5;
  const seconds = isQuick ? 2 : 5;
  const stage = await openStage();
  const servers = [];
  try {
    const members = await stage.seed(SIZES);
    const service = await startService(stage.serviceEnvironment('api'));
    servers.push(service);
    const bare = await startBareServer(stage.database.url.value);
    servers.push(bare);
    const samples = await takeSamples(scenarios(service, bare, members), rounds, seconds);
    await assertStored(stage.database.pool, samples.capacityRequest);
    return {
      title: 'HTTP',
      method: [
        `One process of the role "api", embedded Postgres with fsync, ${Object.values(SIZES).join('/')} organizations, users and`,
        `memberships per user; the load generator shares the machine. Medians of ${rounds} rounds of ${seconds} s, everything in turn in each`,
        `round; ratios are medians of the rounds' own ratios.`,
      ],
      figures: toFigures(samples),
    };
  } finally {
    for (const server of servers) await server.stop();
    await stage.close();
  }
}

/** What is measured, in the order of a round. Each gives one sample: figures of the load generator. */
function scenarios(service, bare, members) {
  const authorized = members.map(({ organization, token }) => ({
    organization,
    headers: { authorization: `Bearer ${token}` },
  }));
  const bareRequests = members.map(({ userId }) => ({ method: 'GET', path: `/users/${userId}` }));
  const statusRequests = authorized.map(({ organization, headers }) => ({
    method: 'GET',
    path: `/api/membership_status/${organization}/`,
    headers,
  }));
  const capacityRequests = authorized.map(({ organization, headers }) => ({
    method: 'POST',
    path: `/api/desired_org_num_nodes_ttl/${organization}/{n}/60/`,
    headers,
  }));
  const loginRequests = members.map(({ username, organization }) => ({
    method: 'POST',
    path: '/api/org_token/',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD, org_name: organization }),
  }));
  const status = (seconds) => load({ url: service.url, requests: statusRequests, concurrency: CONCURRENCY, seconds });
  const logins = (concurrency, seconds) => load({ url: service.url, requests: loginRequests, concurrency, seconds });
  return {
    bare: (seconds) => load({ url: bare.url, requests: bareRequests, concurrency: CONCURRENCY, seconds }),
    membershipStatus: (seconds) => withCpu(service.pid, () => status(seconds)),
    capacityRequest: (seconds) =>
      load({ url: service.url, requests: capacityRequests, concurrency: CONCURRENCY, seconds }),
    ping: (seconds) =>
      load({ url: service.url, requests: [{ method: 'GET', path: '/ping/' }], concurrency: CONCURRENCY, seconds }),
    login: (seconds) => logins(CONCURRENCY, seconds),
    statusDuringLogins: async (seconds) =>
      (await Promise.all([status(seconds), logins(CONCURRENT_LOGINS, seconds)]))[0],
  };
}

async function withCpu(pid, measure) {
  const before = cpuMs(pid);
  const sample = await measure();
  return before === null ? sample : { ...sample, cpuMs: (cpuMs(pid) - before) / sample.succeeded };
}

async function takeSamples(measures, rounds, seconds) {
  const samples = Object.fromEntries(Object.keys(measures).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(measures)) samples[name].push(await measure(seconds));
  }
  return samples;
}

/** Every accepted request must be a row, or the figures would be those of a service that drops what it is told. */
async function assertStored(pool, samples) {
  const accepted = samples.reduce((total, { succeeded }) => total + succeeded, 0);
  const { rows } = await pool.query('SELECT count(*)::integer AS stored FROM capacity_requests');
  if (rows[0].stored !== accepted) throw new Error(`${accepted} requests were accepted, ${rows[0].stored} are stored.`);
}

function toFigures(samples) {
  return [
    rateFigure('GET /api/membership_status/<org>/', samples.membershipStatus, [
      shareOfBare(samples),
      ...multiples(samples.membershipStatus, REPLACED_SYSTEM.membershipStatus, AIMED_MULTIPLE),
      ...processorTime(samples.membershipStatus),
    ]),
    rateFigure(
      'POST /api/desired_org_num_nodes_ttl/<org>/<nodes>/<minutes>/, each stored as a new row',
      samples.capacityRequest,
      [...multiples(samples.capacityRequest, REPLACED_SYSTEM.capacityRequest, AIMED_MULTIPLE)],
    ),
    rateFigure('POST /api/org_token/ (argon2id)', samples.login, multiples(samples.login, REPLACED_SYSTEM.login)),
    rateFigure('GET /ping/', samples.ping, multiples(samples.ping, REPLACED_SYSTEM.ping)),
    rateFigure('A bare Fastify server: one prepared query, no authentication', samples.bare, []),
    duringLogins(samples),
  ];
}

function rateFigure(name, samples, comparisons) {
  const details = [`p50 ${format(medianOf(samples, 'p50'))} ms`, `p99 ${format(medianOf(samples, 'p99'))} ms`];
  return figure(name, medianOf(samples, 'requestsPerSecond'), 'requests/s', { details, comparisons });
}

function shareOfBare({ membershipStatus, bare }) {
  const share =
    100 * median(membershipStatus.map((sample, round) => sample.requestsPerSecond / bare[round].requestsPerSecond));
  return atLeast(`${format(share)} % of the bare server below`, share, AIMED_SHARE_OF_BARE);
}

function multiples(samples, baseline, aim) {
  return Object.entries(baseline).map(([kind, value]) => {
    const multiple = medianOf(samples, 'requestsPerSecond') / value;
    const text = `about ${format(multiple)} times the old system, ${kind} (${value} requests/s)`;
    return aim !== undefined && kind === 'tuned' ? atLeast(text, multiple, aim) : beside(text);
  });
}

function processorTime(samples) {
  if (samples[0].cpuMs === undefined) return [];
  const own = format(medianOf(samples, 'cpuMs'));
  return [
    beside(`${own} ms of processor time each; the old system's server: ${REPLACED_SYSTEM.membershipStatusCpuMs} ms`),
  ];
}

function duringLogins({ membershipStatus, statusDuringLogins }) {
  const alone = medianOf(membershipStatus, 'p99');
  const during = medianOf(statusDuringLogins, 'p99');
  return figure(`p99 of membership_status while ${CONCURRENT_LOGINS} logins are under way`, during, 'ms', {
    details: [`${format(medianOf(statusDuringLogins, 'requestsPerSecond'))} requests/s besides`],
    comparisons: [beside(`${format(alone)} ms without logins: ${format(during / alone)} times as long`)],
  });
}

function medianOf(samples, key) {
  return median(samples.map((sample) => sample[key]));
}
