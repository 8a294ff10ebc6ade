const ELEMENT = String.raw`'(?:[^']|'')*'(?:::[a-z_ ]+(?:\(\d+\))?(?:::text)?)?`;
const ANY = new RegExp(
  String.raw`("?\w+"?|\([^()]*\))(::text)? (= ANY|<> ALL) \(ARRAY\[(${ELEMENT}(?:, ${ELEMENT})*)\](?:::text\[\])?\)`,
  'g',
);

/**
 * A definition of the catalog as people write it. Postgres prints `role IN ('a', 'b')` of a varchar in a way that it
 * prints otherwise once it has read it; this one is printed the same by both, and read as what it was.
 */
export function readableDefinition(definition: string): string {
  return definition.replace(ANY, (_all, subject: string, cast: string | undefined, operator: string, list: string) => {
    const isCharacterVarying = list.includes('::character varying');
    const elements = [...list.matchAll(new RegExp(ELEMENT, 'g'))].map(
      ([element]) => /^'(?:[^']|'')*'/.exec(element)?.[0],
    );
    const left = isCharacterVarying ? subject : `${subject}${cast ?? ''}`;
    return `${left} ${operator === '= ANY' ? 'IN' : 'NOT IN'} (${elements.join(', ')})`;
  });
}

/** A routine whose body is not indented: how far it is depends on where it was written, and means nothing. */
export function readableRoutine(definition: string): string {
  const [, head, tag, body] = /^([\s\S]*?AS )(\$\w+\$)[ \t]*\n?([\s\S]*?)\s*\2\s*$/.exec(definition) ?? [];
  if (head === undefined || tag === undefined || body === undefined) return definition.trimEnd();
  const lines = body.split('\n').map((line) => line.trimEnd());
  const indents = lines.filter((line) => line !== '').map((line) => line.search(/\S/));
  const least = Math.min(...indents, Infinity);
  const text = lines.map((line) => line.slice(Number.isFinite(least) ? least : 0)).join('\n');
  return `${head.replace(/\n /g, '\n  ')}${tag}\n${text}\n${tag}`;
}
