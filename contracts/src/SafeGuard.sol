// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title The transaction guard face of Safe 1.4.1; the operation is 0 for a call, 1 for a delegate call.
interface ISafeTransactionGuard is IERC165 {
    function checkTransaction(
        address to,
        uint256 value,
        bytes memory data,
        uint8 operation,
        uint256 safeTxGas,
        uint256 baseGas,
        uint256 gasPrice,
        address gasToken,
        address payable refundReceiver,
        bytes memory signatures,
        address msgSender
    ) external;

    function checkAfterExecution(bytes32 txHash, bool success) external;
}

/// @title Lets a Safe do what it was set up for and nothing else.
/// @notice Calls go only to listed functions, without value, refunds or gas fields. The one delegate call allowed is to
/// the pinned MultiSendCallOnly, and each call inside is checked in the same way. The Safe cannot call itself, so its
/// owners, modules, fallback handler and this guard stay as they are; the empty self-call is allowed, because it is how
/// a transaction is cancelled.
/// @dev The list is fixed at construction. Not here yet: the module that rotates owners on the key path, and for the
/// Council the record of the vote that a schedule must match.
contract SafeGuard is ISafeTransactionGuard {
    struct Permission {
        address target;
        bytes4 selector;
    }

    address public immutable safe;
    address public immutable multiSend;
    bytes32 public immutable multiSendCodeHash;

    mapping(address target => mapping(bytes4 selector => bool)) public allowed;

    event PermissionGranted(address indexed target, bytes4 indexed selector);

    error OnlySafe(address caller);
    error PermissionInvalid(address target, bytes4 selector);
    error MultiSendInvalid(address multiSend, bytes32 codeHash);
    error ValueNotZero(uint256 value);
    error RefundNotZero(uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver);
    error DelegateCallRefused(address to, bytes32 codeHash);
    error CallRefused(address to, bytes4 selector);
    error SelfCallRefused(uint256 dataLength);
    error BatchMalformed(uint256 length);
    error BatchEmpty();
    error InnerDelegateCall(uint8 operation);

    constructor(address safe_, address multiSend_, bytes32 codeHash, Permission[] memory permissions) {
        if (multiSend_.codehash != codeHash || multiSend_.code.length == 0) {
            revert MultiSendInvalid(multiSend_, multiSend_.codehash);
        }
        safe = safe_;
        multiSend = multiSend_;
        multiSendCodeHash = codeHash;
        for (uint256 i = 0; i < permissions.length; ++i) {
            Permission memory permission = permissions[i];
            bool invalid = permission.target == address(0) || permission.target == safe_ || permission.target == multiSend_;
            if (invalid) revert PermissionInvalid(permission.target, permission.selector);
            allowed[permission.target][permission.selector] = true;
            emit PermissionGranted(permission.target, permission.selector);
        }
    }

    /// @inheritdoc ISafeTransactionGuard
    function checkTransaction(
        address to,
        uint256 value,
        bytes memory data,
        uint8 operation,
        uint256 safeTxGas,
        uint256 baseGas,
        uint256 gasPrice,
        address gasToken,
        address payable refundReceiver,
        bytes memory,
        address
    ) external view {
        if (msg.sender != safe) revert OnlySafe(msg.sender);
        bool free = safeTxGas == 0 && baseGas == 0 && gasPrice == 0 && gasToken == address(0) && refundReceiver == address(0);
        if (!free) revert RefundNotZero(safeTxGas, baseGas, gasPrice, gasToken, refundReceiver);
        if (value != 0) revert ValueNotZero(value);
        if (operation == 0) _checkCall(to, data);
        else _checkBatch(to, data);
    }

    /// @inheritdoc ISafeTransactionGuard
    function checkAfterExecution(bytes32, bool) external view {}

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(ISafeTransactionGuard).interfaceId || interfaceId == type(IERC165).interfaceId;
    }

    function _checkCall(address to, bytes memory data) private view {
        if (to == safe) {
            if (data.length != 0) revert SelfCallRefused(data.length);
            return;
        }
        bytes4 selector = data.length < 4 ? bytes4(0) : bytes4(data);
        if (data.length < 4 || !allowed[to][selector]) revert CallRefused(to, selector);
    }

    /// @dev The pinned contract may have been replaced by another at the same address on a chain that allows it, so
    /// its code is compared each time.
    function _checkBatch(address to, bytes memory data) private view {
        if (to != multiSend || to.codehash != multiSendCodeHash) revert DelegateCallRefused(to, to.codehash);
        bytes memory transactions = _batchOf(data);
        uint256 position;
        if (transactions.length == 0) revert BatchEmpty();
        while (position < transactions.length) {
            position = _checkInner(transactions, position);
        }
    }

    /// @dev Accepts exactly abi.encodeWithSelector(multiSend, transactions): no second reading of the bytes exists.
    function _batchOf(bytes memory data) private pure returns (bytes memory transactions) {
        if (data.length < 68) revert BatchMalformed(data.length);
        if (bytes4(data) != bytes4(keccak256("multiSend(bytes)"))) revert CallRefused(address(0), bytes4(data));
        bytes memory body = new bytes(data.length - 4);
        for (uint256 i = 0; i < body.length; i += 32) {
            // Copies whole words; the last may read beyond the source, into memory that the length hides.
            assembly ("memory-safe") {
                mstore(add(add(body, 32), i), mload(add(add(data, 36), i)))
            }
        }
        transactions = abi.decode(body, (bytes));
        if (keccak256(abi.encodeWithSignature("multiSend(bytes)", transactions)) != keccak256(data)) {
            revert BatchMalformed(data.length);
        }
    }

    /// @dev Packed: operation (1), to (20), value (32), length (32), data. Returns the position after it.
    function _checkInner(bytes memory batch, uint256 position) private view returns (uint256 end) {
        if (batch.length - position < 85) revert BatchMalformed(batch.length);
        uint256 operation;
        uint256 target;
        uint256 value;
        uint256 length;
        assembly ("memory-safe") {
            let start := add(add(batch, 32), position)
            operation := shr(248, mload(start))
            target := shr(96, mload(add(start, 1)))
            value := mload(add(start, 21))
            length := mload(add(start, 53))
        }
        if (operation != 0) revert InnerDelegateCall(uint8(operation));
        if (value != 0) revert ValueNotZero(value);
        if (length > batch.length - position - 85) revert BatchMalformed(batch.length);
        if (address(uint160(target)) == safe) revert SelfCallRefused(length);
        _checkCall(address(uint160(target)), _slice(batch, position + 85, length));
        return position + 85 + length;
    }

    /// @dev Only the selector is looked at, so at most four bytes are copied.
    function _slice(bytes memory source, uint256 start, uint256 length) private pure returns (bytes memory head) {
        uint256 size = length < 4 ? length : 4;
        head = new bytes(size);
        for (uint256 i = 0; i < size; ++i) {
            head[i] = source[start + i];
        }
    }
}
