import {
  encodeDeployData,
  encodeFunctionData,
  keccak256,
  stringToHex,
  type Address,
  type Hex,
  type PrivateKeyAccount,
} from 'viem';
import { aaveDebtMeterAbi, aaveDebtMeterBytecode } from '#contracts/aave-debt-meter';
import { aaveMarginAdapterAbi, aaveMarginAdapterBytecode } from '#contracts/aave-margin-adapter';
import { accessManagerAbi, accessManagerBytecode } from '#contracts/access-manager';
import { backstopVaultAbi, backstopVaultBytecode } from '#contracts/backstop-vault';
import { coalitionTokenAbi, coalitionTokenBytecode } from '#contracts/coalition-token';
import { evaluationRegistryAbi, evaluationRegistryBytecode } from '#contracts/evaluation-registry';
import { liquidationFillerAbi, liquidationFillerBytecode } from '#contracts/liquidation-filler';
import { marginGuardAbi, marginGuardBytecode } from '#contracts/margin-guard';
import { openExecutorAbi, openExecutorBytecode } from '#contracts/open-executor';
import { safeGuardAbi, safeGuardBytecode } from '#contracts/safe-guard';
import { POLICY } from '#libs/governance/index';
import { delayRules, ROLE, safePermissions } from '#libs/protocol/index';
import type { AaveMarket } from '../aave/deploy.js';
import type { WorldPlan } from '../plan/plan.js';
import { rawAmount } from './amounts.js';
import { grantRights, type Governed, type Holders } from './authority.js';
import type { BatchSender } from './batch-sender.js';
import type { Tokens } from './tokens.js';

export interface CoalitionInput {
  readonly deployer: PrivateKeyAccount;
  readonly plan: WorldPlan;
  readonly tokens: Tokens;
  readonly feeds: ReadonlyMap<string, Address>;
  readonly market: AaveMarket;
  readonly engineVersion: Hex;
  readonly attesters: { readonly signers: readonly Address[]; readonly threshold: number };
  readonly holders: Holders;
  readonly multiSendCallOnly: Address;
  readonly voters: readonly { readonly account: PrivateKeyAccount; readonly tokens: number }[];
}

export interface Coalition extends Governed {
  readonly aaveMarginAdapter: Address;
  readonly coalitionToken: Address;
  readonly aaveDebtMeter: Address;
  readonly liquidationFiller: Address;
  readonly safeGuards: { readonly responder: Address; readonly council: Address };
}

/** The registry judges by the same numbers as the policy. Thresholds are fractions of 1e6, times are seconds. */
const REGISTRY_CONFIG = {
  safetyLevel: Math.round(POLICY.safetyLevel * 1e6),
  criticalLevel: Math.round(POLICY.criticalLevel * 1e6),
  recoveryMargin: Math.round(POLICY.relaxMargin * 1e6),
  recoveryDwell: POLICY.dwellSec,
  maxImprovementPerHour: 50_000,
  maxInputAge: POLICY.maxEvaluationAgeSec,
  heartbeat: POLICY.maxReadingAgeSec,
} as const;

/** A return towards the baseline takes at most 0.1 pp per hour of blocks. */
const RAISE_BLOCKS = 1_800n;
const FEED_MAX_AGE_SEC = 3_600;
/** Most of each collateral the vault may hold, as a share of the fund. */
const HOLDING_SHARE = 0.25;

/** Member ids on chain: ASCII, left-aligned. */
export function memberId(member: string): Hex {
  return stringToHex(member, { size: 32 });
}

/** Our contracts with every right wired through the AccessManager, the members and collaterals listed. */
export async function deployCoalition(sender: BatchSender, input: CoalitionInput): Promise<Coalition> {
  const { deployer, holders } = input;
  const create: Create = (label, data) => sender.send(deployer, { label, data });
  const governed = createGoverned(create, input);
  const around = createAround(create, governed, input);
  await sender.flush();
  grantRights(sender, deployer, { governed, holders });
  const guard = async (role: bigint, safe: Address): Promise<Address> =>
    create(`SafeGuard of ${safe}`, await guardData(sender, { governed, input, role, safe }));
  const safeGuards = {
    responder: await guard(ROLE.responder, holders.responder),
    council: await guard(ROLE.council, holders.council),
  };
  await sender.flush();
  const coalition = { ...governed, ...around, safeGuards };
  list(sender, coalition, input);
  delegate(sender, coalition.coalitionToken, input);
  await sender.flush();
  return coalition;
}

/** Queues a creation and tells its address. */
type Create = (label: string, data: Hex) => Address;

/** The contracts whose functions the AccessManager guards. */
function createGoverned(create: Create, input: CoalitionInput): Governed {
  const managerArgs = [input.deployer.address] as const;
  const accessManager = create(
    'AccessManager',
    encodeDeployData({ abi: accessManagerAbi, bytecode: accessManagerBytecode, args: managerArgs }),
  );
  const evaluationRegistry = create('EvaluationRegistry', registryData(accessManager, input));
  const guardArgs = [accessManager, evaluationRegistry] as const;
  const marginGuard = create(
    'MarginGuard',
    encodeDeployData({ abi: marginGuardAbi, bytecode: marginGuardBytecode, args: guardArgs }),
  );
  const quote = [...input.tokens.values()].find(({ kind }) => kind === 'stable') as { address: Address };
  const vaultArgs = [accessManager, evaluationRegistry, quote.address] as const;
  const backstopVault = create(
    'BackstopVault',
    encodeDeployData({ abi: backstopVaultAbi, bytecode: backstopVaultBytecode, args: vaultArgs }),
  );
  const partial = {
    accessManager,
    evaluationRegistry,
    marginGuard,
    backstopVault,
    openExecutor: accessManager,
  };
  const executorArgs = [accessManager, delayRules(partial)] as const;
  const openExecutor = create(
    'OpenExecutor',
    encodeDeployData({ abi: openExecutorAbi, bytecode: openExecutorBytecode, args: executorArgs }),
  );
  return { ...partial, openExecutor };
}

