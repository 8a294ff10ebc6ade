/**
 * Deletes what the build does not use from @cdktf/provider-aws, which has bindings for every resource of AWS:
 *   node docker/prune-provider-bindings.mjs <dist> <node_modules/@cdktf/provider-aws>
 * Kept are the JavaScript files that imports in <dist> reach, followed through the relative requires of the package,
 * its package.json and its license. Exit code 1 when it cannot tell what is used; then nothing has been deleted.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const PACKAGE = '@cdktf/provider-aws';
const ALWAYS_KEPT = ['package.json', 'LICENSE'];
const BYTES_PER_MB = 1024 * 1024;

const [dist, bindings] = process.argv.slice(2).map((path) => resolve(path));
try {
  prune();
} catch (error) {
  process.stderr.write(`Nothing was pruned: ${error.message}\n`);
  process.exitCode = 1;
}

function prune() {
  if (!dist || !bindings) throw new Error(`give the directory of the build and that of ${PACKAGE}`);
  const kept = reachable();
  const files = filesBelow(bindings);
  const before = sizeOf(files);
  for (const file of files) if (!kept.has(file)) rmSync(file);
  removeEmptyDirectories(bindings);
  const after = sizeOf([...kept]);
  process.stdout.write(`${PACKAGE}: ${files.length} files, ${before} MB -> ${kept.size} files, ${after} MB\n`);
}

function reachable() {
  const kept = new Set(ALWAYS_KEPT.map((name) => join(bindings, name)));
  const waiting = importedByBuild();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (kept.has(file)) continue;
    kept.add(file);
    for (const path of matches(/\brequire\(\s*["'](\.[^"']*)["']\s*\)/g, file)) {
      waiting.push(moduleFile(resolve(dirname(file), path)));
    }
  }
  return kept;
}

function importedByBuild() {
  const specifiers = filesBelow(dist)
    .filter((file) => file.endsWith('.js'))
    .flatMap((file) => matches(new RegExp(`["'](${PACKAGE}(?:/[^"']*)?)["']`, 'g'), file));
  if (specifiers.length === 0) throw new Error(`nothing in ${dist} imports ${PACKAGE}; is it the build?`);
  if (specifiers.includes(PACKAGE))
    throw new Error(`the build imports all of ${PACKAGE}; import its submodules instead`);
  return specifiers.map((specifier) => moduleFile(join(bindings, specifier.slice(PACKAGE.length))));
}

/** As Node resolves a path in CommonJS. */
function moduleFile(path) {
  const candidates = [path, `${path}.js`, join(path, 'index.js')];
  const found = candidates.find((file) => existsSync(file) && lstatSync(file).isFile());
  if (!found) throw new Error(`${path} is imported, but is not there`);
  return found;
}

function matches(pattern, file) {
  return [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, found]) => found);
}

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function removeEmptyDirectories(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(directory, entry.name);
    removeEmptyDirectories(path);
    if (readdirSync(path).length === 0) rmSync(path, { recursive: true });
  }
}

function sizeOf(files) {
  return (files.reduce((sum, file) => sum + lstatSync(file).size, 0) / BYTES_PER_MB).toFixed(1);
}
