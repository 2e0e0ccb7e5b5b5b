// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Whoever sells seized collateral to the vault.
interface IBackstopFiller {
    /// @notice Called after the vault has paid. Before it returns, debt of the member must be repaid (a liquidation does
    /// it) and the vault must be approved to take `amount` of the collateral.
    function onBackstopFill(address collateral, uint256 amount, uint256 paid, bytes calldata data) external;
}
