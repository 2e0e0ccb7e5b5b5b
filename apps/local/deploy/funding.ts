import { toHex, type Address } from 'viem';
import type { BatchSender } from './batch-sender.js';

const GAS_MONEY = 1_000n * 10n ** 18n;

/** Everyone who sends transactions gets ether for gas; on a local chain it costs nothing. */
export async function fundGas(sender: BatchSender, addresses: readonly Address[]): Promise<void> {
  await Promise.all(
    addresses.map((address) =>
      sender.client.request<{
        Method: 'anvil_setBalance';
        Parameters: [Address, string];
        ReturnType: unknown;
      }>({ method: 'anvil_setBalance', params: [address, toHex(GAS_MONEY)] }),
    ),
  );
}
