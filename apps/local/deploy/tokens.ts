import { encodeDeployData, encodeFunctionData, type Address, type PrivateKeyAccount } from 'viem';
import { localTokenAbi, localTokenBytecode } from '#contracts/local-token';
import type { AssetPlan } from '../plan/plan.js';
import { LocalWorldError } from '../local-error.js';
import type { BatchSender } from './batch-sender.js';

export interface Token extends AssetPlan {
  readonly address: Address;
}
export type Tokens = ReadonlyMap<string, Token>;

export function deployTokens(
  sender: BatchSender,
  issuer: PrivateKeyAccount,
  assets: readonly AssetPlan[],
): Tokens {
  return new Map(
    assets.map((asset) => {
      const data = encodeDeployData({
        abi: localTokenAbi,
        bytecode: localTokenBytecode,
        args: [asset.name, asset.symbol, asset.decimals],
      });
      return [asset.id, { ...asset, address: sender.send(issuer, { label: `token ${asset.symbol}`, data }) }];
    }),
  );
}

export interface Grant {
  readonly holder: Address;
  readonly raw: bigint;
}

export function mintTokens(
  sender: BatchSender,
  issuer: PrivateKeyAccount,
  { token, grants }: { readonly token: Token; readonly grants: readonly Grant[] },
): void {
  for (let from = 0; from < grants.length; from += 100) {
    const part = grants.slice(from, from + 100);
    const data = encodeFunctionData({
      abi: localTokenAbi,
      functionName: 'mint',
      args: [part.map(({ holder }) => holder), part.map(({ raw }) => raw)],
    });
    sender.send(issuer, {
      label: `mint ${token.symbol}`,
      to: token.address,
      data,
      gas: 200_000n + 40_000n * BigInt(part.length),
    });
  }
}

export function tokenOf(tokens: Tokens, id: string): Token {
  const token = tokens.get(id);
  if (token === undefined)
    throw new LocalWorldError(
      'LOC-203',
      `The plan names asset "${id}", which it does not define. Defined: ${[...tokens.keys()].join(', ')}.`,
      { id },
    );
  return token;
}