/** The contracts that connect the governed ones to the member and to the voters. */
function createAround(
  create: Create,
  { marginGuard, backstopVault }: Governed,
  input: CoalitionInput,
): Pick<Coalition, 'aaveMarginAdapter' | 'aaveDebtMeter' | 'liquidationFiller' | 'coalitionToken'> {
  const { pool, poolConfigurator } = input.market;
  const adapterArgs = [
    memberId(input.plan.member),
    marginGuard,
    pool,
    poolConfigurator,
    RAISE_BLOCKS,
  ] as const;
  return {
    aaveMarginAdapter: create(
      'AaveMarginAdapter',
      encodeDeployData({ abi: aaveMarginAdapterAbi, bytecode: aaveMarginAdapterBytecode, args: adapterArgs }),
    ),
    aaveDebtMeter: create(
      'AaveDebtMeter',
      encodeDeployData({ abi: aaveDebtMeterAbi, bytecode: aaveDebtMeterBytecode, args: [pool] }),
    ),
    liquidationFiller: create(
      'LiquidationFiller',
      encodeDeployData({
        abi: liquidationFillerAbi,
        bytecode: liquidationFillerBytecode,
        args: [backstopVault, pool],
      }),
    ),
    coalitionToken: create('CoalitionToken', tokenData(input)),
  };
}

function registryData(accessManager: Address, { engineVersion, attesters }: CoalitionInput): Hex {
  const signers = [...attesters.signers].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return encodeDeployData({
    abi: evaluationRegistryAbi,
    bytecode: evaluationRegistryBytecode,
    args: [accessManager, REGISTRY_CONFIG, engineVersion, signers, attesters.threshold],
  });
}

function tokenData({ voters }: CoalitionInput): Hex {
  const amounts = voters.map(({ tokens }) => rawAmount(tokens, 18));
  return encodeDeployData({
    abi: coalitionTokenAbi,
    bytecode: coalitionTokenBytecode,
    args: ['https://sovereign-risk.example/dao.json', voters.map(({ account }) => account.address), amounts],
  });
}

interface GuardInput {
  readonly governed: Governed;
  readonly input: CoalitionInput;
  readonly role: bigint;
  readonly safe: Address;
}

async function guardData(sender: BatchSender, { governed, input, role, safe }: GuardInput): Promise<Hex> {
  const code = await sender.client.getCode({ address: input.multiSendCallOnly });
  const args = [
    safe,
    input.multiSendCallOnly,
    keccak256(code ?? '0x'),
    safePermissions(governed, role),
  ] as const;
  return encodeDeployData({ abi: safeGuardAbi, bytecode: safeGuardBytecode, args });
}

/** How far below the voted values a fast call may ever go. */
const FLOOR_BELOW_BPS = 1_000;

function list(
  sender: BatchSender,
  coalition: Coalition,
  { deployer, plan, tokens, feeds }: CoalitionInput,
): void {
  const call = (label: string, to: Address, data: Hex): void =>
    void sender.send(deployer, { label, to, data });
  const id = memberId(plan.member);
  const volatile = [...tokens.values()].filter(({ kind }) => kind !== 'stable');
  const lent = volatile.reduce((sum, { reserve }) => sum + reserve.supplyUsd, 0);
  for (const token of volatile) {
    const { ltvBps, ltBps, bonusBps, supplyUsd } = token.reserve;
    const baseline = {
      ltvBps,
      ltBps,
      bonusBps,
      floorLtvBps: ltvBps - FLOOR_BELOW_BPS,
      floorLtBps: ltBps - FLOOR_BELOW_BPS,
      weightBps: Math.round((supplyUsd / lent) * 10_000),
    };
    call(
      `baseline ${token.id}`,
      coalition.marginGuard,
      encodeFunctionData({
        abi: marginGuardAbi,
        functionName: 'setBaseline',
        args: [id, token.address, baseline, 0],
      }),
    );
  }
  call(
    'member',
    coalition.backstopVault,
    encodeFunctionData({
      abi: backstopVaultAbi,
      functionName: 'setMember',
      args: [id, coalition.aaveDebtMeter],
    }),
  );
  for (const token of tokens.values()) {
    const cap =
      token.kind === 'stable'
        ? 0n
        : rawAmount((plan.backstopUsd * HOLDING_SHARE) / token.priceUsd, token.decimals);
    const data = encodeFunctionData({
      abi: backstopVaultAbi,
      functionName: 'setCollateral',
      args: [
        token.address,
        cap,
        [feeds.get(token.id) as Address],
        token.kind === 'stable' ? 2 ** 32 - 1 : FEED_MAX_AGE_SEC,
      ],
    });
    call(`collateral ${token.id}`, coalition.backstopVault, data);
  }
}

function delegate(sender: BatchSender, coalitionToken: Address, { voters }: CoalitionInput): void {
  for (const { account } of voters) {
    sender.send(account, {
      label: 'delegate',
      to: coalitionToken,
      data: encodeFunctionData({ abi: coalitionTokenAbi, functionName: 'delegate', args: [account.address] }),
    });
  }
}
