/** Shorter values would hide ordinary words. */
const MIN_LENGTH = 6;
const HIDDEN = '[redacted]';
/** Terraform's own events are a few levels deep; what is deeper comes from nobody who means well. */
const DEEPEST = 60;
const TOO_DEEP = '[nested too deeply]';

/**
 * Replaces known secret values, also in their base64 and URL-encoded forms. It works on values, not on Terraform's
 * `sensitive` flags, which a configuration can take away; and on whole decoded lines, so no secret is split in two.
 */
export class Redactor {
  private readonly needles: string[];
  private readonly longest: number;

  constructor(secrets: readonly string[]) {
    const values = secrets.flatMap(withLines).filter((secret) => secret.length >= MIN_LENGTH);
    // Longest first: a secret that contains another one is hidden as a whole.
    this.needles = [...new Set(values.flatMap(encodings))].sort((a, b) => b.length - a.length);
    this.longest = this.needles[0]?.length ?? 0;
  }

  text(text: string): string {
    return this.needles.reduce((redacted, needle) => redacted.replaceAll(needle, HIDDEN), text);
  }

  /** Of a text that was cut at its end; what might be the first half of a secret goes with it. */
  withoutCutEnd(text: string): string {
    return this.text(text).slice(0, this.longest === 0 ? undefined : -this.longest);
  }

  /** Of a text that was cut at its start; what might be the second half of a secret goes with it. */
  withoutCutStart(text: string): string {
    return this.text(text).slice(this.longest);
  }

  /** The same value with every text in it redacted, names of properties too. */
  deep<T>(value: T): T {
    return this.redactAny(value, 0) as T;
  }

  private redactAny(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (depth > DEEPEST) return TOO_DEEP;
    if (Array.isArray(value)) return value.map((item) => this.redactAny(item, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [this.text(name), this.redactAny(item, depth + 1)]),
    );
  }
}

/** A secret of several lines, such as a private key, also comes line by line. */
function withLines(secret: string): string[] {
  return [secret, ...secret.split(/\r?\n/)];
}

function encodings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  const jsonEscaped = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    jsonEscaped,
    base64,
    base64.replace(/=+$/, ''),
    bytes.toString('base64url'),
    encodeURIComponent(bytes.toString()),
  ];
}
