import {
  concat,
  encodeAbiParameters,
  encodeFunctionData,
  encodePacked,
  getAddress,
  getContractAddress,
  keccak256,
  parseAbi,
  parseAbiParameters,
  zeroAddress,
  type Address,
  type Hex,
  type PrivateKeyAccount,
} from 'viem';
import { encodeSafeExecution, safeAbi } from '#libs/chain/index';
import type { BatchSender } from './batch-sender.js';
import { packageArtifact } from './package-artifact.js';

const PACKAGE = '@safe-global/safe-contracts/build/artifacts/contracts';

/** The singleton factory through which Safe's contracts have the same addresses on every chain, and its whole code. */
const SINGLETON_FACTORY: Address = '0x914d7Fec6aaC8cd542e72Bca78B30650d45643d7';
const SINGLETON_FACTORY_CODE: Hex =
  '0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3';

export interface SafeCode {
  readonly singleton: Address;
  readonly factory: Address;
  readonly fallbackHandler: Address;
  readonly multiSendCallOnly: Address;
}

const factoryAbi = parseAbi([
  'function createProxyWithNonce(address singleton, bytes initializer, uint256 saltNonce) returns (address proxy)',
  'function proxyCreationCode() pure returns (bytes)',
]);

/** Safe 1.4.1 at its canonical addresses: the same creation code through the same factory with salt zero. */
export async function deploySafeCode(sender: BatchSender, deployer: PrivateKeyAccount): Promise<SafeCode> {
  await sender.client.request<{ Method: 'anvil_setCode'; Parameters: [Address, Hex]; ReturnType: unknown }>({
    method: 'anvil_setCode',
    params: [SINGLETON_FACTORY, SINGLETON_FACTORY_CODE],
  });
  const deploy = (path: string): Address => {
    const { bytecode } = packageArtifact(`${PACKAGE}/${path}`);
    const salt: Hex = `0x${'0'.repeat(64)}`;
    sender.send(deployer, {
      label: `Safe ${path}`,
      to: SINGLETON_FACTORY,
      data: concat([salt, bytecode]),
      gas: 8_000_000n,
    });
    return getContractAddress({ opcode: 'CREATE2', from: SINGLETON_FACTORY, salt, bytecode });
  };
  return {
    singleton: deploy('SafeL2.sol/SafeL2.json'),
    factory: deploy('proxies/SafeProxyFactory.sol/SafeProxyFactory.json'),
    fallbackHandler: deploy('handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json'),
    multiSendCallOnly: deploy('libraries/MultiSendCallOnly.sol/MultiSendCallOnly.json'),
  };
}

export interface SafeInput {
  readonly owners: readonly Address[];
  readonly threshold: number;
  readonly saltNonce: bigint;
}

/** A Safe without a guard; its address follows from owners, threshold and salt before it exists. */
export function createSafe(
  sender: BatchSender,
  deployer: PrivateKeyAccount,
  { code, input }: { readonly code: SafeCode; readonly input: SafeInput },
): Address {
  const initializer = encodeFunctionData({
    abi: safeAbi,
    functionName: 'setup',
    args: [
      input.owners,
      BigInt(input.threshold),
      zeroAddress,
      '0x',
      code.fallbackHandler,
      zeroAddress,
      0n,
      zeroAddress,
    ],
  });
  const data = encodeFunctionData({
    abi: factoryAbi,
    functionName: 'createProxyWithNonce',
    args: [code.singleton, initializer, input.saltNonce],
  });
  sender.send(deployer, { label: 'Safe proxy', to: code.factory, data });
  const salt = keccak256(encodePacked(['bytes32', 'uint256'], [keccak256(initializer), input.saltNonce]));
  const { bytecode } = packageArtifact(`${PACKAGE}/proxies/SafeProxy.sol/SafeProxy.json`);
  const initCode = concat([
    bytecode,
    encodeAbiParameters(parseAbiParameters('uint256'), [BigInt(code.singleton)]),
  ]);
  return getAddress(getContractAddress({ opcode: 'CREATE2', from: code.factory, salt, bytecode: initCode }));
}

/** The owners' first and only transaction without a guard: the one that sets it. */
export async function setSafeGuard(
  sender: BatchSender,
  relay: PrivateKeyAccount,
  {
    safe,
    owners,
    guard,
  }: { readonly safe: Address; readonly owners: readonly PrivateKeyAccount[]; readonly guard: Address },
): Promise<void> {
  const data = encodeFunctionData({ abi: safeAbi, functionName: 'setGuard', args: [guard] });
  const hash = await sender.client.readContract({
    address: safe,
    abi: safeAbi,
    functionName: 'getTransactionHash',
    args: [safe, 0n, data, 0, 0n, 0n, 0n, zeroAddress, zeroAddress, 0n],
  });
  const signatures = await Promise.all(
    owners.map(async (owner) => ({ signer: owner.address, signature: await owner.sign({ hash }) })),
  );
  sender.send(relay, {
    label: 'set guard',
    to: safe,
    data: encodeSafeExecution({ to: safe, data, operation: 0 }, signatures),
  });
}
