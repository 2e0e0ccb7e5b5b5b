// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title The only holder of the delayed rights: the Council schedules, anyone executes after the delay.
/// @notice The delay belongs to the function that is called, not to what the caller says of it: an operation waits as
/// long as the slowest of its calls, a function without a set delay as long as the slowest possible. Operations expire.
/// @dev Not here yet: the guardians' veto, and the attesters' record of the vote that an operation must match.
contract OpenExecutor is AccessManaged {
    struct DelayRule {
        address target;
        bytes4 selector;
        uint32 delaySec;
    }

    struct Operation {
        uint64 readyAt;
        uint64 expiresAt;
        bool executed;
        bool cancelled;
    }

    /// @notice Delay of class B1, the shortest that a rule may set.
    uint32 public constant DELAY_MIN = 6 hours;
    /// @notice Delay of the key path, and of every function without a rule.
    uint32 public constant DELAY_MAX = 7 days;
    /// @notice Time after the delay in which an operation may be executed.
    uint64 public constant GRACE = 7 days;

    mapping(address target => mapping(bytes4 selector => uint32)) private _delays;
    mapping(bytes32 operationId => Operation) private _operations;

    event OperationScheduled(
        bytes32 indexed operationId,
        bytes32 indexed proposalId,
        bytes32 tallyRoot,
        address[] targets,
        bytes[] datas,
        bytes32 salt,
        uint64 readyAt,
        uint64 expiresAt
    );
    event OperationExecuted(bytes32 indexed operationId, bytes32 indexed proposalId, address executor);
    event OperationCancelled(bytes32 indexed operationId);
    event DelaySet(address indexed target, bytes4 indexed selector, uint32 delaySec);

    error OperationEmpty(uint256 targets, uint256 datas);
    error CallWithoutSelector(uint256 index);
    error OperationKnown(bytes32 operationId);
    error OperationUnknown(bytes32 operationId);
    error OperationFinal(bytes32 operationId, bool executed, bool cancelled);
    error OperationNotReady(bytes32 operationId, uint64 readyAt, uint256 time);
    error OperationExpired(bytes32 operationId, uint64 expiresAt, uint256 time);
    error ProposalMissing(bytes32 proposalId, bytes32 tallyRoot);
    error DelayOutOfRange(uint32 delaySec, uint32 smallest, uint32 largest);
    error OnlySelf(address caller);

    constructor(address authority, DelayRule[] memory rules) AccessManaged(authority) {
        for (uint256 i = 0; i < rules.length; ++i) {
            _setDelay(rules[i]);
        }
    }

    /// @notice Starts the delay of an operation. Role: Council.
    /// @param proposalId Digest of the proposal that was voted.
    /// @param tallyRoot Merkle root of the ballots that decided it.
    function schedule(
        address[] calldata targets,
        bytes[] calldata datas,
        bytes32 proposalId,
        bytes32 tallyRoot,
        bytes32 salt
    ) external restricted returns (bytes32 operationId) {
        if (proposalId == 0 || tallyRoot == 0) revert ProposalMissing(proposalId, tallyRoot);
        operationId = operationIdOf(targets, datas, proposalId, tallyRoot, salt);
        if (_operations[operationId].readyAt != 0) revert OperationKnown(operationId);
        uint64 readyAt = uint64(block.timestamp) + delayOf(targets, datas);
        uint64 expiresAt = readyAt + GRACE;
        _operations[operationId] = Operation(readyAt, expiresAt, false, false);
        emit OperationScheduled(operationId, proposalId, tallyRoot, targets, datas, salt, readyAt, expiresAt);
    }

    /// @notice Executes an operation between the end of its delay and its expiry. Anyone may call it.
    function execute(
        address[] calldata targets,
        bytes[] calldata datas,
        bytes32 proposalId,
        bytes32 tallyRoot,
        bytes32 salt
    ) external {
        bytes32 operationId = operationIdOf(targets, datas, proposalId, tallyRoot, salt);
        Operation storage operation = _open(operationId);
        if (block.timestamp < operation.readyAt) {
            revert OperationNotReady(operationId, operation.readyAt, block.timestamp);
        }
        if (block.timestamp > operation.expiresAt) {
            revert OperationExpired(operationId, operation.expiresAt, block.timestamp);
        }
        operation.executed = true;
        emit OperationExecuted(operationId, proposalId, msg.sender);
        for (uint256 i = 0; i < targets.length; ++i) {
            Address.functionCall(targets[i], datas[i]);
        }
    }

    /// @notice Withdraws an operation before it is executed. Role: Council.
    function cancel(bytes32 operationId) external restricted {
        _open(operationId).cancelled = true;
        emit OperationCancelled(operationId);
    }

    /// @notice Changes the delay of one function; only an executed operation can, so the old delay of this very
    /// function applies to the change.
    function setDelay(DelayRule calldata rule) external {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        _setDelay(rule);
    }

    /// @notice The operation; zeros when unknown.
    function operationOf(bytes32 operationId) external view returns (Operation memory) {
        return _operations[operationId];
    }

    /// @notice Delay of one function.
    function delayOfFunction(address target, bytes4 selector) public view returns (uint32) {
        uint32 delaySec = _delays[target][selector];
        return delaySec == 0 ? DELAY_MAX : delaySec;
    }

    /// @notice Delay of an operation: that of its slowest call.
    function delayOf(address[] calldata targets, bytes[] calldata datas) public view returns (uint32 longest) {
        if (targets.length == 0 || targets.length != datas.length) revert OperationEmpty(targets.length, datas.length);
        for (uint256 i = 0; i < targets.length; ++i) {
            if (datas[i].length < 4) revert CallWithoutSelector(i);
            uint32 delaySec = delayOfFunction(targets[i], bytes4(datas[i][:4]));
            if (delaySec > longest) longest = delaySec;
        }
    }

    function operationIdOf(
        address[] calldata targets,
        bytes[] calldata datas,
        bytes32 proposalId,
        bytes32 tallyRoot,
        bytes32 salt
    ) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), targets, datas, proposalId, tallyRoot, salt));
    }

    function _open(bytes32 operationId) private view returns (Operation storage operation) {
        operation = _operations[operationId];
        if (operation.readyAt == 0) revert OperationUnknown(operationId);
        if (operation.executed || operation.cancelled) {
            revert OperationFinal(operationId, operation.executed, operation.cancelled);
        }
    }

    function _setDelay(DelayRule memory rule) private {
        if (rule.delaySec < DELAY_MIN || rule.delaySec > DELAY_MAX) {
            revert DelayOutOfRange(rule.delaySec, DELAY_MIN, DELAY_MAX);
        }
        _delays[rule.target][rule.selector] = rule.delaySec;
        emit DelaySet(rule.target, rule.selector, rule.delaySec);
    }
}
