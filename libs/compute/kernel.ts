import { readFileSync } from 'node:fs';
import { useDeltaSum, type DeltaSum, type OpenDeltaSum } from '#libs/dlcm/index';

/** What this file needs of the engine's WebAssembly, which the language's own types do not describe. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface Exports {
  readonly memory: Memory;
  sumDeltas(first: number, rows: number, logSpot: number, quantum: number): number;
}
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const FILE = new URL('../dlcm/kernel/delta-sum.wasm', import.meta.url);
const PAGE = 65_536;
const COLUMNS = 4;

/** The compiled sum of option deltas; each room has a memory of its own, exactly as large as its lines. */
export function compiledDeltaSum(): OpenDeltaSum {
  const module = new WebAssembly.Module(readFileSync(FILE));
  return (lines) => {
    const { memory, sumDeltas } = new WebAssembly.Instance(module).exports as Exports;
    // Pairs of lines; a line nobody sets has weight 0. The first page is the module's own.
    const rows = 2 * Math.ceil(lines / 2);
    memory.grow(Math.ceil((rows * COLUMNS * Float64Array.BYTES_PER_ELEMENT) / PAGE));
    const column = (j: number): Float64Array =>
      new Float64Array(memory.buffer, PAGE + j * rows * Float64Array.BYTES_PER_ELEMENT, rows);
    const room: DeltaSum = {
      deviation: column(0).fill(1),
      offset: column(1),
      weight: column(2),
      side: column(3),
      sum: (logSpot, quantum) => sumDeltas(PAGE, rows, logSpot, quantum),
    };
    return room;
  };
}

/**
 * Gives the engine of this thread its compiled kernel. Where the engine's WebAssembly has no vectors the plain TypeScript stays
 * in use, with the same results.
 *
 * @returns whether the kernel is in use
 */
export function useKernel(): boolean {
  try {
    useDeltaSum(compiledDeltaSum());
    return true;
  } catch {
    return false;
  }
}
