// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Exact rolling sums of amounts spent from a budget.
/// @notice Entries are kept in order of time; a sum walks back from the newest and stops at the window's edge. The
/// callers bound the number of entries in a window by a smallest amount per entry.
library DriftBucket {
    struct Entry {
        uint64 time;
        uint128 amount;
        bool reserved;
    }

    struct Bucket {
        Entry[] entries;
    }

    /// @notice Amount spent in the last `window` seconds, and the part of it that used the ordinary budget.
    function spent(Bucket storage bucket, uint64 window) internal view returns (uint256 total, uint256 ordinary) {
        for (uint256 i = bucket.entries.length; i > 0; --i) {
            Entry storage entry = bucket.entries[i - 1];
            if (uint256(entry.time) + window <= block.timestamp) break;
            total += entry.amount;
            if (!entry.reserved) ordinary += entry.amount;
        }
    }

    function add(Bucket storage bucket, uint128 amount, bool reserved) internal {
        bucket.entries.push(Entry(uint64(block.timestamp), amount, reserved));
    }

    /// @notice Replaces the amount of the newest entry, once it is known what was really spent.
    function amendNewest(Bucket storage bucket, uint128 amount) internal {
        bucket.entries[bucket.entries.length - 1].amount = amount;
    }
}
