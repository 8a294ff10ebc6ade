import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Markdown } from './markdown.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['src', 'cdktf', 'migrations', 'docker', 'test', 'docs', '.ci'];

/** The repository as the documentation speaks of it. Paths are relative to its root, with slashes. */
export const repository = {
  path: (relative: string): string => join(ROOT, relative),

  read: (relative: string): string => readFileSync(join(ROOT, relative), 'utf8'),

  document: (relative: string): Markdown => new Markdown(repository.read(relative)),

  /** Files of the root and of every folder that is ours. */
  files(): string[] {
    const top = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isFile());
    return [...top.map(({ name }) => name), ...FOLDERS.flatMap(below)];
  },

  documents: (): string[] =>
    repository.files().filter((file) => file.endsWith('.md') && (!file.includes('/') || file.startsWith('docs/'))),
};

function below(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length).replaceAll('\\', '/'));
}
