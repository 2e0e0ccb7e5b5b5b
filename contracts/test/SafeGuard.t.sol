// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {ISafeTransactionGuard, SafeGuard} from "../src/SafeGuard.sol";
import {Vm} from "./Vm.sol";

/// @dev Only its code and address matter.
contract MultiSendTwin {
    function multiSend(bytes memory) external payable {}
}

contract SafeGuardTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address internal constant SAFE = address(0x5AFE);
    address internal constant TARGET = address(0x7A6);
    bytes4 internal constant ALLOWED = bytes4(keccak256("tighten()"));

    address internal multiSend;
    SafeGuard internal guard;

    function setUp() public {
        multiSend = address(new MultiSendTwin());
        guard = create(TARGET, ALLOWED);
    }

    function create(address target, bytes4 selector) internal returns (SafeGuard) {
        SafeGuard.Permission[] memory permissions = new SafeGuard.Permission[](1);
        permissions[0] = SafeGuard.Permission(target, selector);
        return new SafeGuard(SAFE, multiSend, multiSend.codehash, permissions);
    }

    function check(address to, uint256 value, bytes memory data, uint8 operation) internal {
        vm.prank(SAFE);
        guard.checkTransaction(to, value, data, operation, 0, 0, 0, address(0), payable(0), "", address(this));
    }

    function inner(uint8 operation, address to, uint256 value, bytes memory data) internal pure returns (bytes memory) {
        return abi.encodePacked(operation, to, value, data.length, data);
    }

    function batch(bytes memory transactions) internal pure returns (bytes memory) {
        return abi.encodeWithSignature("multiSend(bytes)", transactions);
    }

    function test_SAF_01_letsAllowedCallsThrough() public {
        check(TARGET, 0, abi.encodePacked(ALLOWED, uint256(7)), 0);
        check(multiSend, 0, batch(bytes.concat(inner(0, TARGET, 0, abi.encodePacked(ALLOWED)), inner(0, TARGET, 0, abi.encodePacked(ALLOWED, uint256(1))))), 1);
    }

    function testFuzz_SAF_02_refusesEveryOtherTargetAndSelector(address to, bytes4 selector) public {
        vm.assume(to != SAFE && (to != TARGET || selector != ALLOWED));
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.CallRefused.selector, to, selector));
        check(to, 0, abi.encodePacked(selector), 0);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.CallRefused.selector, to, selector));
        check(multiSend, 0, batch(bytes.concat(inner(0, TARGET, 0, abi.encodePacked(ALLOWED)), inner(0, to, 0, abi.encodePacked(selector)))), 1);
    }

    function test_SAF_02_refusesCallsWithoutASelector() public {
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.CallRefused.selector, TARGET, bytes4(0)));
        check(TARGET, 0, hex"aabbcc", 0);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.CallRefused.selector, TARGET, bytes4(0)));
        check(TARGET, 0, "", 0);
    }

    function testFuzz_SAF_03_refusesDelegateCallsElsewhere(address to) public {
        vm.assume(to != multiSend);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.DelegateCallRefused.selector, to, to.codehash));
        check(to, 0, abi.encodePacked(ALLOWED), 1);
    }

    function test_SAF_03_refusesMultiSendWithOtherCode() public {
        vm.etch(multiSend, hex"00");
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.DelegateCallRefused.selector, multiSend, multiSend.codehash));
        check(multiSend, 0, batch(inner(0, TARGET, 0, abi.encodePacked(ALLOWED))), 1);
    }

    function test_SAF_03_refusesInnerDelegateCalls() public {
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.InnerDelegateCall.selector, 1));
        check(multiSend, 0, batch(inner(1, TARGET, 0, abi.encodePacked(ALLOWED))), 1);
    }

    function testFuzz_SAF_04_refusesValue(uint256 value) public {
        vm.assume(value != 0);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.ValueNotZero.selector, value));
        check(TARGET, value, abi.encodePacked(ALLOWED), 0);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.ValueNotZero.selector, value));
        check(multiSend, 0, batch(inner(0, TARGET, value, abi.encodePacked(ALLOWED))), 1);
    }

    function testFuzz_SAF_05_refusesGasAndRefundFields(uint8 field, uint128 value) public {
        vm.assume(value != 0);
        uint256[5] memory fields;
        fields[field % 5] = value;
        address token = address(uint160(fields[3]));
        address payable receiver = payable(address(uint160(fields[4])));
        vm.expectRevert(
            abi.encodeWithSelector(SafeGuard.RefundNotZero.selector, fields[0], fields[1], fields[2], token, receiver)
        );
        vm.prank(SAFE);
        guard.checkTransaction(TARGET, 0, abi.encodePacked(ALLOWED), 0, fields[0], fields[1], fields[2], token, receiver, "", SAFE);
    }

    function test_SAF_06_theSafeCannotCallItself() public {
        bytes memory change = abi.encodeWithSignature("setGuard(address)", address(0));
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.SelfCallRefused.selector, change.length));
        check(SAFE, 0, change, 0);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.SelfCallRefused.selector, change.length));
        check(multiSend, 0, batch(inner(0, SAFE, 0, change)), 1);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.SelfCallRefused.selector, 0));
        check(multiSend, 0, batch(inner(0, SAFE, 0, "")), 1);
    }

    function test_SAF_06_exceptTheEmptyCancel() public {
        check(SAFE, 0, "", 0);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.DelegateCallRefused.selector, SAFE, SAFE.codehash));
        check(SAFE, 0, "", 1);
    }

    function testFuzz_SAF_07_refusesMalformedBatches(bytes memory tail, uint8 cut) public {
        bytes memory good = inner(0, TARGET, 0, abi.encodePacked(ALLOWED, uint256(7)));
        bytes memory shorter = new bytes(good.length - 1 - (cut % (good.length - 1)));
        for (uint256 i = 0; i < shorter.length; ++i) {
            shorter[i] = good[i];
        }
        vm.expectRevert();
        check(multiSend, 0, batch(shorter), 1);
        vm.assume(tail.length > 0);
        vm.expectRevert();
        check(multiSend, 0, bytes.concat(batch(good), tail), 1);
    }

    function test_SAF_07_refusesEmptyAndUnreadableBatches() public {
        vm.expectRevert(SafeGuard.BatchEmpty.selector);
        check(multiSend, 0, batch(""), 1);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.BatchMalformed.selector, 4));
        check(multiSend, 0, hex"8d80ff0a", 1);
        bytes memory other = abi.encodeWithSignature("other(bytes)", inner(0, TARGET, 0, abi.encodePacked(ALLOWED)));
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.CallRefused.selector, address(0), bytes4(keccak256("other(bytes)"))));
        check(multiSend, 0, other, 1);
    }

    function test_SAF_07_refusesALengthThatOverflows() public {
        bytes memory packed = abi.encodePacked(uint8(0), TARGET, uint256(0), type(uint256).max, ALLOWED);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.BatchMalformed.selector, packed.length));
        check(multiSend, 0, batch(packed), 1);
    }

    function test_SAF_08_onlyTheSafeAsks() public {
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.OnlySafe.selector, address(this)));
        guard.checkTransaction(TARGET, 0, abi.encodePacked(ALLOWED), 0, 0, 0, 0, address(0), payable(0), "", SAFE);
    }

    function test_SAF_09_cannotBeSetUpToAllowTheSafeOrTheBatchItself() public {
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.PermissionInvalid.selector, SAFE, ALLOWED));
        create(SAFE, ALLOWED);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.PermissionInvalid.selector, multiSend, ALLOWED));
        create(multiSend, ALLOWED);
        SafeGuard.Permission[] memory none = new SafeGuard.Permission[](0);
        vm.expectRevert(abi.encodeWithSelector(SafeGuard.MultiSendInvalid.selector, multiSend, multiSend.codehash));
        new SafeGuard(SAFE, multiSend, keccak256("other code"), none);
    }

    function test_SAF_10_interfaceOfSafe() public view {
        vm.assertTrue(guard.supportsInterface(0xe6d7a83a), "SAF-10 the id that Safe 1.4.1 asks for");
        vm.assertTrue(type(ISafeTransactionGuard).interfaceId == 0xe6d7a83a, "SAF-10 our face is that of Safe");
        vm.assertTrue(guard.supportsInterface(type(IERC165).interfaceId), "SAF-10 ERC-165");
        vm.assertFalse(guard.supportsInterface(0xffffffff), "SAF-10 not everything");
    }
}
