import pc from 'picocolors';
import { cliEngine } from './engine.js';
import { runCli } from './program.js';

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  color: pc.isColorSupported && process.stdout.isTTY === true,
  dataFolder: process.env['REAL_DATA_DIR'] ?? '../shared/data',
  now: () => Math.floor(Date.now() / 1000),
  engine: cliEngine,
});
