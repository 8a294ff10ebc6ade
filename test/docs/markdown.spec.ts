import { Markdown } from './markdown.js';

const TEXT = `# The first one

A [link](a.md#x), an ![image](b.svg), and \`code(not)[a](link)\`.

\`\`\`sh
make up   # [no](link.md)
# no heading
\`\`\`

## Runs & \`states\`: all

| status | next |
| ------ | ---- |
| \`one\`  | two  |
| three  |      |

after

## Last
end
`;

describe('Markdown', () => {
  const markdown = new Markdown(TEXT);

  it('finds links outside of code only', () => {
    expect(markdown.links()).toEqual(['a.md#x', 'b.svg']);
  });

  it('finds code in spans and in blocks', () => {
    expect(markdown.codeSpans()).toEqual(['code(not)[a](link)', 'states', 'one']);
    expect(markdown.blocks('sh')).toEqual(['make up   # [no](link.md)\n# no heading\n']);
    expect(markdown.blocks('json')).toEqual([]);
    expect(markdown.code()).toContain('make up   # [no](link.md)');
  });

  it('knows the anchors of headings', () => {
    expect(markdown.anchors()).toEqual(['the-first-one', 'runs--states-all', 'last']);
  });

  it('reads the table of a section', () => {
    expect(markdown.section('Runs & `states`: all').table()).toEqual([
      ['one', 'two'],
      ['three', ''],
    ]);
    expect(() => markdown.section('Last').table()).toThrow('no table');
    expect(() => markdown.section('Nowhere')).toThrow('no heading');
  });
});
