import type { Abi, ContractFunctionArgs, ContractFunctionName, ContractFunctionReturnType } from 'viem';
import { rpcAnswer, type ReadClient } from '#libs/chain/index';
import { SourceError } from '../source-error.js';

export interface ReadBlock {
  readonly number: bigint;
  readonly hash: `0x${string}`;
  readonly parentHash: `0x${string}`;
  readonly timestamp: number;
}

/** Calls in one request: with up to three words of arguments each they stay below the 48 KiB a deployless call may carry. */
const CALLS_PER_REQUEST = 130;
const RETRYABLE = new Set(['down', 'slow', 'rate-limited', 'behind']);

type ViewName<A extends Abi> = ContractFunctionName<A, 'view' | 'pure'>;

/** Reads of one block, named by its hash, so that a reorganisation or a lagging endpoint cannot mix two states. */
export class PinnedReader {
  constructor(
    readonly client: ReadClient,
    readonly block: ReadBlock,
  ) {}

  /** One view function, many argument lists or contracts, in as few requests as fit. Fails with the first contract that does not answer. */
  async all<const A extends Abi, N extends ViewName<A>>(
    abi: A,
    functionName: N,
    calls: readonly {
      readonly address: `0x${string}`;
      readonly args?: ContractFunctionArgs<A, 'view' | 'pure', N>;
    }[],
  ): Promise<ContractFunctionReturnType<A, 'view' | 'pure', N>[]> {
    if (calls.length === 0) return [];
    const contracts = calls.map(({ address, args }) => ({
      abi: abi as Abi,
      address,
      functionName: functionName as string,
      args: args as readonly unknown[],
    }));
    const requests = Array.from({ length: Math.ceil(contracts.length / CALLS_PER_REQUEST) }, (_, i) =>
      contracts.slice(i * CALLS_PER_REQUEST, (i + 1) * CALLS_PER_REQUEST),
    );
    const answers = await this.attempt(() =>
      Promise.all(
        requests.map((part) =>
          this.client.multicall({
            contracts: part,
            allowFailure: true,
            deployless: true,
            batchSize: 0,
            blockHash: this.block.hash,
          }),
        ),
      ),
    );
    const results = answers.flat();
    return results.map((result, i) => {
      if (result.status === 'success')
        return result.result as ContractFunctionReturnType<A, 'view' | 'pure', N>;
      throw this.unreadable(calls[i]!.address, `${functionName}(${printArgs(calls[i]!.args)})`, result.error);
    });
  }

  /** One view function of one contract. */
  async one<const A extends Abi, N extends ViewName<A>>(
    abi: A,
    functionName: N,
    call: { readonly address: `0x${string}`; readonly args?: ContractFunctionArgs<A, 'view' | 'pure', N> },
  ): Promise<ContractFunctionReturnType<A, 'view' | 'pure', N>> {
    const [result] = await this.all(abi, functionName, [call]);
    return result as ContractFunctionReturnType<A, 'view' | 'pure', N>;
  }

  /** Turns a transport failure into a retryable SourceError. */
  async attempt<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw transportError(error);
    }
  }

  private unreadable(address: string, call: string, cause: unknown): SourceError {
    const answer = rpcAnswer(cause);
    if (RETRYABLE.has(answer.kind)) return transportError(cause);
    return new SourceError(
      'SRC-101',
      `Contract ${address} does not answer ${call} at block ${this.block.number}: ${answer.text.slice(0, 200)} Nothing was captured. Check the address in the deployment file, or remove the venue from it.`,
      { address, call, block: this.block.number },
      { cause },
    );
  }
}

function printArgs(args: unknown): string {
  return Array.isArray(args) ? args.map(String).join(', ') : '';
}

/** The error of an endpoint that did not answer. */
export function transportError(cause: unknown): SourceError {
  const answer = rpcAnswer(cause);
  return new SourceError(
    'SRC-102',
    `The RPC endpoint did not answer (${answer.kind}): ${answer.text.slice(0, 200)} The capture is repeated; check RPC_URLS if this goes on.`,
    { kind: answer.kind },
    { cause, retryable: RETRYABLE.has(answer.kind) || answer.kind === 'unknown' },
  );
}
