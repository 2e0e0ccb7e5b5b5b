import { digestOf } from '#libs/canonical/index';
import type { BlockRef } from '#libs/governance/index';
import type { Address, Digest, HexBytes } from '../artefacts.js';
import type { BroadcastOutcome, RelayChain, UnsignedTransaction } from '../chain-ports.js';
import { applyCall, type ContractsState } from './chain-rules.js';
import { CHAIN_ID } from './codec.js';

interface Mined {
  readonly hash: Digest;
  readonly status: 'success' | 'reverted';
}

/** A block with the state after it. */
export interface ChainBlock extends BlockRef {
  readonly time: number;
  readonly state: ContractsState;
  readonly nonce: number;
  readonly mined: readonly Mined[];
}

interface Pooled {
  readonly hash: Digest;
  readonly nonce: number;
  readonly data: HexBytes;
  readonly fee: bigint;
}

const BLOCK_SEC = 2;

/** A chain in memory: one sender, a pool ordered by nonce, blocks on demand, reorgs by cutting blocks off. */
export class InMemoryChain implements RelayChain {
  readonly chainId = CHAIN_ID;
  readonly sender: Address = `0x${'e'.repeat(40)}`;
  private blocks: ChainBlock[];
  private pool: Pooled[] = [];
  private fork = 0;
  private readonly signed = new Map<HexBytes, Pooled>();
  baseFee = 1_000_000_000n;

  constructor(start: { readonly time: number; readonly state: ContractsState }) {
    this.blocks = [
      {
        number: 100,
        hash: digestOf(['block', 100, 0]),
        time: start.time,
        state: start.state,
        nonce: 0,
        mined: [],
      },
    ];
  }

  get tip(): ChainBlock {
    const tip = this.blocks[this.blocks.length - 1];
    if (tip === undefined) throw new RangeError('a chain has at least one block');
    return tip;
  }

  get state(): ContractsState {
    return this.tip.state;
  }

  /** Mines blocks until `seconds` have passed; pooled transactions go into the first. */
  mine(seconds = BLOCK_SEC): void {
    const parent = this.tip;
    const [number, time] = [parent.number + 1, parent.time + seconds];
    let { state, nonce } = parent;
    const mined: Mined[] = [];
    for (let next = this.bestAt(nonce); next !== undefined; next = this.bestAt(nonce)) {
      const result = applyCall(state, next.data, { time, number });
      if (result.ok) state = result.state;
      mined.push({ hash: next.hash, status: result.ok ? 'success' : 'reverted' });
      nonce += 1;
    }
    this.pool = this.pool.filter((t) => t.nonce >= nonce);
    this.blocks.push({ number, hash: digestOf(['block', number, this.fork]), time, state, nonce, mined });
  }

  /** Cuts off the newest blocks; what they held is pooled again unless `forget`. */
  reorg(depth: number, forget = false): void {
    const lost = this.blocks.splice(this.blocks.length - depth, depth);
    this.fork += 1;
    if (forget) return;
    const hashes = lost.flatMap((block) => block.mined.map((m) => m.hash));
    this.pool.push(...[...this.signed.values()].filter((t) => hashes.includes(t.hash)));
  }

  /** Changes the state outside the line (agents, members). */
  alter(change: (state: ContractsState) => ContractsState): void {
    const tip = this.tip;
    this.blocks[this.blocks.length - 1] = { ...tip, state: change(tip.state) };
  }

  /** The block with this hash; null when it is not part of the chain. */
  blockOf(hash: Digest): ChainBlock | null {
    return this.blocks.find((b) => b.hash === hash) ?? null;
  }

  private bestAt(nonce: number): Pooled | undefined {
    const candidates = this.pool.filter((t) => t.nonce === nonce);
    return candidates.sort((a, b) => (a.fee > b.fee ? -1 : 1))[0];
  }

  async head(): Promise<BlockRef & { timestamp: number }> {
    const { number, hash, time } = this.tip;
    return { number, hash, timestamp: time };
  }

  async finalised(): Promise<BlockRef> {
    const block = this.blocks[Math.max(0, this.blocks.length - 13)] ?? this.tip;
    return { number: block.number, hash: block.hash };
  }

  async blockHash(number: number): Promise<Digest | null> {
    return this.blocks.find((b) => b.number === number)?.hash ?? null;
  }

  async minedNonce(): Promise<number> {
    return this.tip.nonce;
  }

  async simulate(call: { readonly data: HexBytes }): ReturnType<RelayChain['simulate']> {
    const result = applyCall(this.state, call.data, { time: this.tip.time, number: this.tip.number });
    return result.ok ? { kind: 'ok', gas: 100_000 } : { kind: 'reverts', reason: result.reason };
  }

  async fees(): Promise<{ baseFee: bigint; priorityFee: bigint }> {
    return { baseFee: this.baseFee, priorityFee: 1_000_000_000n };
  }

  async sign(t: UnsignedTransaction): Promise<{ raw: HexBytes; hash: Digest }> {
    const raw = digestOf({ to: t.to, data: t.data, nonce: t.nonce, fee: String(t.maxFeePerGas) });
    const hash = digestOf({ raw });
    this.signed.set(raw, { hash, nonce: t.nonce, data: t.data, fee: t.maxFeePerGas });
    return { raw, hash };
  }

  async broadcast(raw: HexBytes): Promise<BroadcastOutcome> {
    const transaction = this.signed.get(raw);
    if (transaction === undefined) return 'unknown';
    if (this.pool.some((t) => t.hash === transaction.hash)) return 'already-known';
    if (transaction.nonce < this.tip.nonce) return 'nonce-too-low';
    const rival = this.bestAt(transaction.nonce);
    if (rival !== undefined && transaction.fee * 1000n < rival.fee * 1125n) return 'underpriced';
    this.pool.push(transaction);
    return 'accepted';
  }

  async lookup(hash: Digest): ReturnType<RelayChain['lookup']> {
    for (const block of this.blocks) {
      const found = block.mined.find((m) => m.hash === hash);
      if (found !== undefined)
        return {
          kind: 'mined',
          block: { number: block.number, hash: block.hash },
          status: found.status,
          gasUsed: '100000',
        };
    }
    return { kind: this.pool.some((t) => t.hash === hash) ? 'pending' : 'unknown' };
  }
}
