import type { ExecutorReader } from '#libs/application/index';
import { payloadCodec } from '#libs/protocol/index';
import { openExecutorAbi } from '#contracts/open-executor';
import { decodeFunctionData, getAbiItem } from 'viem';
import { ChainError } from '../chain-error.js';
import type { LineContext } from './context.js';

const SCHEDULED = getAbiItem({ abi: openExecutorAbi, name: 'OperationScheduled' });

/** The delayed operation of a voted proposal, with the block that scheduled it; null while the executor does not hold it. */
export function executorReader({ client, deployment }: LineContext): ExecutorReader {
  const executor = { address: deployment.contracts.openExecutor, abi: openExecutorAbi } as const;
  const codec = payloadCodec(deployment);
  return {
    async scheduled(proposalId, proposal, tallyRoot) {
      const { functionName, args } = decodeFunctionData({
        abi: openExecutorAbi,
        data: codec.scheduleCall(proposalId, proposal, tallyRoot).data,
      });
      if (functionName !== 'schedule')
        throw new ChainError('CHN-605', `The codec encodes ${functionName} where schedule is expected.`, {
          functionName,
        });
      const operation = await client.readContract({ ...executor, functionName: 'operationIdOf', args });
      const { readyAt, cancelled } = await client.readContract({
        ...executor,
        functionName: 'operationOf',
        args: [operation],
      });
      if (readyAt === 0n || cancelled) return null;
      const [log] = await client.getLogs({
        address: executor.address,
        event: SCHEDULED,
        args: { operationId: operation },
        fromBlock: BigInt(deployment.deployBlock.number),
        toBlock: 'latest',
        strict: true,
      });
      if (log === undefined) return null;
      return {
        operation,
        readyAt: Number(readyAt),
        block: { number: Number(log.blockNumber), hash: log.blockHash },
      };
    },
  };
}
