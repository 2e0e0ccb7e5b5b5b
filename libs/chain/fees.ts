import { ChainError } from './chain-error.js';

export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** A second may pass between estimate and inclusion; Aave's interest then needs more gas than estimated. */
export function gasWithMargin(estimate: bigint): bigint {
  return (estimate * 13n + 9n) / 10n;
}

/** Both fields must rise for a node to accept the replacement: by an eighth, rounded up. Never beyond the cap of the action's class. */
export function bumpedFees(previous: Fees, capWei: bigint): Fees {
  const maxFeePerGas = raised(previous.maxFeePerGas);
  if (maxFeePerGas > capWei) {
    throw new ChainError(
      'CHN-501',
      `Replacing the transaction needs ${maxFeePerGas} wei per gas; the cap of its class is ${capWei}. Wait for a lower base fee or raise the cap.`,
      { maxFeePerGas, capWei },
    );
  }
  return { maxFeePerGas, maxPriorityFeePerGas: raised(previous.maxPriorityFeePerGas) };
}

function raised(wei: bigint): bigint {
  const next = (wei * 9n + 7n) / 8n;
  return next > wei ? next : wei + 1n;
}
