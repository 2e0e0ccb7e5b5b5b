import { encodeFunctionData, erc20Abi, maxUint256, type Address } from 'viem';
import type { Request } from './batch-sender.js';

export function approval(token: Address, spender: Address): Request {
  return {
    label: `approve ${token}`,
    to: token,
    data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [spender, maxUint256] }),
    gas: 100_000n,
  };
}
