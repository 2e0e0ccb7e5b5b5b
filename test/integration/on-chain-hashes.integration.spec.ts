import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createWalletClient, http, publicActions, type Abi, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { accessManagerAbi, accessManagerBytecode } from '#contracts/access-manager';
import { backstopVaultAbi, backstopVaultBytecode } from '#contracts/backstop-vault';
import { evaluationRegistryAbi, evaluationRegistryBytecode } from '#contracts/evaluation-registry';
import { marginGuardAbi, marginGuardBytecode } from '#contracts/margin-guard';
import { startAnvil, type Anvil } from '#libs/chain/index';
import { POLICY } from '#libs/governance/index';
import {
  attestationHash,
  AUCTION_TERMS,
  memberKey,
  payloadHashOf,
  registryEvaluation,
  safeTxHash,
  type BackstopAction,
  type MarginAction,
  type PayloadAddresses,
} from '#libs/protocol/index';

// The key of account 0 of Anvil's public mnemonic.
const DEPLOYER = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
const SIGNER = '0x1111111111111111111111111111111111111111';
const ETH = '0xe1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1';
const USDC = '0xc1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1';
const HASH = `0x${'ab'.repeat(32)}` as const;
const SAFE_ARTIFACT = '@safe-global/safe-contracts/build/artifacts/contracts/SafeL2.sol/SafeL2.json';

type GuardConstant =
  | 'STEP_TIGHTEN_BPS'
  | 'STEP_EMERGENCY_BPS'
  | 'DRIFT_30D_BPS'
  | 'DRIFT_RESERVED_BPS'
  | 'INTERVAL'
  | 'TTL'
  | 'ABSOLUTE_FLOOR_LT_BPS'
  | 'ABSOLUTE_FLOOR_LTV_BPS'
  | 'MAX_EVALUATION_AGE'
  | 'RAMP_MIN'
  | 'RAMP_MAX';
type VaultConstant =
  | 'EVENT_BPS'
  | 'DAY_BPS'
  | 'MONTH_BPS'
  | 'FLOOR_BPS'
  | 'DISCOUNT_MAX_BPS'
  | 'DISCOUNT_MIN_BPS'
  | 'DURATION_MIN'
  | 'DURATION_MAX';
const clientOf = (url: string) =>
  createWalletClient({ account: DEPLOYER, chain: foundry, transport: http(url) }).extend(publicActions);
let anvil: Anvil;
let client: ReturnType<typeof clientOf>;
let addresses: PayloadAddresses;

async function deploy(abi: Abi, bytecode: Hex, args: readonly unknown[]): Promise<Hex> {
  const hash = await client.deployContract({ abi, bytecode, args });
  const { contractAddress } = await client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error(`${hash} created no contract`);
  return contractAddress;
}

async function deployAll(): Promise<PayloadAddresses> {
  const manager = await deploy(accessManagerAbi, accessManagerBytecode, [DEPLOYER.address]);
  const config = {
    safetyLevel: 200_000,
    criticalLevel: 100_000,
    recoveryMargin: 20_000,
    recoveryDwell: 21_600,
    maxImprovementPerHour: 50_000,
    maxInputAge: 900,
    heartbeat: 900,
  };
  const evaluationRegistry = await deploy(evaluationRegistryAbi, evaluationRegistryBytecode, [
    manager,
    config,
    HASH,
    [SIGNER],
    1,
  ]);
  const marginGuard = await deploy(marginGuardAbi, marginGuardBytecode, [manager, evaluationRegistry]);
  const backstopVault = await deploy(backstopVaultAbi, backstopVaultBytecode, [
    manager,
    evaluationRegistry,
    USDC,
  ]);
  return {
    chainId: 31_337,
    assets: [
      { id: 'ETH', address: ETH, decimals: 18 },
      { id: 'USDC', address: USDC, decimals: 6 },
    ],
    contracts: {
      evaluationRegistry,
      marginGuard,
      backstopVault,
      aaveMarginAdapter: SIGNER,
      openExecutor: SIGNER,
      coalitionToken: SIGNER,
    },
    safes: { responder: { address: SIGNER }, council: { address: SIGNER } },
  };
}

beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337 });
  client = clientOf(anvil.url);
  addresses = await deployAll();
}, 60_000);
afterAll(() => anvil.stop());

