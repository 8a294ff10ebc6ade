import { type ImportJournal } from './import-journal.js';

interface Named {
  id: string | number;
  name: string;
}

interface NamingRule {
  table: string;
  option: '--rename' | '--rename-user';
  kind: 'organization' | 'user';
  isAllowed: (name: string) => boolean;
  rule: string;
}

/**
 * The names rows get here, by id: those they had, or those the operator gives them. Refuses names the new rules do not
 * allow and names that differ by letter case only, with the option that resolves it.
 */
export function newNames(
  rows: readonly Named[],
  given: ReadonlyMap<string, string>,
  { table, option, kind, isAllowed, rule }: NamingRule,
  journal: ImportJournal,
): Map<string | number, string> {
  for (const key of given.keys()) {
    const matches = rows.filter((row) => isMeant(row, key));
    if (matches.length === 1) continue;
    const problem =
      matches.length === 0 ? `There is no ${kind} "${key}"` : `Several are called "${key}"; give the id instead`;
    journal.note('refuse', table, null, `${option} "${key}=${given.get(key) ?? ''}": ${problem}.`);
  }
  const names = new Map(rows.map((row) => [row.id, given.get(String(row.id)) ?? given.get(row.name) ?? row.name]));
  const taken = new Map<string, Named>();
  for (const row of rows) {
    const name = names.get(row.id) ?? row.name;
    const hint = `Give it another name with ${option} "${row.id}=new-name".`;
    const first = taken.get(name.toLowerCase());
    if (!isAllowed(name))
      journal.note('refuse', table, String(row.id), `The name "${name}" is not allowed: ${rule}. ${hint}`);
    else if (first)
      journal.note(
        'refuse',
        table,
        String(row.id),
        `The name "${name}" is that of ${first.id} too (letter case does not matter). ${hint}`,
      );
    else taken.set(name.toLowerCase(), row);
  }
  return names;
}

function isMeant({ id, name }: Named, key: string): boolean {
  return String(id) === key || name === key;
}
