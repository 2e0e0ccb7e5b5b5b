// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {MarginGuard} from "../src/MarginGuard.sol";
import {OpenExecutor} from "../src/OpenExecutor.sol";
import {Margin} from "../src/interfaces/IMarginGuard.sol";
import {World} from "./World.sol";

contract OpenExecutorTest is World {
    address internal constant ETH = address(0xE74);
    bytes32 internal constant PROPOSAL = keccak256("proposal");
    bytes32 internal constant TALLY = keccak256("tally");
    bytes32 internal constant SALT = keccak256("salt");

    MarginGuard internal guard;
    OpenExecutor internal open;
    address[] internal targets;
    bytes[] internal datas;

    function setUp() public override {
        super.setUp();
        guard = new MarginGuard(address(manager), registry);
        OpenExecutor.DelayRule[] memory rules = new OpenExecutor.DelayRule[](1);
        rules[0] = OpenExecutor.DelayRule(address(guard), MarginGuard.setBaseline.selector, 2 days);
        open = new OpenExecutor(address(manager), rules);
        restrict(address(guard), MarginGuard.setBaseline.selector, EXECUTOR);
        restrict(address(guard), MarginGuard.moveBaseline.selector, EXECUTOR);
        restrict(address(open), OpenExecutor.schedule.selector, COUNCIL);
        restrict(address(open), OpenExecutor.cancel.selector, COUNCIL);
        manager.grantRole(EXECUTOR, address(open), 0);
        targets.push(address(guard));
        datas.push(abi.encodeCall(MarginGuard.setBaseline, (bytes32(MEMBER), ETH, baseline(), 0)));
    }

    function baseline() private pure returns (MarginGuard.Baseline memory) {
        return MarginGuard.Baseline(8_000, 8_250, 10_500, 4_000, 4_500, 5_000);
    }

    function schedule() private returns (bytes32) {
        vm.prank(council);
        return open.schedule(targets, datas, PROPOSAL, TALLY, SALT);
    }

    function execute() private {
        vm.prank(stranger);
        open.execute(targets, datas, PROPOSAL, TALLY, SALT);
    }

    function test_EXE_01_anyoneExecutesAfterTheDelay() public {
        schedule();
        vm.warp(block.timestamp + 2 days);
        execute();
        Margin memory margin = guard.current(MEMBER, ETH);
        vm.assertEq(margin.ltBps, 8_250, "EXE-01 the change is in force");
    }

    function testFuzz_EXE_02_neverBeforeTheDelayNorAfterTheGrace(uint32 time) public {
        bytes32 id = schedule();
        uint256 readyAt = block.timestamp + 2 days;
        vm.warp(block.timestamp + time);
        if (block.timestamp < readyAt) {
            vm.expectRevert(abi.encodeWithSelector(OpenExecutor.OperationNotReady.selector, id, readyAt, block.timestamp));
        } else if (block.timestamp > readyAt + 7 days) {
            vm.expectRevert(
                abi.encodeWithSelector(OpenExecutor.OperationExpired.selector, id, readyAt + 7 days, block.timestamp)
            );
        }
        execute();
    }

    function test_EXE_03_theDelayIsTheSlowestCallsAndDefaultsToTheLongest() public {
        vm.assertEq(open.delayOf(targets, datas), 2 days, "EXE-03 the rule's delay");
        targets.push(address(registry));
        datas.push(abi.encodeWithSelector(registry.setEngineVersion.selector, ENGINE));
        vm.assertEq(open.delayOf(targets, datas), 7 days, "EXE-03 a function without a rule waits longest");
        bytes32 id = schedule();
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert(abi.encodeWithSelector(OpenExecutor.OperationNotReady.selector, id, block.timestamp + 5 days, block.timestamp));
        execute();
    }

    function test_EXE_04_onlyTheCouncilSchedulesAndCancels() public {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, responder));
        vm.prank(responder);
        open.schedule(targets, datas, PROPOSAL, TALLY, SALT);
        bytes32 id = schedule();
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        open.cancel(id);
    }

    function test_EXE_05_anOperationRunsOnce() public {
        bytes32 id = schedule();
        vm.warp(block.timestamp + 2 days);
        execute();
        vm.expectRevert(abi.encodeWithSelector(OpenExecutor.OperationFinal.selector, id, true, false));
        execute();
        vm.expectRevert(abi.encodeWithSelector(OpenExecutor.OperationKnown.selector, id));
        schedule();
    }

    function test_EXE_05_aCancelledOperationNeverRuns() public {
        bytes32 id = schedule();
        vm.prank(council);
        open.cancel(id);
        vm.warp(block.timestamp + 2 days);
        vm.expectRevert(abi.encodeWithSelector(OpenExecutor.OperationFinal.selector, id, false, true));
        execute();
    }

    function test_EXE_06_changedCallsAreAnotherOperation() public {
        schedule();
        vm.warp(block.timestamp + 2 days);
        MarginGuard.Baseline memory b = baseline();
        b.ltBps = 9_000;
        datas[0] = abi.encodeCall(MarginGuard.setBaseline, (bytes32(MEMBER), ETH, b, 0));
        vm.expectPartialRevert(OpenExecutor.OperationUnknown.selector);
        execute();
    }

    function test_EXE_07_needsAProposalATallyAndCalls() public {
        vm.expectRevert(abi.encodeWithSelector(OpenExecutor.ProposalMissing.selector, bytes32(0), TALLY));
        vm.prank(council);
        open.schedule(targets, datas, 0, TALLY, SALT);
        vm.expectRevert(abi.encodeWithSelector(OpenExecutor.ProposalMissing.selector, PROPOSAL, bytes32(0)));
        vm.prank(council);
        open.schedule(targets, datas, PROPOSAL, 0, SALT);
        datas.push("");
        vm.expectRevert(abi.encodeWithSelector(OpenExecutor.OperationEmpty.selector, 1, 2));
        schedule();
        targets.push(address(guard));
        vm.expectRevert(abi.encodeWithSelector(OpenExecutor.CallWithoutSelector.selector, 1));
        schedule();
    }

    function test_EXE_08_delaysChangeOnlyThroughAnOperation() public {
        OpenExecutor.DelayRule memory rule =
            OpenExecutor.DelayRule(address(guard), MarginGuard.setBaseline.selector, 6 hours);
        vm.expectRevert(abi.encodeWithSelector(OpenExecutor.OnlySelf.selector, council));
        vm.prank(council);
        open.setDelay(rule);
        targets[0] = address(open);
        datas[0] = abi.encodeCall(OpenExecutor.setDelay, (rule));
        schedule();
        vm.warp(block.timestamp + 7 days);
        execute();
        vm.assertEq(open.delayOfFunction(address(guard), MarginGuard.setBaseline.selector), 6 hours, "EXE-08 changed");
    }

    function testFuzz_EXE_08_noDelayLeavesItsBounds(uint32 delaySec) public {
        vm.assume(delaySec < 6 hours || delaySec > 7 days);
        OpenExecutor.DelayRule[] memory rules = new OpenExecutor.DelayRule[](1);
        rules[0] = OpenExecutor.DelayRule(address(guard), MarginGuard.setBaseline.selector, delaySec);
        vm.expectRevert(abi.encodeWithSelector(OpenExecutor.DelayOutOfRange.selector, delaySec, 6 hours, 7 days));
        new OpenExecutor(address(manager), rules);
    }

    function test_EXE_09_aFailedCallUndoesTheWholeOperation() public {
        targets.push(address(guard));
        datas.push(abi.encodeWithSelector(MarginGuard.moveBaseline.selector, MEMBER, address(1), 1, 2, 0));
        bytes32 id = schedule();
        vm.warp(block.timestamp + 7 days);
        vm.expectRevert(abi.encodeWithSelector(MarginGuard.NotListed.selector, MEMBER, address(1)));
        execute();
        vm.assertEq(guard.current(MEMBER, ETH).ltBps, 0, "EXE-09 nothing is in force");
        vm.assertFalse(open.operationOf(id).executed, "EXE-09 it may be tried again");
    }
}
