import fc from 'fast-check';

/**
 * Places in a generated request where something goes that exists: `{{organization:7}}` is the eighth known organization,
 * counted round. Which ones are known is seen when the request is sent, so that a seed yields the same requests although
 * identifiers are random.
 */
const MARKER = /\{\{(\w+):(\d+)\}\}/g;
const MANY = 1000;

export function markerOf(name) {
  return fc.nat(MANY).map((number) => `{{${name}:${number}}}`);
}

/**
 * The text with its markers replaced; `known` holds values by name, `write` says how they are written there. A word
 * stands for what is not known.
 */
export function filledIn(text, known, write) {
  return text.replaceAll(MARKER, (_, name, number) => {
    const values = known.get(name) ?? [];
    return write(String(values.length === 0 ? `word-${number}` : values[Number(number) % values.length]));
  });
}
