import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { repository } from './repository.js';

/** What is wrong with a link of a document; null when nothing is. Addresses of others are not visited. */
function problemOf(document: string, link: string): string | null {
  if (/^(https?:|mailto:)/.test(link)) return null;
  const [path = '', anchor] = link.split('#', 2);
  const target = path === '' ? document : normalize(join(dirname(document), path));
  if (!existsSync(repository.path(target))) return `${document}: ${link} leads nowhere`;
  if (anchor === undefined) return null;
  return repository.document(target).anchors().includes(anchor) ? null : `${document}: ${link} names no heading`;
}

/** Whether the code span speaks of a file of ours; folders and patterns are looked at too. */
const PATH = /^(src|test|cdktf|migrations|docker|docs|\.ci)\/[\w./-]*$/;
const SOURCE_NAME = /^\w[\w.-]*\.(ts|mjs|cjs|svg|md)$/;

describe('documentation', () => {
  const documents = repository.documents();
  const files = repository.files();
  const names = new Set(files.map((file) => file.slice(file.lastIndexOf('/') + 1)));

  it('is found', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/architecture.md']));
  });

  it('recognises a link that leads nowhere', () => {
    expect(problemOf('docs/README.md', 'missing.md')).toContain('leads nowhere');
    expect(problemOf('docs/README.md', '../README.md#no-such-heading')).toContain('names no heading');
    expect(problemOf('docs/README.md', '../README.md')).toBeNull();
  });

  it.each(documents)('%s links only to what exists', (document) => {
    const problems = repository
      .document(document)
      .links()
      .map((link) => problemOf(document, link));
    expect(problems.filter((problem) => problem !== null)).toEqual([]);
  });

  it.each(documents)('%s names only files that exist', (document) => {
    const spans = repository.document(document).codeSpans();
    const paths = spans.filter((span) => PATH.test(span) && !existsSync(repository.path(span)));
    const sources = spans.filter((span) => SOURCE_NAME.test(span) && !names.has(span));
    expect([...paths, ...sources]).toEqual([]);
  });

  it('is reachable: every document is linked from another one', () => {
    const linked = new Set(
      documents.flatMap((document) =>
        repository
          .document(document)
          .links()
          .map((link) => normalize(join(dirname(document), link.split('#', 1)[0] ?? ''))),
      ),
    );
    expect(documents.filter((document) => !linked.has(document) && document !== 'README.md')).toEqual([]);
  });
});
