#!/usr/bin/env node
// Lets forge use the solc-js of node_modules: answers --version and --standard-json as the native compiler does.
'use strict';
const { existsSync, readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const solc = require('solc');

const root = resolve(__dirname, '..');

function importSource(path) {
  const file = [join(root, path), join(root, 'node_modules', path)].find((candidate) =>
    existsSync(candidate),
  );
  return file ? { contents: readFileSync(file, 'utf8') } : { error: `No file ${path}` };
}

if (process.argv.includes('--version')) {
  // forge parses the version line and does not know the emscripten platform.
  process.stdout.write(
    `solc, the solidity compiler commandline interface\nVersion: ${solc.version().replace('.Emscripten.clang', '.Linux.g++')}\n`,
  );
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8'), { import: importSource }));
} else {
  process.stderr.write('tools/solc.cjs answers --version and --standard-json only.\n');
  process.exit(1);
}
