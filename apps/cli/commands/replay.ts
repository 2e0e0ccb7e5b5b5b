import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '#libs/canonical/index';
import { checkEvidence, type Evidence, evidenceDifferences, readEvidence } from '#libs/sources/index';
import { CliError } from '../cli-error.js';
import type { CliEngine } from '../engine.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import { aligned, type Output } from '../output.js';

const LISTED_DIFFERENCES = 20;

/** Fetches the evidence, checks every digest, computes the evaluation again and compares the bytes. */
export async function replayCommand(
  place: string,
  options: { readonly save?: string | undefined },
  parts: { readonly engine: CliEngine; readonly out: Output },
): Promise<ExitCode> {
  const { engine, out } = parts;
  const evidence = await readEvidence(place, {
    onChunk: (done, total) => out.progress(`chunk ${done} of ${total}`),
  });
  const snapshot = checkEvidence(evidence);
  if (options.save !== undefined) await save(evidence, options.save);
  demandEngine(evidence, engine);
  out.progress('The inputs are what the evaluation commits to. Computing it again ...');
  const recomputed = engine.evaluate(snapshot, evidence.header.root);
  const digest = digestOf(recomputed);
  const equal = digest === evidence.evaluation;
  const differing = equal ? [] : evidenceDifferences(evidence.record, recomputed);
  out.result(
    {
      equal,
      published: evidence.evaluation,
      recomputed: digest,
      engineVersion: engine.version,
      differences: differing,
    },
    () => [
      equal
        ? out.paint.green('equal: the published evaluation was computed again to the same bytes')
        : out.paint.red(`different in ${differing.length} field(s)`),
      ...aligned([
        ['published', evidence.evaluation],
        ['recomputed', digest],
        ['snapshot', evidence.header.root],
        ['engine', engine.version],
      ]),
      ...differing
        .slice(0, LISTED_DIFFERENCES)
        .map(({ pointer, published, own }) => `${pointer}: published ${published}, recomputed ${own}`),
    ],
  );
  return equal ? EXIT.fine : EXIT.failure;
}

/** Another build may round or order differently without being wrong, so nothing is compared. */
function demandEngine({ record }: Evidence, engine: CliEngine): void {
  if (record.engineVersion === engine.version) return;
  throw new CliError(
    'CLI-103',
    `This evaluation was computed by engine ${record.engineVersion}; this build is engine ${engine.version}. Fetch the release of engine ${record.engineVersion} and replay with it.`,
    {
      published: record.engineVersion,
      own: engine.version,
    },
  );
}

async function save(evidence: Evidence, folder: string): Promise<void> {
  await mkdir(join(folder, 'chunks'), { recursive: true });
  const bundle = {
    format: 'srd-bundle/1',
    evaluation: { id: evidence.evaluation, body: evidence.record },
    snapshot: { id: evidence.header.root, body: evidence.header },
  };
  await writeFile(join(folder, 'bundle.json'), `${JSON.stringify(bundle)}\n`);
  await Promise.all(
    evidence.header.chunks.map((sha256, index) =>
      writeFile(join(folder, 'chunks', sha256), evidence.chunks[index] ?? new Uint8Array()),
    ),
  );
}
