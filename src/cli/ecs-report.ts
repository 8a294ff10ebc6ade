import { type CheckStatus, type ExecReport } from '../operations/ecs-exec/ecs-exec.types.js';

const MARKS: Record<CheckStatus, string> = { pass: 'ok', warn: 'WARN', fail: 'FAIL', skip: '-', unknown: '?' };

/** The report for people: a line per check, and below those that are not right what to do. */
export function reportText({ target, checks, summary }: ExecReport): string {
  const { cluster, service, task, container, region } = target;
  const width = Math.max(...checks.map(({ id }) => id.length));
  const lines = checks.flatMap(({ id, status, detail, fix }) => [
    `${MARKS[status].padEnd(4)}  ${id.padEnd(width)}  ${detail}`,
    ...(fix === null || status === 'pass' ? [] : [`${' '.repeat(width + 8)}-> ${fix}`]),
  ]);
  const { pass, warn, fail, unknown, skip } = summary;
  return [
    `${cluster} / ${service ?? task ?? ''} / ${container} in ${region}`,
    '',
    ...lines,
    '',
    `${pass} ok, ${fail} failed, ${warn} to look at, ${unknown} unknown, ${skip} not applicable`,
  ].join('\n');
}
