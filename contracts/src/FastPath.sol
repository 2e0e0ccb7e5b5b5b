// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEvaluationRegistry, Regime} from "./interfaces/IEvaluationRegistry.sol";

/// @notice What binds a fast call to the proposal and the evaluation it was authorised on.
/// @param proposalId Digest of the proposal.
/// @param evaluationDigest Evaluation that shows the breach; must be the newest attested one.
/// @param payloadHash keccak256(abi.encode(chain id, this contract, selector, parameters)).
/// @param validUntil Last second at which the call may be executed.
struct FastAuthority {
    bytes32 proposalId;
    bytes32 evaluationDigest;
    bytes32 payloadHash;
    uint64 validUntil;
}

/// @title The conditions every call without a delay must meet on chain.
/// @dev A Safe transaction that enough owners signed is a bearer instrument without an expiry; the authority gives it one, and the
/// age of the evaluation bounds it further.
abstract contract FastPath {
    /// @notice Oldest inputs a fast call may act on.
    uint64 public constant MAX_EVALUATION_AGE = 15 minutes;

    IEvaluationRegistry public immutable registry;

    /// @notice Whether a payload of a proposal was executed.
    mapping(bytes32 proposalId => mapping(bytes32 payloadHash => bool)) public executed;

    event FastCallExecuted(bytes32 indexed proposalId, bytes32 indexed evaluationDigest, bytes32 indexed payloadHash);

    error AuthorityExpired(uint64 validUntil, uint256 time);
    error PayloadHashMismatch(bytes32 given, bytes32 computed);
    error PayloadAlreadyExecuted(bytes32 proposalId, bytes32 payloadHash);
    error EvaluationNotLatest(bytes32 given, bytes32 latest);
    error EvaluationTooOld(uint64 computedAt, uint256 time);
    error RegimeTooMild(Regime regime);
    error RegistryMissing();

    constructor(IEvaluationRegistry registry_) {
        if (address(registry_) == address(0)) revert RegistryMissing();
        registry = registry_;
    }

    /// @notice Checks the authority, marks the payload as executed and returns the regime to act under.
    function _useAuthority(FastAuthority calldata authority, bytes32 payloadHash) internal returns (Regime regime) {
        if (block.timestamp > authority.validUntil) revert AuthorityExpired(authority.validUntil, block.timestamp);
        if (authority.payloadHash != payloadHash) revert PayloadHashMismatch(authority.payloadHash, payloadHash);
        if (executed[authority.proposalId][payloadHash]) revert PayloadAlreadyExecuted(authority.proposalId, payloadHash);
        regime = _checkEvaluation(authority.evaluationDigest);
        executed[authority.proposalId][payloadHash] = true;
        emit FastCallExecuted(authority.proposalId, authority.evaluationDigest, payloadHash);
    }

    function _checkEvaluation(bytes32 digest) private view returns (Regime regime) {
        (bytes32 newest, uint64 computedAt) = registry.latestDigest();
        if (newest == 0 || digest != newest) revert EvaluationNotLatest(digest, newest);
        if (block.timestamp > computedAt + MAX_EVALUATION_AGE) revert EvaluationTooOld(computedAt, block.timestamp);
        regime = registry.regime();
        if (regime != Regime.TIGHTEN && regime != Regime.EMERGENCY) revert RegimeTooMild(regime);
    }
}
