import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicClientOf, readDeployment, startAnvil, type Anvil, type Deployment } from '#libs/chain/index';
import { migrate } from '#libs/persistence/index';
import { ensureDatabase, engineBuild, startPostgres, type EmbeddedPostgres } from '#libs/platform/index';
import { BatchSender } from '../deploy/batch-sender.js';
import { deployWorld, worldGenesis, type World } from '../deploy/world.js';
import { processKeys } from '../deploy/key-files.js';
import { LocalWorldError } from '../local-error.js';
import { DEFAULT_PLAN } from '../plan/default-plan.js';
import type { Say } from './narrator.js';
import type { StoryOptions } from './options.js';

/** The world file ties the folders to one chain: seed, engine build and the last block that was seen of it. */
interface WorldFile {
  readonly seed: string;
  readonly engineVersion: string;
  readonly lastBlock: { readonly number: number; readonly hash: `0x${string}` };
}

/** What the processes stand on. */
export interface Ground {
  readonly deployment: Deployment;
  readonly deploymentFile: string;
  /** Null when an earlier world was found again: its agents have played already. */
  readonly world: World | null;
  readonly seed: string;
  readonly keys: ReturnType<typeof processKeys>;
  readonly rpcUrl: string;
  readonly databaseUrl: string;
  readonly logFolder: string;
  readonly worldFolder: string;
  /** Remembers the newest block, so that the next start knows this world again. */
  remember(): Promise<void>;
  stop(): Promise<void>;
}

const STATE_INTERVAL_SEC = 5;

/** PostgreSQL, Anvil and the deployed world: found again when nothing contradicts it, else archived by name and made anew. */
export async function openGround(options: StoryOptions, say: Say): Promise<Ground> {
  const folder = writableFolder(options.folder);
  const worldFolder = join(folder, 'world');
  const logFolder = join(folder, 'logs');
  const given = process.env['DATABASE_URL'];
  const postgres = given === undefined ? await startPostgres({ dataFolder: join(folder, 'postgres') }) : null;
  try {
    const found = await continued(worldFolder, options, say);
    if (found === null) archive(folder, say);
    mkdirSync(worldFolder, { recursive: true });
    mkdirSync(logFolder, { recursive: true });
    const { anvil, deployment, deploymentFile, world } = found ?? (await made(worldFolder, options, say));
    const databaseUrl = postgres === null ? String(given) : await databaseOf(postgres, deployment);
    await migrate(databaseUrl);
    return {
      deployment,
      deploymentFile,
      world,
      seed: options.seed,
      keys: processKeys(options.seed),
      rpcUrl: anvil.url,
      databaseUrl,
      logFolder,
      worldFolder,
      remember: () => remember(worldFolder, { seed: options.seed, rpcUrl: anvil.url }),
      async stop() {
        await anvil.stop();
        await postgres?.stop();
      },
    };
  } catch (error) {
    await postgres?.stop();
    throw error;
  }
}

type Standing = {
  readonly anvil: Anvil;
  readonly deployment: Deployment;
  readonly deploymentFile: string;
  readonly world: World | null;
};

async function made(worldFolder: string, { seed }: StoryOptions, say: Say): Promise<Standing> {
  const anvil = await startAnvil({
    timestamp: worldGenesis(),
    state: { file: stateFile(worldFolder), intervalSec: STATE_INTERVAL_SEC },
  });
  say(
    'world',
    `Anvil listens on ${anvil.url}; deploying Uniswap v3, Aave v3.6, two Safes and our contracts (seed "${seed}")`,
  );
  const world = await deployWorld({
    rpcUrl: anvil.url,
    seed,
    dir: worldFolder,
    engineVersion: engineBuild(),
    log: (line) => say('world', line),
  });
  await remember(worldFolder, { seed, rpcUrl: anvil.url });
  return { anvil, deployment: world.deployment, deploymentFile: world.deploymentFile, world };
}

/** The earlier world, when its files are whole and the chain still has the last block that was seen; else null. */
async function continued(worldFolder: string, { seed }: StoryOptions, say: Say): Promise<Standing | null> {
  const deploymentFile = join(worldFolder, 'deployment.json');
  const known = readWorldFile(worldFolder);
  if (known === null || !existsSync(deploymentFile) || !existsSync(stateFile(worldFolder))) return null;
  if (known.seed !== seed || known.engineVersion !== engineBuild()) return null;
  const anvil = await startAnvil({
    state: { file: stateFile(worldFolder), intervalSec: STATE_INTERVAL_SEC },
  });
  const client = publicClientOf([anvil.url]);
  const block = await client.getBlock({ blockNumber: BigInt(known.lastBlock.number) }).catch(() => null);
  if (block?.hash === known.lastBlock.hash) {
    say('world', `found the world of the last start again at block ${known.lastBlock.number}`);
    // A chain that is loaded would go on at today's date; this one goes on where its own time stopped.
    await new BatchSender(anvil.url, 1).intervalMining(DEFAULT_PLAN.blockTimeSec);
    return { anvil, deployment: readDeployment(deploymentFile), deploymentFile, world: null };
  }
  say(
    'world',
    `the chain has no block ${known.lastBlock.number} with hash ${known.lastBlock.hash.slice(0, 10)}…: the old world cannot be continued`,
  );
  await anvil.stop();
  return null;
}

async function remember(
  worldFolder: string,
  { seed, rpcUrl }: { readonly seed: string; readonly rpcUrl: string },
): Promise<void> {
  const { number, hash } = await publicClientOf([rpcUrl]).getBlock({ blockTag: 'latest' });
  const file: WorldFile = { seed, engineVersion: engineBuild(), lastBlock: { number: Number(number), hash } };
  writeFileSync(`${worldFile(worldFolder)}.new`, JSON.stringify(file));
  renameSync(`${worldFile(worldFolder)}.new`, worldFile(worldFolder));
}

/** An old world keeps its files, and its database stays under its own name. */
function archive(folder: string, say: Say): void {
  const worldFolder = join(folder, 'world');
  if (!existsSync(worldFolder)) return;
  const known = readWorldFile(worldFolder);
  const name = `world-${known === null ? 'unfinished' : known.lastBlock.hash.slice(2, 10)}-${new Date().toISOString().replaceAll(':', '')}`;
  mkdirSync(join(folder, 'archive'), { recursive: true });
  renameSync(worldFolder, join(folder, 'archive', name));
  say('world', `the old world is kept as ${join(folder, 'archive', name)}`);
}

/** One database per world, named after the block it began with. */
function databaseOf(postgres: EmbeddedPostgres, deployment: Deployment): Promise<string> {
  return ensureDatabase(postgres, `srd_${deployment.deployBlock.hash.slice(2, 14)}`);
}

function readWorldFile(worldFolder: string): WorldFile | null {
  if (!existsSync(worldFile(worldFolder))) return null;
  return JSON.parse(readFileSync(worldFile(worldFolder), 'utf8')) as WorldFile;
}

const worldFile = (worldFolder: string): string => join(worldFolder, 'world.json');
const stateFile = (worldFolder: string): string => join(worldFolder, 'anvil.json');

function writableFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '.writable'), '');
    return folder;
  } catch (cause) {
    throw new LocalWorldError(
      'LOC-403',
      `The folder ${folder} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}. Name another with --folder.`,
      { folder },
      { cause },
    );
  }
}
