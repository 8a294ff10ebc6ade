/** What is measured shares the machine, so it is not asked more often than a round can wait. */
const POLL_MS = 100;
const MANY_POLL_MS = 250;
const RUN_LIMIT_MS = 60_000;

/**
 * The run that brought a cluster to this size, once the service has drawn its conclusions from it, with its moments in
 * milliseconds since 1970. `started` is the time stamp Terraform puts on its first line, `planned` and `applied` those
 * of the last lines of both commands. Throws when it failed, or is not there in time.
 */
export async function finishedRun(pool, organizationId, nodes) {
  const [run] = await poll(
    POLL_MS,
    RUN_LIMIT_MS,
    `a finished run to ${nodes} nodes`,
    async () => {
      const { rows } = await pool.query(
        `SELECT r.status, ${milliseconds('r.claimed_at')} AS claimed, ${milliseconds('r.finished_at')} AS finished,
           (SELECT ${milliseconds('occurred_at')} FROM run_log
              WHERE run_id = r.id AND phase = 'plan' AND type = 'version') AS started,
           ${lastLine('plan')} AS planned, ${lastLine('apply')} AS applied,
           ${enteredAt('planning')} AS planning, ${enteredAt('applying')} AS applying,
           ${enteredAt('finalizing')} AS finalizing
         FROM runs r JOIN clusters c ON c.organization_id = r.organization_id
         WHERE r.organization_id = $1 AND r.inputs->>'nodes' = $2 AND r.observed_at IS NOT NULL
           AND (c.node_count = $3 OR r.status <> 'succeeded')`,
        [organizationId, String(nodes), nodes],
      );
      return rows;
    },
    (rows) => rows.length > 0,
  );
  if (run.status !== 'succeeded') throw new Error(`The run to ${nodes} nodes ended as ${run.status}.`);
  return run;
}

/**
 * The run that `request` leads to, once it has ended and nothing is left to do, with what the request told of itself:
 * `changes` counts those of its plan, and `finished` is in milliseconds since 1970. Throws when it failed.
 */
export async function nextRun(pool, organizationId, request) {
  const look = async () => {
    const { rows } = await pool.query(
      `SELECT status, ${milliseconds('finished_at')} AS finished, observed_at IS NOT NULL AS "isObserved",
         coalesce(jsonb_array_length(changes), 0) AS changes
       FROM runs WHERE organization_id = $1 ORDER BY created_at`,
      [organizationId],
    );
    return rows;
  };
  const before = (await look()).length;
  const sent = await request();
  const isEnded = (rows) => rows.length > before && rows.every(({ isObserved }) => isObserved);
  const rows = await poll(POLL_MS, RUN_LIMIT_MS, 'the end of a run', look, isEnded);
  const run = rows.at(-1);
  if (!['succeeded', 'no_changes'].includes(run.status)) throw new Error(`The run ended as ${run.status}.`);
  return { ...sent, run };
}

/**
 * The runs that brought these organizations' clusters to this size, once all have ended: `waitedMs` from being queued to
 * being claimed, and `finished` in milliseconds since 1970. Throws when one failed, or they are not there in time.
 */
export async function finishedRuns(pool, organizationIds, nodes, limitMs) {
  const runs = await poll(
    MANY_POLL_MS,
    limitMs,
    `${organizationIds.length} finished runs to ${nodes} nodes`,
    async () => {
      const { rows } = await pool.query(
        `SELECT status, failure_code AS failure, ${milliseconds('finished_at')} AS finished,
           ${milliseconds('claimed_at')} - ${milliseconds('created_at')} AS waited
         FROM runs WHERE organization_id = ANY($1) AND inputs->>'nodes' = $2 AND finished_at IS NOT NULL`,
        [organizationIds, String(nodes)],
      );
      return rows;
    },
    (rows) => rows.length >= organizationIds.length || rows.some(({ status }) => status !== 'succeeded'),
  );
  const failed = runs.find(({ status }) => status !== 'succeeded');
  if (failed) throw new Error(`A run to ${nodes} nodes ended as ${failed.status} (${failed.failure}).`);
  return runs.map(({ finished, waited }) => ({ finished: Number(finished), waitedMs: Number(waited) }));
}

async function poll(everyMs, limitMs, what, look, isEnough) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (isEnough(seen)) return seen;
    if (Date.now() > deadline) throw new Error(`Waited ${limitMs} ms for ${what}; there are ${seen.length}.`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

function milliseconds(column) {
  return `extract(epoch FROM ${column}) * 1000`;
}

function lastLine(phase) {
  return `(SELECT ${milliseconds('max(occurred_at)')} FROM run_log WHERE run_id = r.id AND phase = '${phase}')`;
}

function enteredAt(status) {
  return `(SELECT ${milliseconds('occurred_at')} FROM audit_events
     WHERE subject_id = r.id::text AND action = 'run.status_changed' AND details->>'to' = '${status}')`;
}
