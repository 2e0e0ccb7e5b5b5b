import { parseAbi } from 'viem';

/** What the deployer, the agents and the readers of the local world call on the market. */
export const aavePoolAbi = parseAbi([
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
  'function borrow(address asset, uint256 amount, uint256 interestRateMode, uint16 referralCode, address onBehalfOf)',
  'function repay(address asset, uint256 amount, uint256 interestRateMode, address onBehalfOf) returns (uint256)',
  'function liquidationCall(address collateralAsset, address debtAsset, address borrower, uint256 debtToCover, bool receiveAToken)',
  'function setUserEMode(uint8 categoryId)',
  'function getUserAccountData(address user) view returns (uint256 totalCollateralBase, uint256 totalDebtBase, uint256 availableBorrowsBase, uint256 currentLiquidationThreshold, uint256 ltv, uint256 healthFactor)',
  'function getReserveDeficit(address asset) view returns (uint256)',
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
  'event DeficitCreated(address indexed user, address indexed debtAsset, uint256 amountCreated)',
]);

export const addressesProviderAbi = parseAbi([
  'function setPriceOracle(address)',
  'function setPoolImpl(address)',
  'function setPoolConfiguratorImpl(address)',
  'function setPoolDataProvider(address)',
  'function setACLAdmin(address)',
  'function setACLManager(address)',
  'function setAddress(bytes32 id, address newAddress)',
  'function getPool() view returns (address)',
  'function getPoolConfigurator() view returns (address)',
  'function transferOwnership(address)',
]);

export const configuratorAbi = parseAbi([
  'struct InitReserveInput { address aTokenImpl; address variableDebtTokenImpl; address underlyingAsset; string aTokenName; string aTokenSymbol; string variableDebtTokenName; string variableDebtTokenSymbol; bytes params; bytes interestRateData; }',
  'function initReserves(InitReserveInput[] input)',
  'function setReserveBorrowing(address asset, bool enabled)',
  'function configureReserveAsCollateral(address asset, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus)',
  'function setReserveFactor(address asset, uint256 newReserveFactor)',
  'function setLiquidationProtocolFee(address asset, uint256 newFee)',
  'function setEModeCategory(uint8 categoryId, uint16 ltv, uint16 liquidationThreshold, uint16 liquidationBonus, string label)',
  'function setAssetCollateralInEMode(address asset, uint8 categoryId, bool collateral)',
  'function setAssetBorrowableInEMode(address asset, uint8 categoryId, bool borrowable)',
]);

export const aclManagerAbi = parseAbi([
  'function addPoolAdmin(address admin)',
  'function removePoolAdmin(address admin)',
  'function addRiskAdmin(address admin)',
  'function addEmergencyAdmin(address admin)',
  'function grantRole(bytes32 role, address account)',
  'function renounceRole(bytes32 role, address account)',
  'function isPoolAdmin(address admin) view returns (bool)',
  'function isRiskAdmin(address admin) view returns (bool)',
  'function hasRole(bytes32 role, address account) view returns (bool)',
]);

export const poolReservesAbi = parseAbi([
  'function getReserveAToken(address asset) view returns (address)',
  'function getReserveVariableDebtToken(address asset) view returns (address)',
]);

export const priceFeedReadAbi = parseAbi(['function latestAnswer() view returns (int256)']);
