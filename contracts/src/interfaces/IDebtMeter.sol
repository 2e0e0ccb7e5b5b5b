// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What a member's borrowers owe: the vault's proof that a fill went with a repayment or a liquidation.
interface IDebtMeter {
    /// @notice All debt of an asset at the member, in units of the asset.
    function totalDebt(address asset) external view returns (uint256);
}
