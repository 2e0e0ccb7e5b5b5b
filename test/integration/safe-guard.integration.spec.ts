import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BaseError,
  ContractFunctionRevertedError,
  createWalletClient,
  encodeFunctionData,
  http,
  keccak256,
  parseAbi,
  publicActions,
  toFunctionSelector,
  zeroAddress,
  type Abi,
  type Hex,
} from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { coalitionTokenAbi, coalitionTokenBytecode } from '#contracts/coalition-token';
import { safeGuardAbi, safeGuardBytecode } from '#contracts/safe-guard';
import { safeAbi, startAnvil, type Anvil } from '#libs/chain/index';
import { encodeMultiSend, safeTxHash } from '#libs/protocol/index';

// The key of account 0 of Anvil's public mnemonic.
const RELAY = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
const OWNERS = [0, 1, 2].map(() => privateKeyToAccount(generatePrivateKey()));
const factoryAbi = parseAbi([
  'function createProxyWithNonce(address singleton, bytes initializer, uint256 saltNonce) returns (address)',
  'event ProxyCreation(address indexed proxy, address singleton)',
]);
const safeAdminAbi = parseAbi([
  'function setGuard(address guard)',
  'function enableModule(address module)',
  'function addOwnerWithThreshold(address owner, uint256 threshold)',
  'function changeThreshold(uint256 threshold)',
  'function setFallbackHandler(address handler)',
]);
const executionAbi = [...safeAbi, ...safeGuardAbi.filter((entry) => entry.type === 'error')] as const;

const clientOf = (url: string) =>
  createWalletClient({ account: RELAY, chain: foundry, transport: http(url) }).extend(publicActions);
let anvil: Anvil;
let client: ReturnType<typeof clientOf>;
let safe: Hex;
let multiSend: Hex;
let token: Hex;

const artifact = (path: string) =>
  createRequire(import.meta.url)(`@safe-global/safe-contracts/build/artifacts/contracts/${path}`) as {
    abi: Abi;
    bytecode: Hex;
  };

async function deploy(abi: Abi, bytecode: Hex, args: readonly unknown[] = []): Promise<Hex> {
  const { contractAddress } = await client.waitForTransactionReceipt({
    hash: await client.deployContract({ abi, bytecode, args }),
  });
  if (!contractAddress) throw new Error('no contract was created');
  return contractAddress;
}

const deploySafeCode = (path: string): Promise<Hex> => deploy(artifact(path).abi, artifact(path).bytecode);

async function createSafe(): Promise<Hex> {
  const singleton = await deploySafeCode('SafeL2.sol/SafeL2.json');
  const factory = await deploySafeCode('proxies/SafeProxyFactory.sol/SafeProxyFactory.json');
  const owners = OWNERS.map(({ address }) => address);
  const setup = encodeFunctionData({
    abi: safeAbi,
    functionName: 'setup',
    args: [owners, 2n, zeroAddress, '0x', zeroAddress, zeroAddress, 0n, zeroAddress],
  });
  const { request, result } = await client.simulateContract({
    address: factory,
    abi: factoryAbi,
    functionName: 'createProxyWithNonce',
    args: [singleton, setup, 0n],
  });
  await client.waitForTransactionReceipt({ hash: await client.writeContract(request) });
  return result;
}

interface Attempt {
  readonly to: Hex;
  readonly data: Hex;
  readonly operation?: 0 | 1;
}

/** Two owners sign, the relay sends. The result is the name of the error, or `executed`. */
async function attempt({ to, data, operation = 0 }: Attempt): Promise<string> {
  const nonce = Number(await client.readContract({ address: safe, abi: safeAbi, functionName: 'nonce' }));
  const hash = safeTxHash({ chainId: foundry.id, safe, to, data, operation, nonce });
  const signers = OWNERS.slice(0, 2).sort((a, b) =>
    a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1,
  );
  const signatures = await Promise.all(signers.map((owner) => owner.sign({ hash })));
  const joined: Hex = `0x${signatures.map((signature) => signature.slice(2)).join('')}`;
  const args = [to, 0n, data, operation, 0n, 0n, 0n, zeroAddress, zeroAddress, joined] as const;
  try {
    const { request } = await client.simulateContract({
      address: safe,
      abi: executionAbi,
      functionName: 'execTransaction',
      args,
    });
    await client.waitForTransactionReceipt({ hash: await client.writeContract(request) });
    return 'executed';
  } catch (error) {
    const reverted =
      error instanceof BaseError
        ? error.walk((cause) => cause instanceof ContractFunctionRevertedError)
        : null;
    if (reverted instanceof ContractFunctionRevertedError)
      return reverted.data?.errorName ?? reverted.reason ?? 'unnamed';
    throw error;
  }
}

