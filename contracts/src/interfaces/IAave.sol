// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The parts of Aave v3.6 that the adapter and the fillers use.
interface IAavePool {
    /// @notice Packed reserve configuration: LTV in bits 0-15, liquidation threshold 16-31, bonus 32-47, frozen 57.
    function getConfiguration(address asset) external view returns (uint256);
    function getReserveVariableDebtToken(address asset) external view returns (address);
    function liquidationCall(address collateral, address debt, address user, uint256 debtToCover, bool receiveAToken)
        external;
}

interface IAavePoolConfigurator {
    function configureReserveAsCollateral(address asset, uint256 ltv, uint256 lt, uint256 bonus) external;
    function getPendingLtv(address asset) external view returns (uint256);
}
