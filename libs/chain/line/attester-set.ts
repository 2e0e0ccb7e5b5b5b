import type { AttesterSetReader } from '#libs/application/index';
import { evaluationRegistryAbi } from '#contracts/evaluation-registry';
import type { LineContext } from './context.js';

/** Attesters, threshold and the link of the next evaluation, as the registry holds them now. */
export function attesterSetReader({ client, deployment }: LineContext): AttesterSetReader {
  const registry = { address: deployment.contracts.evaluationRegistry, abi: evaluationRegistryAbi } as const;
  return {
    async attesters() {
      const [members, threshold] = await Promise.all([
        client.readContract({ ...registry, functionName: 'attesters' }),
        client.readContract({ ...registry, functionName: 'attesterThreshold' }),
      ]);
      return { members, threshold };
    },
    async link() {
      const [[parentDigest], attesterEpoch] = await Promise.all([
        client.readContract({ ...registry, functionName: 'latestDigest' }),
        client.readContract({ ...registry, functionName: 'attesterEpoch' }),
      ]);
      return { parentDigest, attesterEpoch: Number(attesterEpoch) };
    },
  };
}