const delegateTo = (account: Hex): Hex =>
  encodeFunctionData({ abi: coalitionTokenAbi, functionName: 'delegate', args: [account] });
const delegateOfSafe = () =>
  client.readContract({ address: token, abi: coalitionTokenAbi, functionName: 'delegates', args: [safe] });

beforeAll(async () => {
  anvil = await startAnvil({ chainId: foundry.id });
  client = clientOf(anvil.url);
  safe = await createSafe();
  multiSend = await deploySafeCode('libraries/MultiSendCallOnly.sol/MultiSendCallOnly.json');
  token = await deploy(coalitionTokenAbi, coalitionTokenBytecode, ['ipfs://dao', [safe], [1_000n]]);
  const code = await client.getCode({ address: multiSend });
  const permissions = [{ target: token, selector: toFunctionSelector('delegate(address)') }];
  const guard = await deploy(safeGuardAbi, safeGuardBytecode, [
    safe,
    multiSend,
    keccak256(code ?? '0x'),
    permissions,
  ]);
  expect(
    await attempt({
      to: safe,
      data: encodeFunctionData({ abi: safeAbi, functionName: 'setGuard', args: [guard] }),
    }),
  ).toBe('executed');
}, 60_000);
afterAll(() => anvil.stop());

describe('SafeGuard on a real Safe 1.4.1', () => {
  it('behavior: an allowed call is executed', async () => {
    expect(await attempt({ to: token, data: delegateTo(RELAY.address) })).toBe('executed');
    expect(await delegateOfSafe()).toBe(RELAY.address);
  });

  it('behavior: an allowed batch is executed by the real MultiSendCallOnly, in order', async () => {
    const [first, last] = [OWNERS[0]!.address, OWNERS[1]!.address];
    const data = encodeMultiSend([
      { to: token, data: delegateTo(first) },
      { to: token, data: delegateTo(last) },
    ]);
    expect(await attempt({ to: multiSend, data, operation: 1 })).toBe('executed');
    expect(await delegateOfSafe()).toBe(last);
  });

  it('behavior: the empty self-call cancels a nonce', async () => {
    const before = await client.readContract({ address: safe, abi: safeAbi, functionName: 'nonce' });
    expect(await attempt({ to: safe, data: '0x' })).toBe('executed');
    expect(await client.readContract({ address: safe, abi: safeAbi, functionName: 'nonce' })).toBe(
      before + 1n,
    );
  });

  const transfer = encodeFunctionData({
    abi: coalitionTokenAbi,
    functionName: 'transfer',
    args: [RELAY.address, 1_000n],
  });

  it('error: tokens cannot be taken, alone or inside a batch', async () => {
    expect(await attempt({ to: token, data: transfer })).toBe('CallRefused');
    const data = encodeMultiSend([
      { to: token, data: delegateTo(RELAY.address) },
      { to: token, data: transfer },
    ]);
    expect(await attempt({ to: multiSend, data, operation: 1 })).toBe('CallRefused');
  });

  it('error: owners, threshold, modules, fallback handler and guard cannot be changed by the owners', async () => {
    const abi = safeAdminAbi;
    const changes = [
      encodeFunctionData({ abi, functionName: 'setGuard', args: [zeroAddress] }),
      encodeFunctionData({ abi, functionName: 'enableModule', args: [RELAY.address] }),
      encodeFunctionData({ abi, functionName: 'addOwnerWithThreshold', args: [RELAY.address, 1n] }),
      encodeFunctionData({ abi, functionName: 'changeThreshold', args: [1n] }),
      encodeFunctionData({ abi, functionName: 'setFallbackHandler', args: [RELAY.address] }),
    ];
    for (const data of changes) {
      expect(await attempt({ to: safe, data })).toBe('SelfCallRefused');
      expect(
        await attempt({ to: multiSend, data: encodeMultiSend([{ to: safe, data }]), operation: 1 }),
      ).toBe('SelfCallRefused');
    }
  });

  it('error: a delegate call runs no foreign code in the Safe, as in the theft of 21 February 2025', async () => {
    expect(await attempt({ to: token, data: transfer, operation: 1 })).toBe('DelegateCallRefused');
    expect(await attempt({ to: token, data: delegateTo(RELAY.address), operation: 1 })).toBe(
      'DelegateCallRefused',
    );
  });
});
