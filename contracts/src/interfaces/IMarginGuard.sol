// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Where a margin comes from.
enum MarginStatus {
    UNLISTED,
    BASELINE,
    TIGHTENED,
    RETURNING
}

/// @notice The margin in force now. Fractions in basis points.
/// @param ltvBps Largest loan to value of new debt.
/// @param ltBps Liquidation threshold.
/// @param bonusBps What a liquidator receives per unit repaid; above 10,000.
/// @param status See MarginStatus.
/// @param stale Whether the risk readings behind it are stale.
/// @param ttlEndsAt End of the intervention in force; 0 without one.
struct Margin {
    uint16 ltvBps;
    uint16 ltBps;
    uint16 bonusBps;
    MarginStatus status;
    bool stale;
    uint64 ttlEndsAt;
}

/// @title The read face of MarginGuard for member protocols and adapters. Reads never revert.
interface IMarginGuard {
    /// @notice The margin of an asset at a member now; UNLISTED with zeros when it is not listed.
    function current(bytes32 member, address asset) external view returns (Margin memory);
}
