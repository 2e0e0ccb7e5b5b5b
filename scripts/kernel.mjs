import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './run-command.mjs';

/** Two lanes of doubles; no runtime library, no checks: the kernel is pointer arithmetic over memory the host laid out. */
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--initialMemory', '1'];

/** Compiles the AssemblyScript kernel into dist, beside the engine it belongs to. */
export async function compileKernel(root, dist) {
  const copy = join(root, '.cache', 'kernel');
  const target = join(dist, 'libs', 'dlcm', 'kernel');
  mkdirSync(copy, { recursive: true });
  mkdirSync(target, { recursive: true });
  // The compiler takes only .ts; in the tree the source has its own ending, since it is no TypeScript of the project.
  const source = join(copy, 'delta-sum.ts');
  copyFileSync(join(root, 'kernel', 'delta-sum.as'), source);
  const compiler = join(root, 'node_modules', 'assemblyscript', 'bin', 'asc.js');
  const args = [compiler, source, ...OPTIONS, '-o', join(target, 'delta-sum.wasm')];
  await runQuietly(process.execPath, args, { cwd: root });
}
