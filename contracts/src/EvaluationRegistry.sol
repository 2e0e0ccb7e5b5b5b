// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Blockhash} from "@openzeppelin/contracts/utils/Blockhash.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {AggregatorV3Interface} from "./interfaces/AggregatorV3Interface.sol";
import {
    Acceptance,
    Evaluation,
    IEvaluationRegistry,
    Regime,
    ThresholdStatus
} from "./interfaces/IEvaluationRegistry.sol";
import {RegimeRule} from "./RegimeRule.sol";

/// @title The coalition's published risk readings.
/// @notice Anyone submits an evaluation that k of n attesters signed after computing it again themselves. Evaluations
/// form a chain over ever newer blocks: each names the one accepted before. The published threshold may get worse at once and improves by at
/// most a set amount per hour, so that stolen attester keys cannot tell consumers that all is suddenly well.
/// @dev Not here yet: the proof of `computedAt` from the block header (attesters sign it; here it must not lie in the
/// future nor before its parent's), proofs of single inputs against `inputsRoot`, getters in the style of other risk
/// oracles, and the public raising of WATCH by falling feeds.
contract EvaluationRegistry is IEvaluationRegistry, AggregatorV3Interface, AccessManaged, EIP712 {
    using Checkpoints for Checkpoints.Trace208;

    /// @param safetyLevel Threshold below which remedies are sought, times 1e6.
    /// @param criticalLevel Threshold below which two readings are an emergency, times 1e6.
    /// @param recoveryMargin Distance past a level at which a regime eases, times 1e6.
    /// @param recoveryDwell Seconds the recovery lasts before GREEN.
    /// @param maxImprovementPerHour Largest improvement of the published threshold per hour, times 1e6.
    /// @param maxInputAge Oldest inputs accepted, seconds.
    /// @param heartbeat Age of the newest inputs from which readings are stale, seconds.
    struct Config {
        uint32 safetyLevel;
        uint32 criticalLevel;
        uint32 recoveryMargin;
        uint32 recoveryDwell;
        uint32 maxImprovementPerHour;
        uint32 maxInputAge;
        uint32 heartbeat;
    }

    /// @notice Shocks are fractions of 1e6.
    uint32 public constant ONE = 1e6;

    bytes32 public constant EVALUATION_TYPEHASH = keccak256(
        "Evaluation(bytes32 digest,bytes32 parentDigest,bytes32 inputsRoot,bytes32 engineVersion,uint64 attesterEpoch,uint64 blockNumber,bytes32 blockHash,uint64 computedAt,uint32 ssfThreshold,uint8 thresholdStatus,uint128 lac5Usd,uint128 lac10Usd,int128 gexIndex,uint128 gammaNeutralityPrice,uint128 haircutBreakpoint)"
    );

    uint32 public immutable safetyLevel;
    uint32 public immutable criticalLevel;
    uint32 public immutable recoveryMargin;
    uint32 public immutable recoveryDwell;
    uint32 public immutable maxImprovementPerHour;
    uint32 public immutable maxInputAge;
    uint32 public immutable heartbeat;

    bytes32 public engineVersion;
    /// @notice Number of the current attester set; part of what attesters sign.
    uint64 public attesterEpoch;
    /// @notice Signatures an evaluation needs.
    uint8 public attesterThreshold;
    /// @notice Number of evaluations accepted; the id of the newest.
    uint80 public latestId;
    /// @notice Time of the inputs since which every reading was past the level plus the margin; 0 when the newest is not.
    uint64 public clearSince;

    address[] private _attesters;
    mapping(uint64 epoch => mapping(address account => bool)) private _isAttester;
    mapping(uint80 id => Evaluation) private _evaluations;
    mapping(uint80 id => Acceptance) private _acceptances;
    /// @notice Id under which a digest was accepted; 0 when it was not.
    mapping(bytes32 digest => uint80 id) public idOf;
    /// @dev Key: time of a switch; value: severe seconds until then, doubled, plus 1 when severe from then on.
    Checkpoints.Trace208 private _severity;

    event EvaluationAccepted(
        uint80 indexed id,
        bytes32 indexed digest,
        bytes32 parentDigest,
        bytes32 inputsRoot,
        uint64 blockNumber,
        uint32 ssfThreshold,
        uint32 publishedThreshold,
        bool clamped
    );
    event RegimeChanged(Regime indexed previous, Regime indexed current, uint80 indexed id);
    event AttestersChanged(uint64 indexed epoch, address[] attesters, uint8 threshold);
    event EngineVersionChanged(bytes32 previous, bytes32 current);
    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    error ConfigInvalid(Config given);
    error AttestersInvalid(uint256 count, uint8 threshold);
    error AttesterOrderInvalid(address previous, address current);
    error DigestInvalid(bytes32 digest);
    error DigestAlreadyAccepted(bytes32 digest, uint80 id);
    error ParentMismatch(bytes32 given, bytes32 latest);
    error EngineVersionMismatch(bytes32 given, bytes32 accepted);
    error AttesterEpochMismatch(uint64 given, uint64 current);
    error BlockNotNewer(uint64 given, uint64 latest);
    error BlockHashMismatch(uint64 blockNumber, bytes32 given, bytes32 onChain);
    error ComputedAtInvalid(uint64 given, uint64 earliest, uint64 latest);
    error ThresholdInvalid(uint32 threshold, ThresholdStatus status);
    error TooFewSignatures(uint256 given, uint8 needed);
    error SignerOrderInvalid(address previous, address current);
    error SignerNotAttester(address signer);
    error NoSuchRound(uint80 roundId);
    error StaleReading(uint64 computedAt, uint256 time);

    constructor(address authority, Config memory config, bytes32 engine, address[] memory attesters_, uint8 threshold)
        AccessManaged(authority)
        EIP712("SovereignRiskEvaluation", "1")
    {
        bool levels = config.criticalLevel > 0 && config.criticalLevel < config.safetyLevel
            && uint256(config.safetyLevel) + config.recoveryMargin < ONE;
        bool times = config.maxImprovementPerHour > 0 && config.maxInputAge > 0 && config.heartbeat >= config.maxInputAge;
        if (!levels || !times) revert ConfigInvalid(config);
        safetyLevel = config.safetyLevel;
        criticalLevel = config.criticalLevel;
        recoveryMargin = config.recoveryMargin;
        recoveryDwell = config.recoveryDwell;
        maxImprovementPerHour = config.maxImprovementPerHour;
        maxInputAge = config.maxInputAge;
        heartbeat = config.heartbeat;
        engineVersion = engine;
        _setAttesters(attesters_, threshold);
        emit EngineVersionChanged(0, engine);
    }

    /// @notice Accepts an evaluation signed by at least `attesterThreshold` attesters.
    /// @param signatures 65-byte signatures of the EIP-712 evaluation, ordered by ascending signer.
    function submit(Evaluation calldata evaluation, bytes[] calldata signatures) external returns (uint80 id) {
        _checkChain(evaluation);
        _checkInputs(evaluation);
        _checkSignatures(hashEvaluation(evaluation), signatures);
        id = ++latestId;
        _evaluations[id] = evaluation;
        idOf[evaluation.digest] = id;
        (uint32 published, bool clamped) = _publishable(id, evaluation.ssfThreshold);
        _acceptances[id] = Acceptance(uint64(block.timestamp), published, clamped, Regime.GREEN);
        _acceptances[id].regime = _advanceRegime(id);
        emit EvaluationAccepted(
            id,
            evaluation.digest,
            evaluation.parentDigest,
            evaluation.inputsRoot,
            evaluation.blockNumber,
            evaluation.ssfThreshold,
            published,
            clamped
        );
        emit AnswerUpdated(int256(uint256(published)), id, evaluation.computedAt);
    }

    /// @notice Replaces the attester set; signatures under the old set are void from then on.
    function setAttesters(address[] calldata attesters_, uint8 threshold) external restricted {
        _setAttesters(attesters_, threshold);
    }

    /// @notice Names the engine build whose evaluations are accepted.
    function setEngineVersion(bytes32 engine) external restricted {
        emit EngineVersionChanged(engineVersion, engine);
        engineVersion = engine;
    }

    /// @notice The EIP-712 hash that attesters sign.
    function hashEvaluation(Evaluation calldata evaluation) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(EVALUATION_TYPEHASH, evaluation)));
    }

    function attesters() external view returns (address[] memory) {
        return _attesters;
    }

    function isAttester(address account) external view returns (bool) {
        return _isAttester[attesterEpoch][account];
    }

    /// @notice The evaluation and acceptance of an id; zeros for an unknown id.
    function evaluationOf(uint80 id) external view returns (Evaluation memory, Acceptance memory) {
        return (_evaluations[id], _acceptances[id]);
    }

    /// @notice The newest evaluation with its acceptance; zeros before the first.
    function latest() external view returns (Evaluation memory, Acceptance memory) {
        return (_evaluations[latestId], _acceptances[latestId]);
    }

    /// @inheritdoc IEvaluationRegistry
    function latestDigest() external view returns (bytes32 digest, uint64 computedAt) {
        Evaluation storage newest = _evaluations[latestId];
        return (newest.digest, newest.computedAt);
    }

    /// @inheritdoc IEvaluationRegistry
    function regime() external view returns (Regime) {
        Regime recorded = _acceptances[latestId].regime;
        return recorded == Regime.GREEN && isStale() ? Regime.WATCH : recorded;
    }

    /// @inheritdoc IEvaluationRegistry
    function isStale() public view returns (bool) {
        return latestId == 0 || block.timestamp > uint256(_evaluations[latestId].computedAt) + heartbeat;
    }

    /// @inheritdoc IEvaluationRegistry
    function severeSecondsAt(uint48 timestamp) external view returns (uint256) {
        (bool found, uint48 since, uint208 packed) = _severityBefore(timestamp);
        if (!found) return 0;
        return (packed >> 1) + (packed & 1 == 1 ? timestamp - since : 0);
    }

    // The face of a price feed: the published SSF threshold with 6 decimals.

    function decimals() external pure returns (uint8) {
        return 6;
    }

    function description() external pure returns (string memory) {
        return "SSF threshold";
    }

    function version() external pure returns (uint256) {
        return 1;
    }

    /// @notice Never hides its age: `updatedAt` is the time of the inputs, whatever it is.
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return getRoundData(latestId);
    }

    function getRoundData(uint80 roundId) public view returns (uint80, int256, uint256, uint256, uint80) {
        if (roundId == 0 || roundId > latestId) revert NoSuchRound(roundId);
        uint256 time = _evaluations[roundId].computedAt;
        return (roundId, int256(uint256(_acceptances[roundId].publishedThreshold)), time, time, roundId);
    }

    /// @notice For consumers that do not look at the time: reverts rather than return an old value.
    function latestAnswer() external view returns (int256) {
        if (isStale()) revert StaleReading(_evaluations[latestId].computedAt, block.timestamp);
        return int256(uint256(_acceptances[latestId].publishedThreshold));
    }

    function latestTimestamp() external view returns (uint256) {
        return _evaluations[latestId].computedAt;
    }

    function _checkChain(Evaluation calldata evaluation) private view {
        if (evaluation.digest == 0) revert DigestInvalid(evaluation.digest);
        uint80 known = idOf[evaluation.digest];
        if (known != 0) revert DigestAlreadyAccepted(evaluation.digest, known);
        bytes32 parent = _evaluations[latestId].digest;
        if (evaluation.parentDigest != parent) revert ParentMismatch(evaluation.parentDigest, parent);
        if (evaluation.engineVersion != engineVersion) {
            revert EngineVersionMismatch(evaluation.engineVersion, engineVersion);
        }
        if (evaluation.attesterEpoch != attesterEpoch) {
            revert AttesterEpochMismatch(evaluation.attesterEpoch, attesterEpoch);
        }
    }

    function _checkInputs(Evaluation calldata evaluation) private view {
        Evaluation storage parent = _evaluations[latestId];
        if (evaluation.blockNumber <= parent.blockNumber) revert BlockNotNewer(evaluation.blockNumber, parent.blockNumber);
        bytes32 known = Blockhash.blockHash(evaluation.blockNumber);
        if (known == 0 || known != evaluation.blockHash) {
            revert BlockHashMismatch(evaluation.blockNumber, evaluation.blockHash, known);
        }
        uint64 time = uint64(block.timestamp);
        uint64 earliest = time > maxInputAge ? time - maxInputAge : 0;
        if (parent.computedAt > earliest) earliest = parent.computedAt;
        if (evaluation.computedAt < earliest || evaluation.computedAt > time) {
            revert ComputedAtInvalid(evaluation.computedAt, earliest, time);
        }
        _checkThreshold(evaluation.ssfThreshold, evaluation.thresholdStatus);
    }

    /// @dev A crossing may round down to 0; a failed coalition has exactly 0, and an unreached one more.
    function _checkThreshold(uint32 threshold, ThresholdStatus status) private pure {
        bool failed = status == ThresholdStatus.ALREADY_FAILED && threshold != 0;
        bool unreached = status == ThresholdStatus.BEYOND_RANGE && threshold == 0;
        if (threshold > ONE || failed || unreached) revert ThresholdInvalid(threshold, status);
    }

    function _checkSignatures(bytes32 hash, bytes[] calldata signatures) private view {
        if (signatures.length < attesterThreshold) revert TooFewSignatures(signatures.length, attesterThreshold);
        address previous = address(0);
        for (uint256 i = 0; i < signatures.length; ++i) {
            address signer = ECDSA.recoverCalldata(hash, signatures[i]);
            if (signer <= previous) revert SignerOrderInvalid(previous, signer);
            if (!_isAttester[attesterEpoch][signer]) revert SignerNotAttester(signer);
            previous = signer;
        }
    }

    /// @dev The allowance grows with the time since the last acceptance, so that many submissions improve no faster.
    function _publishable(uint80 id, uint32 threshold) private view returns (uint32, bool) {
        if (id == 1) return (threshold, false);
        Acceptance storage last = _acceptances[id - 1];
        uint256 allowance = (uint256(maxImprovementPerHour) * (block.timestamp - last.acceptedAt)) / 1 hours;
        uint256 ceiling = uint256(last.publishedThreshold) + allowance;
        return threshold > ceiling ? (uint32(ceiling), true) : (threshold, false);
    }

    function _advanceRegime(uint80 id) private returns (Regime) {
        Regime previous = _acceptances[id - 1].regime;
        RegimeRule.State memory state = RegimeRule.next(
            RegimeRule.State(previous, clearSince),
            [_reading(id), _reading(id > 1 ? id - 1 : 0), _reading(id > 2 ? id - 2 : 0)],
            RegimeRule.Levels(safetyLevel, criticalLevel, recoveryMargin, recoveryDwell, heartbeat)
        );
        clearSince = state.clearSince;
        _recordSeverity(state.regime == Regime.TIGHTEN || state.regime == Regime.EMERGENCY);
        if (state.regime != previous) emit RegimeChanged(previous, state.regime, id);
        return state.regime;
    }

    function _reading(uint80 id) private view returns (RegimeRule.Reading memory) {
        return RegimeRule.Reading(
            _acceptances[id].publishedThreshold, _evaluations[id].blockNumber, _evaluations[id].computedAt, id != 0
        );
    }

    function _recordSeverity(bool severe) private {
        (bool exists, uint48 since, uint208 packed) = _severity.latestCheckpoint();
        bool wasSevere = exists && packed & 1 == 1;
        if (wasSevere == severe) return;
        uint208 total = (packed >> 1) + (wasSevere ? uint208(block.timestamp) - since : 0);
        _severity.push(uint48(block.timestamp), (total << 1) | (severe ? 1 : 0));
    }

    /// @dev The last switch at or before a time; binary search over the switches.
    function _severityBefore(uint48 timestamp) private view returns (bool, uint48, uint208) {
        uint256 low = 0;
        uint256 high = _severity.length();
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (_severity.at(uint32(middle))._key <= timestamp) low = middle + 1;
            else high = middle;
        }
        if (low == 0) return (false, 0, 0);
        Checkpoints.Checkpoint208 memory found = _severity.at(uint32(low - 1));
        return (true, found._key, found._value);
    }

    function _setAttesters(address[] memory attesters_, uint8 threshold) private {
        if (threshold == 0 || threshold > attesters_.length || attesters_.length > 32) {
            revert AttestersInvalid(attesters_.length, threshold);
        }
        uint64 epoch = ++attesterEpoch;
        address previous = address(0);
        for (uint256 i = 0; i < attesters_.length; ++i) {
            if (attesters_[i] <= previous) revert AttesterOrderInvalid(previous, attesters_[i]);
            previous = attesters_[i];
            _isAttester[epoch][previous] = true;
        }
        _attesters = attesters_;
        attesterThreshold = threshold;
        emit AttestersChanged(epoch, attesters_, threshold);
    }
}
