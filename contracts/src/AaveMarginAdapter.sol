// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAavePool, IAavePoolConfigurator} from "./interfaces/IAave.sol";
import {IMarginGuard, Margin, MarginStatus} from "./interfaces/IMarginGuard.sol";

/// @title Applies MarginGuard's margins to an Aave v3.6 market, as one of its risk admins.
/// @notice Anyone may call `sync`. Tightening is applied at once, a return in steps of at most 0.1 pp with blocks
/// between them. What the member's own governance sets is remembered as its ceiling: the stricter of the two is in
/// force, and the adapter never raises a value above it.
/// @dev A frozen reserve keeps its LTV pending; that value is the one compared. Not here yet: e-mode categories
/// (which bypass a reserve's threshold), caps, and the gate on liquidations that a sync would itself cause.
contract AaveMarginAdapter {
    /// @notice LTV and liquidation threshold in basis points.
    struct Values {
        uint16 ltv;
        uint16 lt;
    }

    /// @param ceiling What the member's own governance set last.
    /// @param applied What this adapter set last, or saw first.
    struct Record {
        Values ceiling;
        Values applied;
        uint64 raisedAtBlock;
        bool known;
    }

    uint16 public constant RAISE_STEP_BPS = 10;

    bytes32 public immutable member;
    IMarginGuard public immutable guard;
    IAavePool public immutable pool;
    IAavePoolConfigurator public immutable configurator;
    /// @notice Blocks between two raising syncs of one asset.
    uint64 public immutable raiseBlocks;

    mapping(address asset => Record) private _records;

    event MarginSynced(address indexed asset, uint16 ltvFrom, uint16 ltFrom, uint16 ltvTo, uint16 ltTo);
    event MarginDiverged(address indexed asset, uint16 ltvApplied, uint16 ltApplied, uint16 ltvLive, uint16 ltLive);

    error NotCollateral(address asset);
    error NotListed(bytes32 member, address asset);
    error RaiseBlocksInvalid(uint64 raiseBlocks);

    constructor(
        bytes32 member_,
        IMarginGuard guard_,
        IAavePool pool_,
        IAavePoolConfigurator configurator_,
        uint64 raiseBlocks_
    ) {
        if (raiseBlocks_ == 0) revert RaiseBlocksInvalid(raiseBlocks_);
        member = member_;
        guard = guard_;
        pool = pool_;
        configurator = configurator_;
        raiseBlocks = raiseBlocks_;
    }

    /// @notice Brings the market to the guard's margin, as far as it may now. Returns whether anything changed.
    function sync(address asset) external returns (bool changed) {
        Margin memory own = guard.current(member, asset);
        if (own.status == MarginStatus.UNLISTED) revert NotListed(member, asset);
        (Values memory live, uint16 bonus) = liveValues(asset);
        if (live.lt == 0) revert NotCollateral(asset);
        Record storage record = _records[asset];
        _observe(asset, record, live);
        Values memory goal = Values(_min(own.ltvBps, record.ceiling.ltv), _min(own.ltBps, record.ceiling.lt));
        Values memory next = _next(record, live, goal);
        if (next.ltv == live.ltv && next.lt == live.lt) return false;
        record.applied = next;
        emit MarginSynced(asset, live.ltv, live.lt, next.ltv, next.lt);
        configurator.configureReserveAsCollateral(asset, next.ltv, next.lt, bonus);
        return true;
    }

    /// @notice What the market has now; the pending LTV of a frozen reserve.
    function liveValues(address asset) public view returns (Values memory live, uint16 bonus) {
        uint256 packed = pool.getConfiguration(asset);
        bool frozen = (packed >> 57) & 1 == 1;
        uint16 ltv = frozen ? uint16(configurator.getPendingLtv(asset)) : uint16(packed);
        return (Values(ltv, uint16(packed >> 16)), uint16(packed >> 32));
    }

    function recordOf(address asset) external view returns (Record memory) {
        return _records[asset];
    }

    /// @dev A live value that is not the one applied last was set by the member's own governance.
    function _observe(address asset, Record storage record, Values memory live) private {
        if (!record.known) {
            record.known = true;
            record.ceiling = live;
            record.applied = live;
            return;
        }
        Values memory applied = record.applied;
        if (live.ltv == applied.ltv && live.lt == applied.lt) return;
        emit MarginDiverged(asset, applied.ltv, applied.lt, live.ltv, live.lt);
        if (live.ltv != applied.ltv) record.ceiling.ltv = live.ltv;
        if (live.lt != applied.lt) record.ceiling.lt = live.lt;
        record.applied = live;
    }

    /// @dev Down to the goal at once; up by one step, and only when enough blocks have passed since the last raise. What
    /// was observed of the member stays recorded even when a raise must wait, so waiting is no revert.
    function _next(Record storage record, Values memory live, Values memory goal) private returns (Values memory) {
        Values memory next = Values(_step(live.ltv, goal.ltv), _step(live.lt, goal.lt));
        bool raises = next.ltv > live.ltv || next.lt > live.lt;
        if (!raises) return next;
        if (record.raisedAtBlock != 0 && block.number < uint256(record.raisedAtBlock) + raiseBlocks) {
            return Values(_min(next.ltv, live.ltv), _min(next.lt, live.lt));
        }
        record.raisedAtBlock = uint64(block.number);
        return next;
    }

    function _step(uint16 live, uint16 goal) private pure returns (uint16) {
        return goal <= live + RAISE_STEP_BPS ? goal : live + RAISE_STEP_BPS;
    }

    function _min(uint16 a, uint16 b) private pure returns (uint16) {
        return a < b ? a : b;
    }
}
