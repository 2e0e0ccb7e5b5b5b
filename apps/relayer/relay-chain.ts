import type {
  Address,
  BroadcastOutcome,
  Call,
  Digest,
  HexBytes,
  RelayChain,
  UnsignedTransaction,
} from '#libs/application/index';
import { publicClientOf, rpcAnswer } from '#libs/chain/index';
import type { BlockRef } from '#libs/governance/index';
import type { Signer } from '#libs/signer/index';
import { BlockNotFoundError, keccak256, type Hex } from 'viem';
import { broadcastOutcome, type EndpointAnswer } from './broadcast-outcome.js';
import { RelayError } from './relay-error.js';
import { agreedLookup, type EndpointLookup } from './lookup-agreement.js';

export interface RelayEndpoints {
  readonly urls: readonly string[];
  readonly chainId: number;
  readonly timeoutMs: number;
  readonly confirmations: number;
}

type Client = ReturnType<typeof publicClientOf>;

/** The chain through several endpoints: reads ask the next one on a fault, a send goes to all, an inclusion needs a majority. */
export class RpcRelayChain implements RelayChain {
  readonly chainId: number;
  readonly sender: Address;
  private readonly any: Client;
  private readonly each: readonly Client[];

  constructor(
    private readonly signer: Signer,
    private readonly endpoints: RelayEndpoints,
  ) {
    const { urls, chainId, timeoutMs } = endpoints;
    this.chainId = chainId;
    this.sender = signer.address;
    this.any = publicClientOf(urls, { chainId, timeoutMs, retries: 1 });
    this.each = urls.map((url) => publicClientOf([url], { chainId, timeoutMs, retries: 0 }));
  }

  async head(): Promise<BlockRef & { readonly timestamp: number }> {
    const { number, hash, timestamp } = await this.any.getBlock({ blockTag: 'latest' });
    return { number: Number(number), hash, timestamp: Number(timestamp) };
  }

  /** The chain's own finalised block, or the configured depth below the head where that is older or the chain knows no finality. */
  async finalised(): Promise<BlockRef> {
    const head = await this.any.getBlock({ blockTag: 'latest' });
    const depth = head.number - BigInt(this.endpoints.confirmations);
    const { number, hash } = await this.any.getBlock({ blockNumber: depth > 0n ? depth : 0n });
    return { number: Number(number), hash };
  }

  async blockHash(number: number): Promise<Digest | null> {
    try {
      return (await this.any.getBlock({ blockNumber: BigInt(number) })).hash;
    } catch (thrown) {
      if (thrown instanceof BlockNotFoundError) return null;
      throw thrown;
    }
  }

  minedNonce(): Promise<number> {
    return this.any.getTransactionCount({ address: this.sender, blockTag: 'latest' });
  }

  async simulate(call: Call): ReturnType<RelayChain['simulate']> {
    try {
      return {
        kind: 'ok',
        gas: Number(await this.any.estimateGas({ account: this.sender, to: call.to, data: call.data })),
      };
    } catch (thrown) {
      const { kind, text } = rpcAnswer(thrown);
      return kind === 'reverted'
        ? { kind: 'reverts', reason: text }
        : { kind: 'indeterminate', reason: `${kind}: ${text}` };
    }
  }

  async fees(): Promise<{ readonly baseFee: bigint; readonly priorityFee: bigint }> {
    const [block, priorityFee] = await Promise.all([
      this.any.getBlock({ blockTag: 'latest' }),
      this.any.estimateMaxPriorityFeePerGas(),
    ]);
    return { baseFee: block.baseFeePerGas ?? 0n, priorityFee };
  }

  async sign({
    to,
    data,
    nonce,
    gas,
    maxFeePerGas,
    maxPriorityFeePerGas,
  }: UnsignedTransaction): Promise<{ readonly raw: HexBytes; readonly hash: Digest }> {
    const raw = await this.signer.signTransaction({
      type: 'eip1559',
      chainId: this.chainId,
      to,
      data,
      nonce,
      gas: BigInt(gas),
      maxFeePerGas,
      maxPriorityFeePerGas,
      value: 0n,
    });
    return { raw, hash: keccak256(raw) };
  }

  async broadcast(raw: HexBytes): Promise<BroadcastOutcome> {
    return broadcastOutcome(await Promise.all(this.each.map((client) => send(client, raw))));
  }

  async lookup(hash: Digest): ReturnType<RelayChain['lookup']> {
    return agreedLookup(await Promise.all(this.each.map((client) => look(client, hash))));
  }

  /** Why the sender cannot pay; null when it can. */
  async balanceReason(): Promise<string | null> {
    const balance = await this.any.getBalance({ address: this.sender });
    return balance > 0n ? null : `${this.sender} holds no gas money`;
  }

  /** Refuses to work against an endpoint of another chain. */
  async demandChain(): Promise<void> {
    const ids = await Promise.allSettled(this.each.map((client) => client.getChainId()));
    const foreign = ids.find((id) => id.status === 'fulfilled' && id.value !== this.chainId);
    if (foreign?.status === 'fulfilled')
      throw new RelayError(
        'RLY-203',
        `An RPC endpoint serves chain ${foreign.value}; chain ${this.chainId} is accepted. Change RPC_URLS.`,
        false,
        { found: foreign.value, accepted: this.chainId },
      );
  }
}

async function send(client: Client, raw: Hex): Promise<EndpointAnswer> {
  try {
    await client.sendRawTransaction({ serializedTransaction: raw });
    return { kind: 'accepted', text: '' };
  } catch (thrown) {
    return rpcAnswer(thrown);
  }
}

async function look(client: Client, hash: Hex): Promise<EndpointLookup> {
  try {
    const receipt = await client.request({ method: 'eth_getTransactionReceipt', params: [hash] });
    if (receipt !== null) {
      const block = { number: Number(receipt.blockNumber), hash: receipt.blockHash };
      return {
        kind: 'mined',
        block,
        status: receipt.status === '0x1' ? 'success' : 'reverted',
        gasUsed: String(BigInt(receipt.gasUsed)),
      };
    }
    const transaction = await client.request({ method: 'eth_getTransactionByHash', params: [hash] });
    return { kind: transaction === null ? 'unknown' : 'pending' };
  } catch (thrown) {
    return { kind: 'silent', reason: rpcAnswer(thrown).text };
  }
}
