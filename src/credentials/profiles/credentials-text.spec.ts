import fc from 'fast-check';
import { profileNames, readProfile, removeProfile, writeProfile } from './credentials-text.js';

const FILE = `# keys of the laboratory
[default]
aws_access_key_id = OLD   ; from last week
aws_secret_access_key=old-secret

# used by scripts
[lab-long-term]
aws_access_key_id = LONG
aws_secret_access_key = long-secret
s3 =
  addressing_style = path
`;

describe('a credentials file', () => {
  it('is read as the AWS tools read it', () => {
    expect(profileNames(FILE)).toEqual(['default', 'lab-long-term']);
    expect(readProfile(FILE, 'default')).toEqual({ aws_access_key_id: 'OLD', aws_secret_access_key: 'old-secret' });
    expect(readProfile(FILE, 'lab-long-term')).toMatchObject({ s3: '', aws_access_key_id: 'LONG' });
    expect(readProfile(FILE, 'other')).toBeNull();
  });

  it('keeps everything but the values that were changed', () => {
    const changed = writeProfile(FILE, 'default', {
      aws_access_key_id: 'NEW',
      aws_session_token: 'token==',
      aws_secret_access_key: null,
    });
    expect(changed).toBe(
      FILE.replace('aws_access_key_id = OLD   ; from last week\naws_secret_access_key=old-secret\n', () =>
        ['aws_access_key_id = NEW', 'aws_session_token = token==', ''].join('\n'),
      ),
    );
  });

  it('gets a new profile at its end, with the line ends it has', () => {
    expect(writeProfile('', 'default', { region: 'us-west-2' })).toBe('[default]\nregion = us-west-2\n');
    expect(writeProfile('[a]\r\nx = 1', 'b', { y: '2' })).toBe('[a]\r\nx = 1\r\n\r\n[b]\r\ny = 2\r\n');
  });

  it('loses a profile and nothing else', () => {
    const rest = FILE.slice(0, FILE.indexOf('[lab-long-term]'));
    expect(removeProfile(FILE, 'lab-long-term')).toBe(rest);
    expect(removeProfile(FILE, 'other')).toBe(FILE);
  });

  it('is not changed where a profile is there twice', () => {
    const twice = `${FILE}\n[default]\nregion = us-east-1\n`;
    expect(() => writeProfile(twice, 'default', { region: 'x' })).toThrow(/twice, in lines 2 and 13\. Keep one/);
    expect(writeProfile(twice, 'lab-long-term', { region: 'x' })).toContain('region = x');
  });

  it.each([
    ['a line end', 'default', 'a\nb'],
    ['a line end in the name', 'default]\n[other', 'x'],
    ['a bracket in the name', 'de]fault', 'x'],
    ['a bracket', 'default', '[x]'],
    ['a comment', 'default', 'x #y'],
    ['nothing', 'default', ''],
    ['blanks around it', 'default', ' x '],
  ])('takes no value with %s', (_, profile, value) => {
    expect(() => writeProfile(FILE, profile, { region: value })).toThrow(/cannot be/);
  });

  const word = fc.stringMatching(/^[A-Za-z0-9+/=._-]{1,12}$/);
  const blank = fc.constantFrom('', '# a comment', '; another', '   ');
  const assignment = fc.tuple(fc.stringMatching(/^[a-z][a-z_]{0,8}$/), fc.constantFrom('=', ' = ', ' ='), word);
  const body = fc.array(
    fc.oneof(
      blank,
      assignment.map((parts) => parts.join('')),
    ),
    { maxLength: 6 },
  );
  const end = fc.constantFrom('\n', '\r\n');
  const files = fc
    .tuple(body, fc.uniqueArray(fc.tuple(word, body), { selector: ([name]) => name, maxLength: 4 }), end, fc.boolean())
    .map(([head, profiles, eol, isClosed]) => {
      const lines = [...head, ...profiles.flatMap(([name, own]) => [`[${name}]`, ...own])];
      return lines.join(eol) + (isClosed && lines.length > 0 ? eol : '');
    });

  it('gives back what was written, and leaves all others byte for byte as they were', () => {
    fc.assert(
      fc.property(files, word, fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), word), (file, profile, values) => {
        const changed = writeProfile(file, profile, values);
        expect(readProfile(changed, profile)).toMatchObject(values);
        const others = profileNames(file).filter((name) => name !== profile);
        for (const name of others) expect(readProfile(changed, name)).toEqual(readProfile(file, name));
        const untouched = file.split(/(?=^\[)/m).filter((part) => !part.startsWith(`[${profile}]`));
        for (const part of untouched) expect(changed).toContain(part);
        expect(writeProfile(changed, profile, values)).toBe(changed);
      }),
    );
  });
});
