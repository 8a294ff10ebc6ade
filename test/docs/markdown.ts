/** What the checks of the documentation need to know of a Markdown text; no more of the language than we write. */
export class Markdown {
  private readonly prose: string;

  constructor(readonly text: string) {
    this.prose = text.replaceAll(/^```[\s\S]*?^```$/gm, '');
  }

  /** Targets of links and images, code left out. */
  links(): string[] {
    const withoutCode = this.prose.replaceAll(/`[^`]*`/g, '');
    return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  }

  /** Texts between single backticks. */
  codeSpans(): string[] {
    return [...this.prose.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  }

  /** Fenced blocks of a language. */
  blocks(language: string): string[] {
    const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
    return [...this.text.matchAll(fence)].map(([, code = '']) => code);
  }

  /** Everything that is code, one entry per span and per line of a block. */
  code(): string[] {
    return [...this.codeSpans(), ...this.blocks('\\w*').flatMap((block) => block.split('\n'))];
  }

  /** What links to headings of this text may end in. */
  anchors(): string[] {
    return [...this.prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
  }

  /** The text below a heading, up to the next one of the same or a higher level. Throws when there is none. */
  section(heading: string): Markdown {
    const [start, end] = this.sectionLines(heading);
    return new Markdown(this.text.split('\n').slice(start, end).join('\n'));
  }

  /** The first table: its rows without the header, cells trimmed and without backticks. */
  table(): string[][] {
    const lines = this.text.split('\n');
    const start = lines.findIndex((line) => /^\|[\s:|-]+\|$/.test(line));
    if (start < 0) throw new Error('There is no table');
    const length = lines.slice(start + 1).findIndex((line) => !line.startsWith('|'));
    return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
  }

  private sectionLines(heading: string): [number, number] {
    const lines = this.text.split('\n');
    const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
    if (start < 0) throw new Error(`There is no heading "${heading}"`);
    const level = (lines[start] ?? '').indexOf(' ');
    const length = lines.slice(start + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level);
    return [start + 1, length < 0 ? lines.length : start + 1 + length];
  }
}
