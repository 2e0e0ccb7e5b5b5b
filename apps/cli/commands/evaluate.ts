import { digestOf } from '#libs/canonical/index';
import { POLICY } from '#libs/governance/index';
import { encodeSnapshot, positionCount } from '#libs/market/index';
import type { CliEngine } from '../engine.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';
import { readSnapshot } from '../read-snapshot.js';
import { isBreached, summaryLines } from '../summary.js';

export interface EvaluateOptions {
  /** Seconds after which a snapshot counts as stale; undefined takes any age. */
  readonly maxAge?: number | undefined;
  readonly now: number;
}

export async function evaluateCommand(
  file: string,
  options: EvaluateOptions,
  parts: { readonly engine: CliEngine; readonly out: Output },
): Promise<ExitCode> {
  const { engine, out } = parts;
  const snapshot = await readSnapshot(file);
  const { root } = encodeSnapshot(snapshot);
  const positions = snapshot.lending.reduce((sum, protocol) => sum + positionCount(protocol), 0);
  out.progress(
    `Evaluating ${positions} positions, ${snapshot.pools.length} pools and ${snapshot.books.length} option books ...`,
  );
  const started = performance.now();
  const record = engine.evaluate(snapshot, root);
  const digest = digestOf(record);
  out.progress(
    `${record.ssf.evaluations} cascades in ${((performance.now() - started) / 1000).toFixed(1)} s.`,
  );
  out.result({ evaluation: digest, record }, () =>
    summaryLines(record, { safetyLevel: POLICY.safetyLevel, out, digest }),
  );
  const age = options.now - snapshot.provenance.t0;
  if (options.maxAge !== undefined && age > options.maxAge) {
    out.problem(`The snapshot is ${age} s old, more than the ${options.maxAge} s that --max-age accepts.`);
    return EXIT.stale;
  }
  return isBreached(record, POLICY.safetyLevel) ? EXIT.breach : EXIT.fine;
}
