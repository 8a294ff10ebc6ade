/*
 * Ends with one clear line on a Node older than package.json asks for. Preloaded by the npm scripts and run by make, so
 * it is written in a JavaScript that any Node understands.
 */
var wanted = require('../package.json').engines.node.replace('>=', '').split('.').map(Number);
var found = process.versions.node.split('.').map(Number);

if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  console.error(
    'ps-server needs Node ' +
      wanted[0] +
      '.' +
      wanted[1] +
      ' or newer, and this is ' +
      process.versions.node +
      '. Install a newer one from https://nodejs.org and try again.',
  );
  process.exit(1);
}
