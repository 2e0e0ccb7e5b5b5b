import type { Deployment, ReadClient } from '#libs/chain/index';
import { SourceError } from '../source-error.js';
import { PinnedReader, transportError } from './pinned-reader.js';

export type BlockChoice = 'latest' | { readonly hash: `0x${string}` };

/**
 * Chooses the block of a capture and checks that the endpoint serves the chain and the world of the deployment file.
 */
export async function pinBlock(
  client: ReadClient,
  deployment: Deployment,
  choice: BlockChoice,
): Promise<PinnedReader> {
  await checkWorld(client, deployment);
  const block = await findBlock(client, choice);
  const { number, hash, parentHash, timestamp } = block;
  if (number === null || hash === null) throw gone(choice);
  return new PinnedReader(client, { number, hash, parentHash, timestamp: Number(timestamp) });
}

/** A block read by hash may have been replaced while it was read: it must still be the block at its height. */
export async function checkStillCanonical(reader: PinnedReader): Promise<void> {
  const { number, hash } = reader.block;
  const now = await reader.attempt(() => reader.client.getBlock({ blockNumber: number }));
  if (now.hash === hash) return;
  throw new SourceError(
    'SRC-103',
    `Block ${number} was ${hash} when the capture began and is ${now.hash} now: the chain was reorganised. Capture again.`,
    { number, hash, now: now.hash },
    { retryable: true },
  );
}

async function findBlock(client: ReadClient, choice: BlockChoice) {
  try {
    return choice === 'latest' ? await client.getBlock() : await client.getBlock({ blockHash: choice.hash });
  } catch (error) {
    if (error instanceof Error && error.name === 'BlockNotFoundError') throw gone(choice, error);
    throw transportError(error);
  }
}

function gone(choice: BlockChoice, cause?: unknown): SourceError {
  const name = choice === 'latest' ? 'The latest block' : `Block ${choice.hash}`;
  return new SourceError(
    'SRC-104',
    `${name} is not known to the endpoint: it is behind, or the block was dropped in a reorganisation. Wait, or ask another endpoint.`,
    { choice },
    { cause, retryable: true },
  );
}

async function checkWorld(client: ReadClient, deployment: Deployment): Promise<void> {
  const { chainId, deployBlock } = deployment;
  const [served, anchor] = await Promise.all([
    client.getChainId().catch((error: unknown) => Promise.reject(transportError(error))),
    client.getBlock({ blockNumber: BigInt(deployBlock.number) }).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'BlockNotFoundError') return null;
      throw transportError(error);
    }),
  ]);
  if (served !== chainId) {
    throw new SourceError(
      'SRC-105',
      `The endpoint serves chain ${served}; the deployment file is for chain ${chainId}. Change RPC_URLS or the file.`,
      { served, chainId },
    );
  }
  if (anchor === null) {
    throw new SourceError(
      'SRC-104',
      `The endpoint has not reached block ${deployBlock.number}, where the deployment ends. Wait, or ask another endpoint.`,
      { deployBlock },
      { retryable: true },
    );
  }
  if (anchor.hash !== deployBlock.hash) {
    throw new SourceError(
      'SRC-106',
      `Block ${deployBlock.number} is ${anchor.hash}; the deployment file was written for ${deployBlock.hash}. This is another world: deploy again or restore its file.`,
      { deployBlock, found: anchor.hash },
    );
  }
}
