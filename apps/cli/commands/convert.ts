import { open, writeFile } from 'node:fs/promises';
import { arrowChunks, encodeSnapshot, positionsOf, type MarketSnapshot } from '#libs/market/index';
import { checkEvidence, readEvidence } from '#libs/sources/index';
import { CliError } from '../cli-error.js';
import { EXIT, type ExitCode } from '../exit-code.js';
import type { Output } from '../output.js';
import { readSnapshot } from '../read-snapshot.js';

/**
 * Writes a snapshot in the form that the name of the new file asks for.
 * @param place a snapshot file, or the address of an evaluation, whose chunks are fetched and checked
 */
export async function convertCommand(place: string, into: string, out: Output): Promise<ExitCode> {
  if (!/\.(arrow|json)$/.test(into)) {
    throw new CliError(
      'CLI-105',
      `${into} ends in neither .arrow nor .json. Name the new file by the form it is to have.`,
      { file: into },
    );
  }
  const snapshot = await snapshotAt(place);
  if (into.endsWith('.arrow')) await writeArrow(snapshot, into);
  else await writeFile(into, `${JSON.stringify(withObjects(snapshot))}\n`);
  const { root } = encodeSnapshot(snapshot);
  out.result({ root, file: into }, () => [`${into}: snapshot root ${root}`]);
  return EXIT.fine;
}

async function snapshotAt(place: string): Promise<MarketSnapshot> {
  return /^https?:\/\//.test(place) ? checkEvidence(await readEvidence(place)) : readSnapshot(place);
}

/** Stream after stream, so that a large market is never whole in memory twice. */
async function writeArrow(snapshot: MarketSnapshot, into: string): Promise<void> {
  const handle = await open(into, 'w');
  try {
    for (const chunk of arrowChunks(snapshot)) await handle.writeFile(chunk);
  } finally {
    await handle.close();
  }
}

function withObjects(snapshot: MarketSnapshot): MarketSnapshot {
  const lending = snapshot.lending.map((protocol) => ({
    ...protocol,
    positions: [...positionsOf(protocol)],
  }));
  return { ...snapshot, lending };
}
