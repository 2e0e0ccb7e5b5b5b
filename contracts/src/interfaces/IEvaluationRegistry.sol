// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice State of the coalition's risk, from mild to severe; RECOVERY lies between severe and GREEN.
enum Regime {
    GREEN,
    WATCH,
    TIGHTEN,
    EMERGENCY,
    RECOVERY
}

/// @notice What the SSF threshold of an evaluation means.
/// CROSSING: the smallest failing shock. ALREADY_FAILED: the coalition fails without a shock, the threshold is 0.
/// BEYOND_RANGE: no failing shock up to the largest one searched, which is then the threshold.
enum ThresholdStatus {
    CROSSING,
    ALREADY_FAILED,
    BEYOND_RANGE
}

/// @notice One attested evaluation. The order of the fields is the order of the EIP-712 type.
/// @param digest Digest of the published evaluation record.
/// @param parentDigest Digest of the evaluation accepted before; zero for the first.
/// @param inputsRoot Merkle root of the snapshot.
/// @param engineVersion Digest of the engine build that computed it.
/// @param attesterEpoch Number of the attester set that signs.
/// @param blockNumber Number of the pinned block the inputs were read at.
/// @param blockHash Hash of that block.
/// @param computedAt Timestamp of that block, seconds.
/// @param ssfThreshold Shock as a fraction times 1e6, rounded down.
/// @param thresholdStatus See ThresholdStatus.
/// @param lac5Usd USD (8 decimals) the pools absorb at a slippage of 5 %, rounded down.
/// @param lac10Usd The same at 10 %.
/// @param gexIndex Gamma exposure per 1 % over the volume that moves the price by 1 %, times 1e6.
/// @param gammaNeutralityPrice USD (8 decimals); 0 when there is no crossing.
/// @param haircutBreakpoint USD (8 decimals), rounded up; 0 when no price breaks the collateral.
struct Evaluation {
    bytes32 digest;
    bytes32 parentDigest;
    bytes32 inputsRoot;
    bytes32 engineVersion;
    uint64 attesterEpoch;
    uint64 blockNumber;
    bytes32 blockHash;
    uint64 computedAt;
    uint32 ssfThreshold;
    ThresholdStatus thresholdStatus;
    uint128 lac5Usd;
    uint128 lac10Usd;
    int128 gexIndex;
    uint128 gammaNeutralityPrice;
    uint128 haircutBreakpoint;
}

/// @notice What the registry adds to an evaluation when it accepts it.
/// @param acceptedAt Timestamp of acceptance.
/// @param publishedThreshold The threshold consumers read: the attested one, or less when the improvement was clamped.
/// @param clamped Whether it was.
/// @param regime Regime after this evaluation.
struct Acceptance {
    uint64 acceptedAt;
    uint32 publishedThreshold;
    bool clamped;
    Regime regime;
}

/// @title What other contracts read from the registry. No getter here reverts.
interface IEvaluationRegistry {
    /// @notice Digest and input time of the newest accepted evaluation; zeros before the first.
    function latestDigest() external view returns (bytes32 digest, uint64 computedAt);

    /// @notice Regime derived from the accepted evaluations; a stale registry is never GREEN.
    function regime() external view returns (Regime);

    /// @notice Whether the newest evaluation is older than the heartbeat, or there is none.
    function isStale() external view returns (bool);

    /// @notice Seconds until `timestamp` that the regime was TIGHTEN or EMERGENCY, since the registry began.
    function severeSecondsAt(uint48 timestamp) external view returns (uint256);
}
