import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  defineChain,
  fallback,
  http,
  type Account,
  type Chain,
  type HttpTransport,
  type PublicClient,
} from 'viem';
import { ChainError } from './chain-error.js';
import { rpcAnswer } from './rpc-answer.js';

export interface ClientOptions {
  readonly chainId?: number;
  /** How long one request may take before the next endpoint is asked. */
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly pollingMs?: number;
}

/** Chain definitions are made here: importing the whole list of known chains costs a quarter of a second and tens of megabytes. */
export function chainOf(chainId: number): Chain {
  return defineChain({
    id: chainId,
    name: `eip155:${chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [] } },
  });
}

export function transportOf(urls: readonly string[], options: ClientOptions = {}) {
  if (urls.length === 0)
    throw new ChainError('CHN-201', 'No RPC endpoint is configured. State at least one URL.');
  const each = urls.map((url) =>
    http(url, { timeout: options.timeoutMs ?? 10_000, retryCount: options.retries ?? 2, retryDelay: 100 }),
  );
  return fallback(each, {
    retryCount: 0,
    rank: false,
    shouldThrow: (error) => rpcAnswer(error).kind === 'reverted',
  });
}

/** Reads over several endpoints: the next one is asked as soon as one refuses or is slow. */
export function publicClientOf(urls: readonly string[], options: ClientOptions = {}) {
  return createPublicClient({
    chain: chainOf(options.chainId ?? 31337),
    transport: transportOf(urls, options),
    pollingInterval: options.pollingMs ?? 250,
    cacheTime: 0,
  });
}

export function walletClientOf(urls: readonly string[], account: Account, options: ClientOptions = {}) {
  return createWalletClient({
    account,
    chain: chainOf(options.chainId ?? 31337),
    transport: transportOf(urls, options),
  });
}

/** Commands that only Anvil knows. They are never repeated: a repeated `mine` mines twice. */
export function anvilClientOf(url: string, options: ClientOptions = {}) {
  return createTestClient({
    mode: 'anvil',
    chain: chainOf(options.chainId ?? 31337),
    transport: http(url, { timeout: options.timeoutMs ?? 60_000, retryCount: 0 }),
  });
}

export type ReadClient = PublicClient<HttpTransport, Chain> | ReturnType<typeof publicClientOf>;

export interface EndpointDemand {
  readonly chainId: number;
  /** Block the endpoint must have reached. */
  readonly minBlock?: bigint;
  readonly timeoutMs?: number;
}

export type EndpointState =
  | { readonly state: 'usable'; readonly block: bigint }
  | {
      readonly state: 'down' | 'slow' | 'rate-limited' | 'other-chain' | 'behind' | 'unknown';
      readonly text: string;
    };

/** Asks one endpoint whether it serves this chain up to this block. Every refusal is a value with a text that names the endpoint. */
export async function checkEndpoint(url: string, demand: EndpointDemand): Promise<EndpointState> {
  const client = createPublicClient({
    transport: http(url, { timeout: demand.timeoutMs ?? 3_000, retryCount: 0 }),
    cacheTime: 0,
  });
  try {
    const [chainId, block] = await Promise.all([client.getChainId(), client.getBlockNumber()]);
    if (chainId !== demand.chainId)
      return {
        state: 'other-chain',
        text: `${url} serves chain ${chainId}; chain ${demand.chainId} is accepted. Change the URL.`,
      };
    if (demand.minBlock !== undefined && block < demand.minBlock)
      return {
        state: 'behind',
        text: `${url} is at block ${block}; block ${demand.minBlock} is needed. Wait, or use another endpoint.`,
      };
    return { state: 'usable', block };
  } catch (thrown) {
    const { kind, text } = rpcAnswer(thrown);
    const state = kind === 'down' || kind === 'slow' || kind === 'rate-limited' ? kind : 'unknown';
    return { state, text: `${url} does not answer usefully (${kind}): ${text}` };
  }
}
