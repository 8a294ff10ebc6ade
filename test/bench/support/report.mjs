/**
 * What a benchmark found. A figure is a value with its unit, details beside it, and comparisons: a sentence, and for
 * those that are an aim whether it was reached.
 */
export function figure(name, value, unit, { details = [], comparisons = [] } = {}) {
  return { name, value: round(value), unit, details, comparisons };
}

/** A comparison without an aim. */
export function beside(text) {
  return { text };
}

export function atLeast(text, value, aim) {
  return { text, aim: `at least ${aim}`, isReached: value >= aim };
}

export function atMost(text, value, aim) {
  return { text, aim: `at most ${aim}`, isReached: value <= aim };
}

export function below(text, value, aim) {
  return { text, aim: `below ${aim}`, isReached: value < aim };
}

export function format(value) {
  return String(round(value));
}

/** Three significant digits; whole numbers above 100. */
function round(value) {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** A suite that could not be measured here, and why. */
export function skipped(title, reason) {
  return { title, skipped: reason, method: [], figures: [] };
}

export function printSuite({ title, skipped: reason, method, figures }, write) {
  write(`\n${title}\n`);
  if (reason !== undefined) write(`  skipped: ${reason}\n`);
  write(method.map((line) => `  ${line}\n`).join(''));
  for (const { name, value, unit, details, comparisons } of figures) {
    write(`\n  ${name}\n    ${[`${value} ${unit}`, ...details].join('   ')}\n`);
    for (const { text, aim, isReached } of comparisons) {
      const verdict = aim === undefined ? '' : `   [aim: ${aim}, ${isReached ? 'reached' : 'NOT reached'}]`;
      write(`      ${text}${verdict}\n`);
    }
  }
}
