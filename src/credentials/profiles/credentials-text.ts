import { CredentialsFileError } from '../credentials.errors.js';

/** Values by key; keys are those of the AWS tools, in lower case. */
export type ProfileValues = Record<string, string>;

interface Line {
  /** Without its end. */
  text: string;
  end: string;
}

interface Section {
  name: string;
  /** Index of the header's line. */
  from: number;
  /** Index after the last line. */
  to: number;
}

const HEADER = /^\s*\[([^\]]*)\]\s*(?:[#;].*)?$/;
const ASSIGNMENT = /^([^\s=#;[][^=]*?)\s*=\s*(.*?)\s*$/;
/** A value the AWS tools read back as it was written: one line, and nothing in it that begins a comment. */
const WRITABLE = /^(?!.*\s[#;])[^\s[\]#;][^\p{Cc}[\]]*$/u;
const KEY = /^[a-z][a-z0-9_]*$/;

/** The names of all profiles, in order; one that is there twice is named twice. */
export function profileNames(text: string): string[] {
  return sectionsOf(linesOf(text)).map(({ name }) => name);
}

/** What a profile says, or null when it is not there. Of a profile that is there twice, the later values count. */
export function readProfile(text: string, profile: string): ProfileValues | null {
  const lines = linesOf(text);
  const sections = sectionsOf(lines).filter(({ name }) => name === profile);
  if (sections.length === 0) return null;
  const assignments = sections.flatMap(({ from, to }) => lines.slice(from + 1, to).map(assignmentOf));
  return Object.fromEntries(assignments.filter((assignment) => assignment !== null));
}

/**
 * The file with some values of one profile changed, null for those to remove. Everything else stays as it is, byte for
 * byte: comments, order, blank lines, line ends, other profiles. Throws {@link CredentialsFileError} when the profile is
 * there twice, or when a name or value could not be read back as it was given.
 */
export function writeProfile(text: string, profile: string, values: Record<string, string | null>): string {
  checkWritable(profile, values);
  const lines = linesOf(text);
  const end = lines.some((line) => line.end === '\r\n') ? '\r\n' : '\n';
  const section = theSection(lines, profile);
  if (!section) return appended(text, profile, values, end);
  const before = lines.slice(0, section.from + 1);
  const after = lines.slice(section.to);
  const own = lines.slice(section.from + 1, section.to);
  const kept = own.flatMap((line) => {
    const [key] = assignmentOf(line) ?? [];
    const value = key === undefined ? undefined : values[key];
    if (value === undefined) return [line];
    return value === null ? [] : [{ text: `${key} = ${value}`, end: line.end }];
  });
  const present = new Set(kept.map((line) => assignmentOf(line)?.[0]));
  const added = Object.entries(values).flatMap(([key, value]) =>
    value === null || present.has(key) ? [] : [{ text: `${key} = ${value}`, end }],
  );
  // Behind the last value, so that comments and blank lines before the next profile stay with that.
  const place = kept.findLastIndex((line) => assignmentOf(line) !== null) + 1;
  return joined([...before, ...kept.slice(0, place), ...added, ...kept.slice(place), ...after], end);
}

/** The file without a profile; comments in it go with it. Throws as {@link writeProfile}. */
export function removeProfile(text: string, profile: string): string {
  const lines = linesOf(text);
  const section = theSection(lines, profile);
  if (!section) return text;
  return [...lines.slice(0, section.from), ...lines.slice(section.to)].map((line) => line.text + line.end).join('');
}

function linesOf(text: string): Line[] {
  return [...text.matchAll(/([^\r\n]*)(\r\n|\n|\r|$)/g)]
    .map(([, line = '', end = '']) => ({ text: line, end }))
    .filter(({ text: line, end }) => line !== '' || end !== '');
}

function sectionsOf(lines: Line[]): Section[] {
  const headers = lines.flatMap(({ text }, index) => {
    const name = HEADER.exec(text)?.[1]?.trim();
    return name === undefined ? [] : [{ name, from: index }];
  });
  return headers.map((header, index) => ({ ...header, to: headers[index + 1]?.from ?? lines.length }));
}

function theSection(lines: Line[], profile: string): Section | null {
  const [section = null, another] = sectionsOf(lines).filter(({ name }) => name === profile);
  if (section && another) {
    throw new CredentialsFileError(
      `The profile [${profile}] is there twice, in lines ${section.from + 1} and ${another.from + 1}. Keep one of them and try again.`,
    );
  }
  return section;
}

/** Indented lines belong to a setting of their own kind, such as `s3 =`, and are not the profile's. */
function assignmentOf({ text }: Line): [string, string] | null {
  const [, key, value] = ASSIGNMENT.exec(text) ?? [];
  if (key === undefined || value === undefined) return null;
  return [key.toLowerCase(), value.replace(/\s[#;].*$/, '').trimEnd()];
}

function appended(text: string, profile: string, values: Record<string, string | null>, end: string): string {
  const present = Object.entries(values).filter(([, value]) => value !== null);
  const isOpen = text !== '' && !/[\r\n]$/.test(text);
  const gap = text === '' ? '' : isOpen ? end + end : end;
  const own = [`[${profile}]`, ...present.map(([key, value]) => `${key} = ${value}`)];
  return text + gap + own.map((line) => line + end).join('');
}

/** A last line without an end gets one when something follows it. */
function joined(lines: Line[], end: string): string {
  return lines
    .map((line, index) => line.text + (line.end === '' && index < lines.length - 1 ? end : line.end))
    .join('');
}

function checkWritable(profile: string, values: Record<string, string | null>): void {
  if (!WRITABLE.test(profile) || profile !== profile.trim())
    throw new CredentialsFileError(`${JSON.stringify(profile)} cannot be the name of a profile.`);
  for (const [key, value] of Object.entries(values)) {
    // The value may be a secret, so it is not shown.
    if (!KEY.test(key) || (value !== null && (!WRITABLE.test(value) || value !== value.trim())))
      throw new CredentialsFileError(`The value of ${JSON.stringify(key)} cannot be written into a credentials file.`);
  }
}
