// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Regime} from "./interfaces/IEvaluationRegistry.sol";

/// @title The regime after each accepted evaluation: a pure function of the last regime and the last three readings.
/// @notice Worse readings raise the regime at once. A severe one is left only past the safety level plus the margin,
/// first to RECOVERY, and to GREEN after a dwell without a gap. The same rule as the pure one that judges off chain.
/// @dev Not here yet: the tests of EMERGENCY that need more than the threshold (time-weighted depth, leaving out the
/// largest provider and account, agreement of price sources). Attesters check them before they sign.
library RegimeRule {
    /// @notice Levels in 1e6 fractions, times in seconds. A gap is longer than `maxGap` between two readings.
    struct Levels {
        uint32 safety;
        uint32 critical;
        uint32 margin;
        uint32 dwell;
        uint32 maxGap;
    }

    /// @notice One published reading; `exists` is false where the history is shorter.
    struct Reading {
        uint32 threshold;
        uint64 blockNumber;
        uint64 time;
        bool exists;
    }

    /// @notice `clearSince` is 0 when the newest reading was not past the level plus the margin.
    struct State {
        Regime regime;
        uint64 clearSince;
    }

    /// @notice Blocks between the two snapshots that together prove an emergency.
    uint64 internal constant EMERGENCY_BLOCKS = 5;

    /// @param last The three newest readings, newest first.
    function next(State memory state, Reading[3] memory last, Levels memory levels)
        internal
        pure
        returns (State memory)
    {
        uint64 clear = _clearSince(state, last, levels);
        if (_isEmergency(last, levels)) return State(Regime.EMERGENCY, clear);
        if (_isTighten(last, levels)) {
            return State(state.regime == Regime.EMERGENCY ? Regime.EMERGENCY : Regime.TIGHTEN, clear);
        }
        bool restrained = state.regime != Regime.GREEN && state.regime != Regime.WATCH;
        if (restrained) return State(_afterRestraint(state.regime, last[0].time, clear, levels), clear);
        return State(last[0].threshold < levels.safety ? Regime.WATCH : Regime.GREEN, clear);
    }

    function _clearSince(State memory state, Reading[3] memory last, Levels memory levels) private pure returns (uint64) {
        if (last[0].threshold < levels.safety + levels.margin) return 0;
        bool gap = !last[1].exists || last[0].time - last[1].time > levels.maxGap;
        return gap || state.clearSince == 0 ? last[0].time : state.clearSince;
    }

    function _isEmergency(Reading[3] memory last, Levels memory levels) private pure returns (bool) {
        bool critical = last[1].exists && last[0].threshold < levels.critical && last[1].threshold < levels.critical;
        return critical && last[0].blockNumber - last[1].blockNumber >= EMERGENCY_BLOCKS;
    }

    function _isTighten(Reading[3] memory last, Levels memory levels) private pure returns (bool) {
        if (last[0].threshold < levels.critical) return true;
        uint256 below;
        for (uint256 i = 0; i < 3; ++i) {
            if (last[i].exists && last[i].threshold < levels.safety) ++below;
        }
        return below >= 2;
    }

    function _afterRestraint(Regime regime, uint64 time, uint64 clear, Levels memory levels) private pure returns (Regime) {
        if (clear == 0) return regime == Regime.RECOVERY ? Regime.TIGHTEN : regime;
        return time - clear >= levels.dwell ? Regime.GREEN : Regime.RECOVERY;
    }
}
