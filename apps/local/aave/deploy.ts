import {
  encodeAbiParameters,
  encodeDeployData,
  encodeFunctionData,
  parseAbiParameters,
  toHex,
  zeroAddress,
  zeroHash,
  type Address,
  type Hex,
  type PrivateKeyAccount,
} from 'viem';
import { LocalWorldError } from '../local-error.js';
import { mintTokens, type Token, type Tokens } from '../deploy/tokens.js';
import { approval } from '../deploy/approval.js';
import { rawAmount } from '../deploy/amounts.js';
import type { BatchSender } from '../deploy/batch-sender.js';
import {
  aavePoolAbi,
  aclManagerAbi,
  addressesProviderAbi,
  configuratorAbi,
  poolReservesAbi,
} from './abis.js';
import { linked, type Artifacts } from './compile.js';

export interface AaveInput {
  readonly artifacts: Artifacts;
  readonly deployer: PrivateKeyAccount;
  readonly supplier: PrivateKeyAccount;
  readonly tokens: Tokens;
  /** Price feed by asset id. */
  readonly feeds: ReadonlyMap<string, Address>;
  /** Receives the protocol's share of interest and liquidation bonuses. */
  readonly treasury: Address;
  /** Holds the insurance and may cover deficits. */
  readonly umbrella: PrivateKeyAccount;
  readonly insurance: { readonly asset: string; readonly usd: number };
}

export interface AaveMarket {
  readonly addressesProvider: Address;
  readonly pool: Address;
  readonly poolConfigurator: Address;
  readonly aclManager: Address;
  readonly oracle: Address;
  readonly dataProvider: Address;
  readonly reserves: readonly {
    readonly asset: string;
    readonly underlying: Address;
    readonly aToken: Address;
    readonly variableDebtToken: Address;
  }[];
  readonly eModes: readonly number[];
}

interface Core {
  readonly addressesProvider: Address;
  readonly aclManager: Address;
  readonly oracle: Address;
  readonly rateStrategy: Address;
}

/** The real Aave v3.6 market: libraries, pool, configurator, oracle, reserves, one e-mode, and suppliers' money in it. */
export async function deployAave(sender: BatchSender, input: AaveInput): Promise<AaveMarket> {
  const core = deployCore(sender, input);
  await sender.flush();
  const read = { address: core.addressesProvider, abi: addressesProviderAbi } as const;
  const [pool, poolConfigurator] = await Promise.all([
    sender.client.readContract({ ...read, functionName: 'getPool' }),
    sender.client.readContract({ ...read, functionName: 'getPoolConfigurator' }),
  ]);
  const dataProvider = listReserves(sender, input, { core, pool, poolConfigurator });
  await sender.flush();
  supplyLiquidity(sender, input, pool);
  const reserves = await Promise.all(
    [...input.tokens.values()].map(async (token) => {
      const reserve = { address: pool, abi: poolReservesAbi, args: [token.address] } as const;
      const [aToken, variableDebtToken] = await Promise.all([
        sender.client.readContract({ ...reserve, functionName: 'getReserveAToken' }),
        sender.client.readContract({ ...reserve, functionName: 'getReserveVariableDebtToken' }),
      ]);
      return { asset: token.id, underlying: token.address, aToken, variableDebtToken };
    }),
  );
  return { ...core, pool, poolConfigurator, dataProvider, reserves, eModes: [E_MODE.id] };
}

function creator(
  sender: BatchSender,
  { artifacts, deployer }: AaveInput,
  libraries: Record<string, Hex> = {},
) {
  return (name: string, args: readonly unknown[] = []): Address => {
    const artifact = artifacts[name];
    if (artifact === undefined)
      throw new LocalWorldError('LOC-102', `The compiled market holds no contract ${name}.`, { name });
    const data = encodeDeployData({ abi: artifact.abi, bytecode: linked(artifact, libraries), args });
    return sender.send(deployer, { label: `Aave ${name}`, data });
  };
}

