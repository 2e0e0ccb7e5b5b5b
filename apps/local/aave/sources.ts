import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { LocalWorldError } from '../local-error.js';

const AAVE = '@aave-dao/aave-v3-origin/src/contracts';

/** What the market needs, by contract name; everything else is reached by imports. */
export const ENTRY_FILES: Readonly<Record<string, string>> = {
  PoolAddressesProvider: `${AAVE}/protocol/configuration/PoolAddressesProvider.sol`,
  ACLManager: `${AAVE}/protocol/configuration/ACLManager.sol`,
  AaveOracle: `${AAVE}/misc/AaveOracle.sol`,
  DefaultReserveInterestRateStrategyV2: `${AAVE}/misc/DefaultReserveInterestRateStrategyV2.sol`,
  PoolInstance: `${AAVE}/instances/PoolInstance.sol`,
  PoolConfiguratorInstance: `${AAVE}/instances/PoolConfiguratorInstance.sol`,
  ATokenInstance: `${AAVE}/instances/ATokenInstance.sol`,
  VariableDebtTokenInstance: `${AAVE}/instances/VariableDebtTokenInstance.sol`,
  AaveProtocolDataProvider: `${AAVE}/helpers/AaveProtocolDataProvider.sol`,
  Errors: `${AAVE}/protocol/libraries/helpers/Errors.sol`,
  SupplyLogic: `${AAVE}/protocol/libraries/logic/SupplyLogic.sol`,
  BorrowLogic: `${AAVE}/protocol/libraries/logic/BorrowLogic.sol`,
  LiquidationLogic: `${AAVE}/protocol/libraries/logic/LiquidationLogic.sol`,
  PoolLogic: `${AAVE}/protocol/libraries/logic/PoolLogic.sol`,
  FlashLoanLogic: `${AAVE}/protocol/libraries/logic/FlashLoanLogic.sol`,
  ConfiguratorLogic: `${AAVE}/protocol/libraries/logic/ConfiguratorLogic.sol`,
};

export type SourceSet = Readonly<Record<string, { readonly content: string }>>;

/** The sources of the market and everything they import, by the path the compiler sees. */
export function aaveSources(): SourceSet {
  const sources: Record<string, { content: string }> = {};
  const open = [...Object.values(ENTRY_FILES)];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (sources[path] !== undefined) continue;
    const content = packageFile(remapped(path));
    sources[path] = { content };
    open.push(...importsOf(path, content));
  }
  return sources;
}

/** The sources name OpenZeppelin by the path their authors vendored it at. */
function remapped(path: string): string {
  return path
    .replace(/^openzeppelin-contracts(-upgradeable)?\/contracts\//, '@openzeppelin/contracts/')
    .replace(/^solidity-utils\//, '@bgd-labs/solidity-utils/src/');
}

const require = createRequire(import.meta.url);

function packageFile(path: string): string {
  const [scope, name, ...rest] = path.split('/');
  try {
    return readFileSync(join(dirname(require.resolve(`${scope}/${name}/package.json`)), ...rest), 'utf8');
  } catch (cause) {
    throw new LocalWorldError(
      'LOC-101',
      `The Aave source ${path} cannot be read. Run "npm ci": the local world compiles the market from the package @aave-dao/aave-v3-origin.`,
      { path },
      { cause },
    );
  }
}

function importsOf(path: string, content: string): string[] {
  const named = [...content.matchAll(/^\s*import\s+(?:[^'";]*?from\s+)?['"]([^'"]+)['"]/gm)].map(
    (match) => match[1] ?? '',
  );
  return named.map((target) =>
    target.startsWith('.') ? posix.normalize(posix.join(posix.dirname(path), target)) : target,
  );
}
