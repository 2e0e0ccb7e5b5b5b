import {
  checkEndpoint,
  type EndpointState,
  publicClientOf,
  type ReadClient,
  rpcAnswer,
} from '#libs/chain/index';
import type { PinnedBlock } from '#libs/market/index';
import { accepted, type Refusal, refusal, type RefusalCode, refused, type Verdict } from './refusal.js';

export interface OwnChainOptions {
  readonly urls: readonly string[];
  readonly chainId: number;
  readonly timeoutMs: number;
}

const CODE_OF_STATE = {
  down: 'COS-101',
  slow: 'COS-101',
  'rate-limited': 'COS-101',
  unknown: 'COS-101',
  'other-chain': 'COS-102',
  behind: 'COS-103',
} as const satisfies Record<Exclude<EndpointState['state'], 'usable'>, RefusalCode>;

/** The co-signer's own view of the chain, through endpoints that the api and the worker do not choose. */
export class OwnChain {
  constructor(private readonly options: OwnChainOptions) {}

  /** A client over the endpoints that serve this chain up to `block`, once all of them agree on it; or why there is none. */
  async reaching(block: Pick<PinnedBlock, 'number' | 'hash'> | null): Promise<Verdict<ReadClient>> {
    const { urls, chainId, timeoutMs } = this.options;
    const demand = { chainId, timeoutMs, ...(block === null ? {} : { minBlock: BigInt(block.number) }) };
    const states = await Promise.all(
      urls.map(async (url) => ({ url, state: await checkEndpoint(url, demand) })),
    );
    const foreign = states.find(({ state }) => state.state === 'other-chain');
    const usable = states.filter(({ state }) => state.state === 'usable').map(({ url }) => url);
    const worst = foreign ?? (usable.length === 0 ? states[0] : undefined);
    if (worst !== undefined && worst.state.state !== 'usable')
      return refused(refusal(CODE_OF_STATE[worst.state.state], worst.state.text));
    const disagreement = block === null ? null : await this.disagreement(usable, block);
    return disagreement === null ? accepted(this.client(usable)) : refused(disagreement);
  }

  private client(urls: readonly string[]): ReadClient {
    const { chainId, timeoutMs } = this.options;
    return publicClientOf(urls, { chainId, timeoutMs, retries: 1 });
  }

  private async disagreement(
    urls: readonly string[],
    block: Pick<PinnedBlock, 'number' | 'hash'>,
  ): Promise<Refusal | null> {
    const hashes = await Promise.all(
      urls.map(
        async (url) => (await this.client([url]).getBlock({ blockNumber: BigInt(block.number) })).hash,
      ),
    );
    const other = hashes.find((hash) => hash !== block.hash);
    return other === undefined
      ? null
      : refusal('COS-104', `block ${block.number} is ${other}, the evaluation names ${block.hash}`);
  }
}

/** An error of the chain's edge as a refusal: nothing was decided, the next look tries again. */
export function chainRefusal(thrown: unknown): Refusal {
  const { kind, text } = rpcAnswer(thrown);
  if (kind === 'behind') return refusal('COS-103', text);
  return refusal('COS-101', `${kind}: ${text}`);
}
