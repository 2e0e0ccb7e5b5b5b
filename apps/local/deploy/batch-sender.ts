import {
  createClient,
  formatTransactionReceipt,
  getContractAddress,
  http,
  publicActions,
  toHex,
  type Address,
  type Hex,
  type PrivateKeyAccount,
  type TransactionReceipt,
} from 'viem';
import { chainOf } from '#libs/chain/index';
import { LocalWorldError } from '../local-error.js';
import { LOCAL_CHAIN_ID } from '../only-local.js';

export interface Request {
  readonly label: string;
  readonly to?: Address;
  readonly data?: Hex;
  readonly gas?: bigint;
}

interface Queued {
  readonly label: string;
  readonly raw: Promise<Hex>;
}

export interface Outcome {
  readonly label: string;
  readonly receipt: TransactionReceipt;
}

const BATCH_SIZE = 150;
const BLOCKS_PER_BATCH = 5;
const BLOCK_GAS = 60_000_000n;
/** A whole batch must fit into one block: Anvil drops the transactions at which a block is full. */
const BATCH_BLOCK_GAS = 4_000_000_000n;
const FEE_WEI = 10_000_000_000n;
/** Two blocks of room: the largest deployment takes about six million. */
const DEPLOY_GAS = 9_000_000n;
const CALL_GAS = 1_000_000n;

/**
 * Sends many transactions of many accounts without waiting for each: nonces are counted here, addresses of new contracts
 * are known before they are mined, and blocks are mined on demand with stated timestamps.
 */
export class BatchSender {
  private readonly nonces = new Map<Address, number>();
  private queue: Queued[] = [];
  readonly client;
  private mining: 'manual' | 'interval' = 'interval';

  constructor(
    readonly rpcUrl: string,
    private readonly secondsPerBlock: number,
  ) {
    this.client = createClient({
      chain: chainOf(LOCAL_CHAIN_ID),
      cacheTime: 0,
      transport: http(rpcUrl, { timeout: 60_000, retryCount: 0, batch: { batchSize: BATCH_SIZE, wait: 0 } }),
    }).extend(publicActions);
  }

  /** Queues a transaction; the address is that of the contract it creates, if it creates one. */
  send(account: PrivateKeyAccount, request: Request): Address {
    const nonce = this.nonces.get(account.address) ?? 0;
    this.nonces.set(account.address, nonce + 1);
    const raw = account.signTransaction({
      type: 'eip1559',
      chainId: LOCAL_CHAIN_ID,
      nonce,
      gas: request.gas ?? (request.to === undefined ? DEPLOY_GAS : CALL_GAS),
      maxFeePerGas: FEE_WEI,
      maxPriorityFeePerGas: 0n,
      ...(request.to === undefined ? {} : { to: request.to }),
      ...(request.data === undefined ? {} : { data: request.data }),
    });
    this.queue.push({ label: request.label, raw });
    return getContractAddress({ from: account.address, nonce: BigInt(nonce) });
  }

  /** Takes the accounts' next nonces from the chain, for accounts that have sent before. */
  async adoptNonces(addresses: readonly Address[]): Promise<void> {
    const counts = await Promise.all(
      addresses.map((address) => this.client.getTransactionCount({ address, blockTag: 'pending' })),
    );
    addresses.forEach((address, i) => this.nonces.set(address, counts[i] ?? 0));
  }

  /** Broadcasts what is queued, mines until nothing is pending, and demands that every transaction succeeded. */
  async flush(): Promise<void> {
    const outcomes = await this.attempt();
    const failed = outcomes.flatMap(({ label, receipt }) =>
      receipt.status === 'success' ? [] : [`${label} (${receipt.gasUsed} gas)`],
    );
    if (failed.length > 0) {
      throw new LocalWorldError(
        'LOC-201',
        `${failed.length} of ${outcomes.length} transactions of the local world reverted: ${failed.slice(0, 5).join('; ')}.`,
        { failed },
      );
    }
  }

  /** The same, but a reverted transaction is an outcome like any other. */
  async attempt(): Promise<readonly Outcome[]> {
    const batch = this.queue;
    this.queue = [];
    if (batch.length === 0) return [];
    const hashes = await this.broadcast(batch);
    const receipts =
      this.mining === 'manual'
        ? await this.minedReceipts(hashes)
        : await Promise.all(
            hashes.map((hash) =>
              this.client.waitForTransactionReceipt({ hash, timeout: 60_000, pollingInterval: 200 }),
            ),
          );
    return receipts.map((receipt, i) => ({ label: batch[i]?.label ?? '', receipt }));
  }

  /** One batch after the other, so that a sender's nonces arrive in order. */
  private async broadcast(batch: readonly Queued[]): Promise<Hex[]> {
    const hashes: Hex[] = [];
    for (let from = 0; from < batch.length; from += BATCH_SIZE) {
      const raws = await Promise.all(batch.slice(from, from + BATCH_SIZE).map(({ raw }) => raw));
      hashes.push(
        ...(await Promise.all(
          raws.map((serializedTransaction) => this.client.sendRawTransaction({ serializedTransaction })),
        )),
      );
    }
    return hashes;
  }

  /** Mines until every hash is in a block; more than a few blocks mean that a nonce is missing. */
  private async minedReceipts(hashes: readonly Hex[]): Promise<TransactionReceipt[]> {
    for (let block = 0; block < BLOCKS_PER_BATCH; block += 1) {
      await this.command('evm_mine', []);
      const receipts = await Promise.all(
        hashes.map((hash) => this.client.request({ method: 'eth_getTransactionReceipt', params: [hash] })),
      );
      const found = receipts.filter((receipt) => receipt !== null);
      if (found.length === hashes.length) return found.map((receipt) => formatTransactionReceipt(receipt));
    }
    throw new LocalWorldError(
      'LOC-202',
      `After ${BLOCKS_PER_BATCH} blocks some of ${hashes.length} transactions are in none: a nonce is missing or the pool dropped them.`,
      { hashes: hashes.length },
    );
  }

  /** One block at a stated time. */
  async mineAt(timestamp: number): Promise<void> {
    await this.command('evm_setNextBlockTimestamp', [toHex(timestamp)]);
    await this.command('evm_mine', []);
  }

  /** Sends what is queued, then lets chain time pass up to a timestamp. */
  async jumpTo(timestamp: number): Promise<void> {
    await this.flush();
    await this.mineAt(timestamp);
  }

  /** From here on nothing is mined but on demand. */
  async manualMining(): Promise<void> {
    this.mining = 'manual';
    await this.command('evm_setBlockGasLimit', [toHex(BATCH_BLOCK_GAS)]);
    await this.command('anvil_setBlockTimestampInterval', [this.secondsPerBlock]);
    await this.command('evm_setAutomine', [false]);
    await this.command('evm_setIntervalMining', [0]);
  }

  /** From here on a block is mined every so many seconds, and chain time runs on from the newest block. */
  async intervalMining(seconds: number): Promise<void> {
    this.mining = 'interval';
    await this.command('evm_setBlockGasLimit', [toHex(BLOCK_GAS)]);
    const { timestamp } = await this.client.getBlock({ blockTag: 'latest' });
    await this.command('anvil_removeBlockTimestampInterval', []);
    await this.command('evm_setTime', [toHex(timestamp)]);
    await this.command('evm_setIntervalMining', [seconds]);
  }

  private async command(method: string, params: readonly unknown[]): Promise<void> {
    await this.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
      method,
      params,
    });
  }
}