function deployCore(sender: BatchSender, input: AaveInput): Core {
  const libraries: Record<string, Hex> = {};
  const create = creator(sender, input, libraries);
  for (const name of [
    'SupplyLogic',
    'BorrowLogic',
    'LiquidationLogic',
    'PoolLogic',
    'FlashLoanLogic',
    'ConfiguratorLogic',
  ])
    libraries[name] = create(name);
  const { deployer, tokens, feeds } = input;
  const addressesProvider = create('PoolAddressesProvider', ['aave-local', deployer.address]);
  const rateStrategy = create('DefaultReserveInterestRateStrategyV2', [addressesProvider]);
  const ids = [...tokens.keys()];
  const oracle = create('AaveOracle', [
    addressesProvider,
    ids.map((id) => tokens.get(id)?.address),
    ids.map((id) => feeds.get(id)),
    zeroAddress,
    zeroAddress,
    100_000_000n,
  ]);
  const pool = create('PoolInstance', [addressesProvider, rateStrategy]);
  const configurator = create('PoolConfiguratorInstance');
  const set = (
    functionName:
      'setPriceOracle' | 'setPoolImpl' | 'setPoolConfiguratorImpl' | 'setACLAdmin' | 'setACLManager',
    address: Address,
  ): void => {
    sender.send(deployer, {
      label: functionName,
      to: addressesProvider,
      gas: 3_000_000n,
      data: encodeFunctionData({ abi: addressesProviderAbi, functionName, args: [address] }),
    });
  };
  set('setPriceOracle', oracle);
  set('setPoolImpl', pool);
  set('setPoolConfiguratorImpl', configurator);
  set('setACLAdmin', deployer.address);
  const aclManager = create('ACLManager', [addressesProvider]);
  set('setACLManager', aclManager);
  sender.send(deployer, {
    label: 'addPoolAdmin',
    to: aclManager,
    data: encodeFunctionData({ abi: aclManagerAbi, functionName: 'addPoolAdmin', args: [deployer.address] }),
  });
  sender.send(deployer, {
    label: 'register umbrella',
    to: addressesProvider,
    data: encodeFunctionData({
      abi: addressesProviderAbi,
      functionName: 'setAddress',
      args: [keccakName('UMBRELLA'), input.umbrella.address],
    }),
  });
  return { addressesProvider, aclManager, oracle, rateStrategy };
}

/** The provider keys its addresses by the name as left-aligned bytes. */
function keccakName(name: string): Hex {
  return toHex(name, { size: 32 });
}

/** Optimal usage, base rate, slope before and after, in basis points. */
const RATES = encodeAbiParameters(parseAbiParameters('uint16, uint32, uint32, uint32'), [8000, 0, 400, 6000]);

/** ETH and BTC as collateral for stable debt at a higher threshold, as real markets offer it. */
const E_MODE = {
  id: 1,
  ltvBps: 9000,
  ltBps: 9200,
  bonusBps: 10250,
  label: 'majors',
  collateral: ['ETH', 'BTC'],
  borrowable: ['USDC'],
} as const;

function listReserves(
  sender: BatchSender,
  input: AaveInput,
  { core, pool, poolConfigurator }: { core: Core; pool: Address; poolConfigurator: Address },
): Address {
  const create = creator(sender, input);
  const aToken = create('ATokenInstance', [pool, zeroAddress, input.treasury]);
  const debtToken = create('VariableDebtTokenInstance', [pool, zeroAddress]);
  const dataProvider = create('AaveProtocolDataProvider', [core.addressesProvider]);
  sender.send(input.deployer, {
    label: 'setPoolDataProvider',
    to: core.addressesProvider,
    data: encodeFunctionData({
      abi: addressesProviderAbi,
      functionName: 'setPoolDataProvider',
      args: [dataProvider],
    }),
  });
  const configure = (data: Hex, gas = 400_000n): void => {
    sender.send(input.deployer, { label: `configure ${data.slice(0, 10)}`, to: poolConfigurator, data, gas });
  };
  const listed = [...input.tokens.values()];
  const initial = listed.map((token) => ({
    ...names(token),
    aTokenImpl: aToken,
    variableDebtTokenImpl: debtToken,
    underlyingAsset: token.address,
    params: '0x' as Hex,
    interestRateData: RATES,
  }));
  configure(
    encodeFunctionData({ abi: configuratorAbi, functionName: 'initReserves', args: [initial] }),
    12_000_000n,
  );
  for (const token of listed) for (const data of reserveCalls(token)) configure(data);
  for (const data of eModeCalls(input.tokens)) configure(data);
  return dataProvider;
}

function names({ symbol }: Token) {
  return {
    aTokenName: `Local Aave ${symbol}`,
    aTokenSymbol: `a${symbol}`,
    variableDebtTokenName: `Local Aave debt ${symbol}`,
    variableDebtTokenSymbol: `variableDebt${symbol}`,
  };
}

