// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AggregatorV3Interface} from "./interfaces/AggregatorV3Interface.sol";

/// @title The lowest and highest of several price feeds, in USD with 18 decimals.
/// @notice A feed that is old, fails or is not positive is left out; without one left there is no price, and feeds that
/// differ by more than 3 % at the same time give none either.
/// @dev Not here yet: the pool's own spot and 30-minute mean as further sources.
library FeedSet {
    uint256 internal constant MAX_SPREAD_BPS = 300;

    error NoFreshFeed(address asset);
    error FeedsDiverge(uint256 lowest, uint256 highest);
    error FeedsInvalid(uint256 count, uint32 maxAge);

    struct Feeds {
        AggregatorV3Interface[] list;
        uint32 maxAge;
    }

    function set(Feeds storage feeds, AggregatorV3Interface[] calldata list, uint32 maxAge) internal {
        if (list.length == 0 || list.length > 8 || maxAge == 0) revert FeedsInvalid(list.length, maxAge);
        feeds.list = list;
        feeds.maxAge = maxAge;
    }

    function range(Feeds storage feeds, address asset) internal view returns (uint256 lowest, uint256 highest) {
        lowest = type(uint256).max;
        for (uint256 i = 0; i < feeds.list.length; ++i) {
            uint256 price = _fresh(feeds.list[i], feeds.maxAge);
            if (price == 0) continue;
            if (price < lowest) lowest = price;
            if (price > highest) highest = price;
        }
        if (highest == 0) revert NoFreshFeed(asset);
        if ((highest - lowest) * 10_000 > highest * MAX_SPREAD_BPS) revert FeedsDiverge(lowest, highest);
    }

    /// @dev 0 when the feed gives no usable price.
    function _fresh(AggregatorV3Interface feed, uint32 maxAge) private view returns (uint256) {
        try feed.latestRoundData() returns (uint80, int256 answer, uint256, uint256 updatedAt, uint80) {
            bool usable = answer > 0 && updatedAt <= block.timestamp && block.timestamp - updatedAt <= maxAge;
            return usable ? (uint256(answer) * 1e18) / 10 ** feed.decimals() : 0;
        } catch {
            return 0;
        }
    }
}
