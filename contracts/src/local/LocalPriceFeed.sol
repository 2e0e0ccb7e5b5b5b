// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.26;

/// @title A price feed of the local world with the Chainlink face
/// @notice The pusher reports the price a venue showed `latencySec` ago. Both AggregatorV3 and the older V2 reads that
/// Aave's oracle uses are served.
contract LocalPriceFeed {
    error NotThePusher(address caller);
    error AnswerNotPositive(int256 answer);
    error NoSuchRound(uint80 roundId);

    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);
    event NewRound(uint256 indexed roundId, address indexed startedBy, uint256 startedAt);

    struct Round {
        int192 answer;
        uint64 updatedAt;
    }

    uint8 public constant decimals = 8;
    uint256 public constant version = 1;
    /// @notice Seconds between a price on the venue and its report here.
    uint32 public immutable latencySec;
    address public immutable pusher;
    string public description;
    uint80 private _latest;
    mapping(uint80 roundId => Round) private _rounds;

    constructor(string memory description_, uint32 latencySec_, address pusher_, int192 first) {
        description = description_;
        latencySec = latencySec_;
        pusher = pusher_;
        _push(first);
    }

    /// @notice Reports a price.
    /// @param answer USD per token, 8 decimals.
    function push(int192 answer) external {
        if (msg.sender != pusher) revert NotThePusher(msg.sender);
        _push(answer);
    }

    function latestAnswer() external view returns (int256) {
        return _rounds[_latest].answer;
    }

    function latestTimestamp() external view returns (uint256) {
        return _rounds[_latest].updatedAt;
    }

    function latestRound() external view returns (uint256) {
        return _latest;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return getRoundData(_latest);
    }

    function getRoundData(uint80 roundId) public view returns (uint80, int256, uint256, uint256, uint80) {
        Round memory round = _rounds[roundId];
        if (round.updatedAt == 0) revert NoSuchRound(roundId);
        return (roundId, round.answer, round.updatedAt, round.updatedAt, roundId);
    }

    function _push(int192 answer) private {
        if (answer <= 0) revert AnswerNotPositive(answer);
        uint80 roundId = ++_latest;
        _rounds[roundId] = Round(answer, uint64(block.timestamp));
        emit NewRound(roundId, msg.sender, block.timestamp);
        emit AnswerUpdated(answer, roundId, block.timestamp);
    }
}
