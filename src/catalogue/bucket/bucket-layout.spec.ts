import fc from 'fast-check';
import { type FileContent, isPermissionFile, readBucketLayout } from './bucket-layout.js';

const read = (keys: string[], contents: Record<string, FileContent> = {}) =>
  readBucketLayout({ keys, contents: new Map(Object.entries(contents)) });
const named = (keys: string[]) => read(keys).versions.map(({ name }) => name);

describe('readBucketLayout', () => {
  it('takes folders for versions, and files ending with .OPTION for their node configurations', () => {
    const keys = [
      ...['latest/sliderule-asg-aarch64.tf.OPTION', 'latest/sliderule-asg-x86_64.tf.OPTION', 'latest/main.tf'],
      ...['v3/', 'v3/deeper/sliderule-asg-aarch64_pytorch.tf.OPTION', 'v3/other.tf.OPTION', 'v3/notes.OPTION.txt'],
      ...['README.md', 'unstable/main.tf', 'v4.9.4/main.tf', 'v4.10.0/main.tf'],
    ];
    const usual = { nodeConfigurations: [], permittedOrganizations: null };
    expect(read(keys)).toEqual({
      warnings: [],
      versions: [
        { name: 'latest', nodeConfigurations: ['aarch64', 'x86_64'], permittedOrganizations: null },
        { ...usual, name: 'v4.10.0' },
        { ...usual, name: 'v4.9.4' },
        { name: 'v3', nodeConfigurations: ['aarch64_pytorch', 'other'], permittedOrganizations: null },
        { ...usual, name: 'unstable' },
      ],
    });
  });

  it('test_read_PermittedOrg_included, _excluded: a list says who may choose the version, also nobody', () => {
    const found = read(['a/OrgsPermitted.json', 'b/OrgsPermitted.json', 'c/d/OrgsPermitted.json'], {
      'a/OrgsPermitted.json': { text: '["uofmdtest", "cicd", "uofmdtest"]' },
      'b/OrgsPermitted.json': { text: ' []\n' },
    });
    expect(found.versions.map(({ name, permittedOrganizations }) => [name, permittedOrganizations])).toEqual([
      ['c', null],
      ['b', []],
      ['a', ['uofmdtest', 'cicd']],
    ]);
  });

  it.each<[string, FileContent, RegExp]>([
    ['no JSON', { text: '[uofmdtest]' }, /is no JSON/],
    ['nothing', { text: '' }, /is no JSON/],
    ['an object', { text: '{"orgs": ["a"]}' }, /is no list of names/],
    ['a list of other things', { text: '["a", 1]' }, /is no list of names/],
    ['null', { text: 'null' }, /is no list of names/],
    ['not readable', { problem: 'access denied' }, /cannot be read \(access denied\)/],
  ])('leaves a version out whose list is %s, and says so', (_, content, warning) => {
    const found = read(['v3/OrgsPermitted.json', 'v3/main.tf', 'v4/main.tf'], { 'v3/OrgsPermitted.json': content });
    expect(found.versions.map(({ name }) => name)).toEqual(['v4']);
    expect(found.warnings).toEqual([expect.stringMatching(/^Version "v3" is left out: its OrgsPermitted.json/)]);
    expect(found.warnings[0]).toMatch(warning);
  });

  it('leaves out names that no organization could be given', () => {
    const found = read(['v1 beta/main.tf', 'a-name-longer-than-16/main.tf', 'v1/sliderule-asg-.tf.OPTION', '/x']);
    expect(found.versions).toEqual([{ name: 'v1', nodeConfigurations: [], permittedOrganizations: null }]);
    expect(found.warnings).toHaveLength(3);
  });

  it('finds the same in whatever order the objects come, and each folder once', () => {
    const key = fc
      .tuple(fc.constantFrom('latest', 'v3', 'v4.9', 'bad name'), fc.constantFrom('', 'x.OPTION', 'a/y.tf.OPTION'))
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 12 }), (keys) => {
        expect(read(keys.toReversed()).versions).toEqual(read(keys).versions);
        expect(new Set(named(keys)).size).toBe(named(keys).length);
      }),
    );
  });

  it('reads the lists directly in the folders only', () => {
    const keys = [
      'OrgsPermitted.json',
      'v3/OrgsPermitted.json',
      'v3/old/OrgsPermitted.json',
      'v3/MyOrgsPermitted.json',
    ];
    expect(keys.filter(isPermissionFile)).toEqual(['v3/OrgsPermitted.json']);
  });
});
