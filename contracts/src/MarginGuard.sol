// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {DriftBucket} from "./DriftBucket.sol";
import {FastAuthority, FastPath} from "./FastPath.sol";
import {IEvaluationRegistry, Regime} from "./interfaces/IEvaluationRegistry.sol";
import {IMarginGuard, Margin, MarginStatus} from "./interfaces/IMarginGuard.sol";

/// @title The margins of the coalition's members, inside limits that no key can widen.
/// @notice Tightening is fast and small: a step limit by regime, a rolling budget of drift, an interval, absolute
/// floors, a ramp for existing positions. It never loosens, and lapses: after its time to live a value returns slowly
/// to the voted baseline, with every off-chain process dead. Voted changes come through the delayed executor.
/// @dev Loan to value acts on new debt and changes at once; the liquidation threshold acts on existing debt and ramps.
/// Not here yet: renewal of an intervention, the guardians' veto, the pause that holds a return, and the gate on
/// liquidations that a change would itself cause (co-signers check it before they sign).
contract MarginGuard is IMarginGuard, AccessManaged, FastPath {
    using DriftBucket for DriftBucket.Bucket;

    /// @param member Member id: up to 31 ASCII characters, left-aligned.
    /// @param rampSec Seconds over which the liquidation threshold moves.
    struct TightenParams {
        bytes32 member;
        address asset;
        uint16 ltvBps;
        uint16 ltBps;
        uint32 rampSec;
    }

    /// @param floorLtvBps Value below which a fast call never goes.
    /// @param weightBps Share of the coalition's collateral that this item stands for, in the coalition-wide budget.
    struct Baseline {
        uint16 ltvBps;
        uint16 ltBps;
        uint16 bonusBps;
        uint16 floorLtvBps;
        uint16 floorLtBps;
        uint16 weightBps;
    }

    /// @notice A value that moves on a straight line between two times.
    struct Ramp {
        uint16 from;
        uint16 to;
        uint64 start;
        uint64 end;
    }

    /// @dev The intervention in force, or the last one; `ttlEndsAt` is 0 when there was none.
    struct Item {
        Baseline baseline;
        Ramp baselineLt;
        Ramp heldLt;
        uint16 heldLtvBps;
        uint64 ttlEndsAt;
        uint64 lastTightenedAt;
        uint64 lastRaisedAt;
    }

    /// @notice What the fast path may still do, for the search of remedies.
    struct Budget {
        uint16 stepBps;
        uint16 driftLeftBps;
        uint16 coalitionLeftBps;
        uint16 floorLtvBps;
        uint16 floorLtBps;
        uint64 nextAllowedAt;
    }

    uint16 public constant ONE = 10_000;
    /// @notice Lowest floors any item may have.
    uint16 public constant ABSOLUTE_FLOOR_LTV_BPS = 500;
    uint16 public constant ABSOLUTE_FLOOR_LT_BPS = 1_000;
    /// @notice Largest step of one fast call, by regime, and the smallest that is worth one.
    uint16 public constant STEP_TIGHTEN_BPS = 50;
    uint16 public constant STEP_EMERGENCY_BPS = 200;
    uint16 public constant STEP_MIN_BPS = 5;
    /// @notice Drift per item in 30 days, counted gross, and the part only an emergency may use.
    uint16 public constant DRIFT_30D_BPS = 500;
    uint16 public constant DRIFT_RESERVED_BPS = 300;
    /// @notice Weighted drift of the whole coalition.
    uint16 public constant COALITION_24H_BPS = 300;
    uint16 public constant COALITION_30D_BPS = 500;
    uint64 public constant INTERVAL = 15 minutes;
    uint32 public constant RAMP_MIN = 1 hours;
    uint32 public constant RAMP_MAX = 24 hours;
    uint64 public constant TTL = 72 hours;
    /// @notice A loosening, by vote or by lapse: at most half a tightening step per day.
    uint16 public constant RAISE_BPS = STEP_TIGHTEN_BPS / 2;
    uint64 public constant RAISE_INTERVAL = 24 hours;

    mapping(bytes32 member => mapping(address asset => Item)) private _items;
    mapping(bytes32 member => mapping(address asset => DriftBucket.Bucket)) private _drift;
    /// @dev In basis points times weight in basis points.
    DriftBucket.Bucket private _coalitionDrift;

    event MarginTightened(
        bytes32 indexed member,
        address indexed asset,
        bytes32 indexed proposalId,
        uint16 ltvBps,
        uint16 ltFromBps,
        uint16 ltToBps,
        uint64 rampEndsAt,
        uint64 ttlEndsAt
    );
    event BaselineSet(bytes32 indexed member, address indexed asset, Baseline baseline, uint64 rampEndsAt);
    event InterventionEnded(bytes32 indexed member, address indexed asset, uint16 ltvBps, uint16 ltBps);

    error NotListed(bytes32 member, address asset);
    error JointRuleBroken(uint16 ltvBps, uint16 ltBps, uint16 bonusBps);
    error BelowFloor(uint16 ltvBps, uint16 ltBps, uint16 floorLtvBps, uint16 floorLtBps);
    error FloorInvalid(uint16 floorLtvBps, uint16 floorLtBps);
    error WeightInvalid(uint16 weightBps);
    error WouldLoosen(uint16 ltvBps, uint16 ltBps, uint16 ltvInForce, uint16 ltInForce);
    error StepOutOfRange(uint16 stepBps, uint16 smallest, uint16 largest);
    error DriftExceeded(uint256 stepBps, uint256 leftBps);
    error CoalitionDriftExceeded(uint256 stepBps, uint256 leftBps);
    error TooSoon(uint64 nextAllowedAt, uint256 time);
    error RampOutOfRange(uint32 rampSec, uint32 smallest, uint32 largest);
    error RaiseTooLarge(uint16 raiseBps, uint16 largest);
    error NoIntervention(bytes32 member, address asset);

    constructor(address authority, IEvaluationRegistry registry_) AccessManaged(authority) FastPath(registry_) {}

    /// @notice Class T: tightens one asset of one member at once, inside every limit. Role: Responder.
    function tighten(TightenParams calldata params, FastAuthority calldata authority) external restricted {
        Regime regime = _useAuthority(authority, hashTighten(params));
        Item storage item = _listed(params.member, params.asset);
        if (params.rampSec < RAMP_MIN || params.rampSec > RAMP_MAX) {
            revert RampOutOfRange(params.rampSec, RAMP_MIN, RAMP_MAX);
        }
        _checkValues(params.ltvBps, params.ltBps, item.baseline);
        uint16 step = _checkStep(item, params, regime);
        _spendDrift(params, item.baseline.weightBps, step, regime);
        _hold(item, params, authority.proposalId);
    }

    /// @notice Class S: sets every field of the voted baseline. Role: executor. The first call lists the asset.
    function setBaseline(bytes32 member, address asset, Baseline calldata baseline, uint32 rampSec) external restricted {
        _setBaseline(member, asset, baseline, rampSec);
    }

    /// @notice Classes R and S: moves the voted margins and leaves bonus, floors and weight. Role: executor.
    function moveBaseline(bytes32 member, address asset, uint16 ltvBps, uint16 ltBps, uint32 rampSec)
        external
        restricted
    {
        Baseline memory baseline = _listed(member, asset).baseline;
        baseline.ltvBps = ltvBps;
        baseline.ltBps = ltBps;
        _setBaseline(member, asset, baseline, rampSec);
    }

    /// @notice Ends an intervention that a vote rejected: the return to the baseline starts now. Role: executor.
    function endIntervention(bytes32 member, address asset) external restricted {
        Item storage item = _listed(member, asset);
        if (item.ttlEndsAt <= block.timestamp) revert NoIntervention(member, asset);
        (uint16 ltv, uint16 lt) = _values(item);
        uint64 time = uint64(block.timestamp);
        item.heldLt = Ramp(lt, lt, time, time);
        item.heldLtvBps = ltv;
        item.ttlEndsAt = time;
        emit InterventionEnded(member, asset, ltv, lt);
    }

    /// @inheritdoc IMarginGuard
    function current(bytes32 member, address asset) external view returns (Margin memory margin) {
        Item storage item = _items[member][asset];
        margin.stale = registry.isStale();
        if (item.baseline.ltBps == 0) return margin;
        (margin.ltvBps, margin.ltBps) = _values(item);
        margin.bonusBps = item.baseline.bonusBps;
        margin.ttlEndsAt = item.ttlEndsAt;
        bool below = margin.ltvBps < item.baseline.ltvBps || margin.ltBps < _value(item.baselineLt);
        if (block.timestamp < item.ttlEndsAt) margin.status = MarginStatus.TIGHTENED;
        else margin.status = item.ttlEndsAt != 0 && below ? MarginStatus.RETURNING : MarginStatus.BASELINE;
    }

    /// @notice The voted baseline of an item; zeros when it is not listed.
    function baselineOf(bytes32 member, address asset) external view returns (Baseline memory) {
        return _items[member][asset].baseline;
    }

    /// @notice What the fast path may still do under a regime; zeros when the item is not listed.
    function budget(bytes32 member, address asset, Regime regime) external view returns (Budget memory left) {
        Item storage item = _items[member][asset];
        if (item.baseline.ltBps == 0) return left;
        left.stepBps = _largestStep(regime);
        left.driftLeftBps = uint16(_driftLeft(_drift[member][asset], regime));
        uint256 weighted = _coalitionLeft() / item.baseline.weightBps;
        left.coalitionLeftBps = weighted > ONE ? ONE : uint16(weighted);
        left.floorLtvBps = item.baseline.floorLtvBps;
        left.floorLtBps = item.baseline.floorLtBps;
        left.nextAllowedAt = item.lastTightenedAt == 0 ? 0 : item.lastTightenedAt + INTERVAL;
    }

    /// @notice The payload hash that the authority of `tighten` must carry.
    function hashTighten(TightenParams calldata params) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), this.tighten.selector, params));
    }

    function _listed(bytes32 member, address asset) private view returns (Item storage item) {
        item = _items[member][asset];
        if (item.baseline.ltBps == 0) revert NotListed(member, asset);
    }

    /// @dev A raise is bounded and takes effect at once; a cut of the liquidation threshold ramps.
    function _setBaseline(bytes32 member, address asset, Baseline memory baseline, uint32 rampSec) private {
        _checkBaseline(baseline);
        Item storage item = _items[member][asset];
        bool listed = item.baseline.ltBps != 0;
        uint16 from = listed ? _value(item.baselineLt) : baseline.ltBps;
        if (listed) _checkRaise(item, baseline, from);
        bool cut = baseline.ltBps < from;
        if (cut && (rampSec < RAMP_MIN || rampSec > RAMP_MAX)) revert RampOutOfRange(rampSec, RAMP_MIN, RAMP_MAX);
        uint64 time = uint64(block.timestamp);
        item.baseline = baseline;
        item.baselineLt = Ramp(cut ? from : baseline.ltBps, baseline.ltBps, time, cut ? time + rampSec : time);
        emit BaselineSet(member, asset, baseline, item.baselineLt.end);
    }

    /// @dev The two rules that hold between fields: a loan may never be liquidatable when it is taken, and a
    /// liquidation at the threshold may never leave bad debt.
    function _checkJoint(uint16 ltv, uint16 lt, uint16 bonus) private pure {
        bool joint = ltv < lt && bonus > ONE && uint256(lt) * bonus <= uint256(ONE) * ONE;
        if (!joint) revert JointRuleBroken(ltv, lt, bonus);
    }

    function _checkValues(uint16 ltv, uint16 lt, Baseline storage baseline) private view {
        _checkJoint(ltv, lt, baseline.bonusBps);
        if (ltv < baseline.floorLtvBps || lt < baseline.floorLtBps) {
            revert BelowFloor(ltv, lt, baseline.floorLtvBps, baseline.floorLtBps);
        }
    }

    function _checkBaseline(Baseline memory baseline) private pure {
        _checkJoint(baseline.ltvBps, baseline.ltBps, baseline.bonusBps);
        if (baseline.floorLtvBps < ABSOLUTE_FLOOR_LTV_BPS || baseline.floorLtBps < ABSOLUTE_FLOOR_LT_BPS) {
            revert FloorInvalid(baseline.floorLtvBps, baseline.floorLtBps);
        }
        if (baseline.ltvBps < baseline.floorLtvBps || baseline.ltBps < baseline.floorLtBps) {
            revert BelowFloor(baseline.ltvBps, baseline.ltBps, baseline.floorLtvBps, baseline.floorLtBps);
        }
        if (baseline.weightBps == 0 || baseline.weightBps > ONE) revert WeightInvalid(baseline.weightBps);
    }

    function _checkRaise(Item storage item, Baseline memory baseline, uint16 ltFrom) private {
        uint16 raise = _max(_excess(baseline.ltvBps, item.baseline.ltvBps), _excess(baseline.ltBps, ltFrom));
        if (raise == 0) return;
        if (raise > RAISE_BPS) revert RaiseTooLarge(raise, RAISE_BPS);
        uint64 next = item.lastRaisedAt + RAISE_INTERVAL;
        if (block.timestamp < next) revert TooSoon(next, block.timestamp);
        item.lastRaisedAt = uint64(block.timestamp);
    }

    /// @dev Measured from the values promised so far, not from where a ramp stands: drift counts gross.
    function _checkStep(Item storage item, TightenParams calldata params, Regime regime) private view returns (uint16) {
        uint64 next = item.lastTightenedAt + INTERVAL;
        if (item.lastTightenedAt != 0 && block.timestamp < next) revert TooSoon(next, block.timestamp);
        (uint16 ltv, uint16 lt) = _promised(item);
        if (params.ltvBps > ltv || params.ltBps > lt) revert WouldLoosen(params.ltvBps, params.ltBps, ltv, lt);
        uint16 step = _max(ltv - params.ltvBps, lt - params.ltBps);
        uint16 largest = _largestStep(regime);
        if (step < STEP_MIN_BPS || step > largest) revert StepOutOfRange(step, STEP_MIN_BPS, largest);
        return step;
    }

    function _spendDrift(TightenParams calldata params, uint16 weight, uint16 step, Regime regime) private {
        DriftBucket.Bucket storage bucket = _drift[params.member][params.asset];
        uint256 left = _driftLeft(bucket, regime);
        if (step > left) revert DriftExceeded(step, left);
        uint256 weighted = uint256(step) * weight;
        uint256 coalitionLeft = _coalitionLeft();
        if (weighted > coalitionLeft) revert CoalitionDriftExceeded(step, coalitionLeft / weight);
        bucket.add(step, regime == Regime.EMERGENCY);
        _coalitionDrift.add(uint128(weighted), false);
    }

    /// @dev Outside an emergency only the unreserved part may be used; an emergency may use all that is left.
    function _driftLeft(DriftBucket.Bucket storage bucket, Regime regime) private view returns (uint256) {
        (uint256 total, uint256 ordinary) = bucket.spent(30 days);
        uint256 left = DRIFT_30D_BPS > total ? DRIFT_30D_BPS - total : 0;
        if (regime == Regime.EMERGENCY) return left;
        uint256 unreserved = DRIFT_30D_BPS - DRIFT_RESERVED_BPS;
        uint256 ordinaryLeft = unreserved > ordinary ? unreserved - ordinary : 0;
        return ordinaryLeft < left ? ordinaryLeft : left;
    }

    function _coalitionLeft() private view returns (uint256) {
        (uint256 day,) = _coalitionDrift.spent(24 hours);
        (uint256 month,) = _coalitionDrift.spent(30 days);
        uint256 dayLimit = uint256(COALITION_24H_BPS) * ONE;
        uint256 monthLimit = uint256(COALITION_30D_BPS) * ONE;
        uint256 dayLeft = dayLimit > day ? dayLimit - day : 0;
        uint256 monthLeft = monthLimit > month ? monthLimit - month : 0;
        return dayLeft < monthLeft ? dayLeft : monthLeft;
    }

    function _hold(Item storage item, TightenParams calldata params, bytes32 proposalId) private {
        (, uint16 lt) = _values(item);
        uint64 time = uint64(block.timestamp);
        item.heldLt = Ramp(lt, params.ltBps, time, time + params.rampSec);
        item.heldLtvBps = params.ltvBps;
        item.lastTightenedAt = time;
        item.ttlEndsAt = time + TTL;
        emit MarginTightened(
            params.member,
            params.asset,
            proposalId,
            params.ltvBps,
            lt,
            params.ltBps,
            time + params.rampSec,
            time + TTL
        );
    }

    /// @dev The values now: the stricter of the baseline and the intervention.
    function _values(Item storage item) private view returns (uint16 ltv, uint16 lt) {
        ltv = item.baseline.ltvBps;
        lt = _value(item.baselineLt);
        if (item.ttlEndsAt == 0) return (ltv, lt);
        uint256 returned = _returned(item.ttlEndsAt);
        ltv = _min(ltv, item.heldLtvBps + returned);
        lt = _min(lt, _value(item.heldLt) + returned);
    }

    /// @dev The values once every ramp has ended: what a further step is measured from.
    function _promised(Item storage item) private view returns (uint16 ltv, uint16 lt) {
        (ltv, lt) = _values(item);
        lt = _min(lt, item.baseline.ltBps);
        if (block.timestamp < item.ttlEndsAt) lt = _min(lt, item.heldLt.to);
    }

    /// @dev Basis points given back since the time to live ended: RAISE_BPS per day, half of it while the regime is severe.
    function _returned(uint64 ttlEndsAt) private view returns (uint256) {
        if (block.timestamp <= ttlEndsAt) return 0;
        uint256 severe = registry.severeSecondsAt(uint48(block.timestamp)) - registry.severeSecondsAt(uint48(ttlEndsAt));
        uint256 elapsed = block.timestamp - ttlEndsAt - severe / 2;
        return (elapsed * RAISE_BPS) / RAISE_INTERVAL;
    }

    function _value(Ramp storage ramp) private view returns (uint16) {
        if (block.timestamp >= ramp.end) return ramp.to;
        uint256 fall = uint256(ramp.from - ramp.to) * (block.timestamp - ramp.start);
        return ramp.from - uint16(fall / (ramp.end - ramp.start));
    }

    function _largestStep(Regime regime) private pure returns (uint16) {
        if (regime == Regime.EMERGENCY) return STEP_EMERGENCY_BPS;
        return regime == Regime.TIGHTEN ? STEP_TIGHTEN_BPS : 0;
    }

    function _excess(uint16 a, uint16 b) private pure returns (uint16) {
        return a > b ? a - b : 0;
    }

    function _max(uint16 a, uint16 b) private pure returns (uint16) {
        return a > b ? a : b;
    }

    function _min(uint16 a, uint256 b) private pure returns (uint16) {
        return a < b ? a : uint16(b);
    }
}