function reserveCalls({ address, reserve }: Token): Hex[] {
  const abi = configuratorAbi;
  return [
    encodeFunctionData({ abi, functionName: 'setReserveBorrowing', args: [address, true] }),
    encodeFunctionData({
      abi,
      functionName: 'configureReserveAsCollateral',
      args: [address, BigInt(reserve.ltvBps), BigInt(reserve.ltBps), BigInt(reserve.bonusBps)],
    }),
    encodeFunctionData({ abi, functionName: 'setReserveFactor', args: [address, 1000n] }),
    encodeFunctionData({
      abi,
      functionName: 'setLiquidationProtocolFee',
      args: [address, BigInt(reserve.protocolFeeBps)],
    }),
  ];
}

function eModeCalls(tokens: Tokens): Hex[] {
  const abi = configuratorAbi;
  const { id, ltvBps, ltBps, bonusBps, label, collateral, borrowable } = E_MODE;
  const address = (asset: string): Address => tokens.get(asset)?.address ?? zeroAddress;
  return [
    encodeFunctionData({ abi, functionName: 'setEModeCategory', args: [id, ltvBps, ltBps, bonusBps, label] }),
    ...collateral.map((asset) =>
      encodeFunctionData({
        abi,
        functionName: 'setAssetCollateralInEMode',
        args: [address(asset), id, true],
      }),
    ),
    ...borrowable.map((asset) =>
      encodeFunctionData({
        abi,
        functionName: 'setAssetBorrowableInEMode',
        args: [address(asset), id, true],
      }),
    ),
  ];
}

/** Lenders fill every reserve; the insurance sits in the market as well, as covering a deficit burns it there. */
function supplyLiquidity(
  sender: BatchSender,
  { deployer, supplier, umbrella, tokens, insurance }: AaveInput,
  pool: Address,
): void {
  const supply = (account: PrivateKeyAccount, token: Token, raw: bigint): void => {
    mintTokens(sender, deployer, { token, grants: [{ holder: account.address, raw }] });
    sender.send(account, approval(token.address, pool));
    sender.send(account, {
      label: `supply ${token.symbol}`,
      to: pool,
      data: encodeFunctionData({
        abi: aavePoolAbi,
        functionName: 'supply',
        args: [token.address, raw, account.address, 0],
      }),
    });
  };
  for (const token of tokens.values())
    supply(supplier, token, rawAmount(token.reserve.supplyUsd / token.priceUsd, token.decimals));
  const insured = tokens.get(insurance.asset);
  if (insured !== undefined && insurance.usd > 0)
    supply(umbrella, insured, rawAmount(insurance.usd / insured.priceUsd, insured.decimals));
}

/** The market leaves the deployer's hands: pool administration goes to the executor of voted operations. */
export interface Handover {
  readonly admin: Address;
  readonly riskAdmin: Address;
  readonly emergencyAdmin: Address;
}

export function handOverAave(
  sender: BatchSender,
  deployer: PrivateKeyAccount,
  { market, handover }: { readonly market: AaveMarket; readonly handover: Handover },
): void {
  const acl = (label: string, data: Hex): void =>
    void sender.send(deployer, { label, to: market.aclManager, data });
  const provider = (label: string, data: Hex): void =>
    void sender.send(deployer, { label, to: market.addressesProvider, data });
  const abi = aclManagerAbi;
  acl('addRiskAdmin', encodeFunctionData({ abi, functionName: 'addRiskAdmin', args: [handover.riskAdmin] }));
  acl(
    'addEmergencyAdmin',
    encodeFunctionData({ abi, functionName: 'addEmergencyAdmin', args: [handover.emergencyAdmin] }),
  );
  acl('addPoolAdmin', encodeFunctionData({ abi, functionName: 'addPoolAdmin', args: [handover.admin] }));
  acl(
    'grant default admin',
    encodeFunctionData({ abi, functionName: 'grantRole', args: [zeroHash, handover.admin] }),
  );
  acl(
    'removePoolAdmin',
    encodeFunctionData({ abi, functionName: 'removePoolAdmin', args: [deployer.address] }),
  );
  acl(
    'renounce default admin',
    encodeFunctionData({ abi, functionName: 'renounceRole', args: [zeroHash, deployer.address] }),
  );
  provider(
    'setACLAdmin',
    encodeFunctionData({ abi: addressesProviderAbi, functionName: 'setACLAdmin', args: [handover.admin] }),
  );
  provider(
    'transferOwnership',
    encodeFunctionData({
      abi: addressesProviderAbi,
      functionName: 'transferOwnership',
      args: [handover.admin],
    }),
  );
}
