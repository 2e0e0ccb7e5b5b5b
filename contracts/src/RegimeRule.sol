// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Regime} from "./interfaces/IEvaluationRegistry.sol";

/// @title The regime after each accepted evaluation: a pure function of the last regime and the last three readings.
/// @notice Worse readings raise the regime at once. It eases only past the level plus the margin, and reaches GREEN
/// only through RECOVERY, after the dwell time.
/// @dev Not here yet: the robustness tests of EMERGENCY that need more than the threshold (time-weighted depth,
/// leaving out the largest provider and account, agreement of price sources). They are checked by the attesters
/// before they sign.
library RegimeRule {
    /// @notice Levels in 1e6 fractions, times in seconds.
    struct Levels {
        uint32 safety;
        uint32 critical;
        uint32 margin;
        uint32 dwell;
    }

    /// @notice Blocks between the two snapshots that together prove an emergency.
    uint64 internal constant EMERGENCY_BLOCKS = 5;

    /// @notice One published reading.
    struct Reading {
        uint32 threshold;
        uint64 blockNumber;
        bool exists;
    }

    struct State {
        Regime regime;
        uint64 recoverySince;
    }

    /// @param last The three newest readings, newest first; `exists` is false where the history is shorter.
    function next(State memory state, Reading[3] memory last, Levels memory levels, uint64 time)
        internal
        pure
        returns (State memory)
    {
        Regime raised = _raised(last, levels);
        if (raised == Regime.EMERGENCY || raised == Regime.TIGHTEN) return _severe(state, raised, last[0], levels);
        bool past = last[0].threshold >= levels.safety + levels.margin;
        if (state.regime == Regime.GREEN) return State(raised, 0);
        if (!past) return _notPast(state, raised, time);
        if (state.regime != Regime.RECOVERY) return State(Regime.RECOVERY, time);
        if (time - state.recoverySince >= levels.dwell) return State(Regime.GREEN, 0);
        return state;
    }

    /// @notice What the readings alone ask for.
    function _raised(Reading[3] memory last, Levels memory levels) private pure returns (Regime) {
        bool critical = last[0].threshold < levels.critical && last[1].exists && last[1].threshold < levels.critical
            && last[0].blockNumber - last[1].blockNumber >= EMERGENCY_BLOCKS;
        if (critical) return Regime.EMERGENCY;
        uint256 below;
        for (uint256 i = 0; i < 3; ++i) {
            if (last[i].exists && last[i].threshold < levels.safety) ++below;
        }
        if (below >= 2) return Regime.TIGHTEN;
        return last[0].threshold < levels.safety ? Regime.WATCH : Regime.GREEN;
    }

    /// @notice An emergency eases to TIGHTEN only past the critical level plus the margin.
    function _severe(State memory state, Regime raised, Reading memory newest, Levels memory levels)
        private
        pure
        returns (State memory)
    {
        bool stays = state.regime == Regime.EMERGENCY && newest.threshold < levels.critical + levels.margin;
        return State(stays ? Regime.EMERGENCY : raised, 0);
    }

    /// @notice Not past the level plus the margin: the regime stays, and a recovery starts its dwell again.
    function _notPast(State memory state, Regime raised, uint64 time) private pure returns (State memory) {
        if (state.regime != Regime.RECOVERY) return state;
        return raised == Regime.WATCH ? State(Regime.WATCH, 0) : State(Regime.RECOVERY, time);
    }
}
