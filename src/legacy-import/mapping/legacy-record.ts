import { type LegacyRow } from '../source/legacy-source.js';

const INSTANT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)(Z|[+-]\d{2}(?::?\d{2})?)$/;
const NUMBER = /^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const BOOLEANS = new Map([
  ['t', true],
  ['true', true],
  ['f', false],
  ['false', false],
]);

/** A value the old schema does not allow in that column. */
export class UnreadableValueError extends Error {
  constructor(column: string, expected: string, value: string | null | undefined) {
    const found =
      value === undefined
        ? 'the column is missing'
        : value === null
          ? 'it is NULL'
          : `it is ${JSON.stringify(value.slice(0, 60))}`;
    super(`${column} should be ${expected}, and ${found}. Correct it in the old system and dump again.`);
  }
}

/** A point in time as text with all its microseconds, for Postgres, and in milliseconds, to compare. */
export interface Instant {
  text: string;
  milliseconds: number;
}

/** Reads the values of one row. A column older schemas lack counts as NULL. Methods throw UnreadableValueError. */
export class LegacyRecord {
  constructor(private readonly row: LegacyRow) {}

  has(column: string): boolean {
    return Object.hasOwn(this.row, column);
  }

  optional(column: string): string | null {
    return this.row[column] ?? null;
  }

  text(column: string): string {
    return this.optional(column) ?? this.fail(column, 'a text');
  }

  /** The fallback is for older schemas that lack the column, and for NULL. */
  boolean(column: string, fallback?: boolean): boolean {
    const text = this.optional(column);
    if (text === null && fallback !== undefined) return fallback;
    return BOOLEANS.get(text ?? '') ?? this.fail(column, 'true or false');
  }

  optionalInteger(column: string): number | null {
    const text = this.optional(column);
    if (text === null) return null;
    const value = Number(text);
    return /^-?\d+$/.test(text) && Number.isSafeInteger(value) ? value : this.fail(column, 'a whole number');
  }

  integer(column: string, fallback?: number): number {
    return this.optionalInteger(column) ?? fallback ?? this.fail(column, 'a whole number');
  }

  /** Decimal text: money is never a floating-point number. */
  decimal(column: string, fallback: string): string {
    const text = this.optional(column) ?? fallback;
    return NUMBER.test(text) ? text : this.fail(column, 'a number');
  }

  uuid(column: string): string {
    return this.optionalUuid(column) ?? this.fail(column, 'a UUID');
  }

  optionalUuid(column: string): string | null {
    const text = this.optional(column);
    return text === null || UUID.test(text) ? (text?.toLowerCase() ?? null) : this.fail(column, 'a UUID');
  }

  optionalInstant(column: string): Instant | null {
    const text = this.optional(column);
    if (text === null) return null;
    const [, date = '', time = '', zone = ''] = INSTANT.exec(text) ?? [];
    const offset = zone.length === 3 ? `${zone}:00` : zone;
    const milliseconds = Date.parse(`${date}T${time}${offset}`);
    if (Number.isNaN(milliseconds)) this.fail(column, 'an instant with a time zone');
    return { text: `${date}T${time}${offset}`, milliseconds };
  }

  instant(column: string): Instant {
    return this.optionalInstant(column) ?? this.fail(column, 'an instant with a time zone');
  }

  /** A JSON value; one that was encoded twice, as the old system did, is decoded twice. */
  json(column: string): unknown {
    const text = this.text(column);
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'string' ? JSON.parse(value) : value;
    } catch {
      return this.fail(column, 'JSON');
    }
  }

  private fail(column: string, expected: string): never {
    throw new UnreadableValueError(column, expected, this.row[column]);
  }
}
