// Loaded before main.ts, by `node --require`: an older Node cannot even read TypeScript.
const { engines } = require('../package.json');

const wanted = engines.node.replace('>=', '');
const [major, minor] = process.versions.node.split('.').map(Number);
const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  process.stderr.write(
    `This program needs Node ${wanted} or newer; this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(1);
}