describe('hashes computed off chain', () => {
  it('behavior: an attestation is what the registry recovers signers from', async () => {
    const record = {
      engineVersion: HASH,
      snapshotRoot: HASH,
      t0: 1_800_000_000,
      blocks: [{ chain: 'eip155:31337', number: 12, hash: HASH }],
      reading: {
        thresholdStatus: 'found',
        ssfThreshold: '0.1837',
        lac5Usd: '10.5',
        lac10Usd: '20',
        gexIndex: '-1.5',
        gammaNeutralityPrice: '2948.6',
        haircutBreakpoint: null,
      },
    } as const;
    const evaluation = registryEvaluation(record, 31_337, { parentDigest: HASH, attesterEpoch: 1 });
    const address = addresses.contracts.evaluationRegistry;
    const onChain = await client.readContract({
      address,
      abi: evaluationRegistryAbi,
      functionName: 'hashEvaluation',
      args: [evaluation],
    });
    expect(attestationHash({ chainId: 31_337, verifyingContract: address }, evaluation)).toBe(onChain);
  });

  it('behavior: the payload hash of a tightening is what MarginGuard computes', async () => {
    const action: MarginAction = {
      lever: 'margin-tightening',
      member: 'aave-local',
      asset: 'ETH',
      ltvBpsFrom: 1,
      ltvBpsTo: 8_000,
      ltBpsFrom: 2,
      ltBpsTo: 8_250,
      rampSec: 3_600,
    };
    const params = {
      member: memberKey('aave-local'),
      asset: ETH,
      ltvBps: 8_000,
      ltBps: 8_250,
      rampSec: 3_600,
    } as const;
    const onChain = await client.readContract({
      address: addresses.contracts.marginGuard,
      abi: marginGuardAbi,
      functionName: 'hashTighten',
      args: [params],
    });
    expect(payloadHashOf(addresses, action)).toBe(onChain);
  });

  it('behavior: the payload hash of a tranche is what BackstopVault computes', async () => {
    const action: BackstopAction = {
      lever: 'backstop-tranche',
      member: 'aave-local',
      collateral: 'ETH',
      debtAsset: 'USDC',
      maxSpendUsd: 250_000,
    };
    const params = {
      member: memberKey('aave-local'),
      collateral: ETH,
      maxSpend: 250_000_000_000n,
      ...AUCTION_TERMS,
    } as const;
    const onChain = await client.readContract({
      address: addresses.contracts.backstopVault,
      abi: backstopVaultAbi,
      functionName: 'hashOpenAuction',
      args: [params],
    });
    expect(payloadHashOf(addresses, action)).toBe(onChain);
  });

  it('behavior: a Safe transaction is what Safe 1.4.1 computes', async () => {
    const { abi, bytecode } = createRequire(import.meta.url)(SAFE_ARTIFACT) as { abi: Abi; bytecode: Hex };
    const safe = await deploy(abi, bytecode, []);
    const none = `0x${'00'.repeat(20)}`;
    const onChain = await client.readContract({
      address: safe,
      abi,
      functionName: 'getTransactionHash',
      args: [ETH, 0n, '0x12345678', 1, 0n, 0n, 0n, none, none, 7n],
    });
    expect(safeTxHash({ chainId: 31_337, safe, to: ETH, data: '0x12345678', operation: 1, nonce: 7 })).toBe(
      onChain,
    );
  });
});

describe('limits on chain', () => {
  const guardConstant = async (functionName: GuardConstant): Promise<number> =>
    Number(
      await client.readContract({
        address: addresses.contracts.marginGuard,
        abi: marginGuardAbi,
        functionName,
      }),
    );
  const vaultConstant = async (functionName: VaultConstant): Promise<number> =>
    Number(
      await client.readContract({
        address: addresses.contracts.backstopVault,
        abi: backstopVaultAbi,
        functionName,
      }),
    );

  it('behavior: the policy plans inside exactly the limits of MarginGuard', async () => {
    const { tighten, maxEvaluationAgeSec } = POLICY;
    expect({
      stepBps: await guardConstant('STEP_TIGHTEN_BPS'),
      emergencyStepBps: await guardConstant('STEP_EMERGENCY_BPS'),
      driftBps: await guardConstant('DRIFT_30D_BPS'),
      driftReservedBps: await guardConstant('DRIFT_RESERVED_BPS'),
      minIntervalSec: await guardConstant('INTERVAL'),
      ttlSec: await guardConstant('TTL'),
      ltFloorBps: await guardConstant('ABSOLUTE_FLOOR_LT_BPS'),
      ltvFloorBps: await guardConstant('ABSOLUTE_FLOOR_LTV_BPS'),
    }).toEqual({
      stepBps: tighten.stepBps,
      emergencyStepBps: tighten.emergencyStepBps,
      driftBps: tighten.driftBps,
      driftReservedBps: tighten.driftReservedBps,
      minIntervalSec: tighten.minIntervalSec,
      ttlSec: tighten.ttlSec,
      ltFloorBps: tighten.ltFloorBps,
      ltvFloorBps: tighten.ltvFloorBps,
    });
    expect(await guardConstant('MAX_EVALUATION_AGE')).toBe(maxEvaluationAgeSec);
    expect(tighten.rampSec).toBeGreaterThanOrEqual(await guardConstant('RAMP_MIN'));
    expect(tighten.rampSec).toBeLessThanOrEqual(await guardConstant('RAMP_MAX'));
  });

  it('behavior: and of BackstopVault', async () => {
    expect({
      perEventBps: await vaultConstant('EVENT_BPS'),
      perDayBps: await vaultConstant('DAY_BPS'),
      perMonthBps: await vaultConstant('MONTH_BPS'),
      floorBps: await vaultConstant('FLOOR_BPS'),
    }).toMatchObject(POLICY.backstop);
    expect(AUCTION_TERMS.startDiscountBps).toBeLessThanOrEqual(await vaultConstant('DISCOUNT_MAX_BPS'));
    expect(AUCTION_TERMS.endDiscountBps).toBeGreaterThanOrEqual(await vaultConstant('DISCOUNT_MIN_BPS'));
    expect(AUCTION_TERMS.durationSec).toBeGreaterThanOrEqual(await vaultConstant('DURATION_MIN'));
    expect(AUCTION_TERMS.durationSec).toBeLessThanOrEqual(await vaultConstant('DURATION_MAX'));
  });
});
