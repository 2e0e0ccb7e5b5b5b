// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {FastAuthority, FastPath} from "../src/FastPath.sol";
import {MarginGuard} from "../src/MarginGuard.sol";
import {Regime} from "../src/interfaces/IEvaluationRegistry.sol";
import {Margin, MarginStatus} from "../src/interfaces/IMarginGuard.sol";
import {World} from "./World.sol";

contract MarginGuardTest is World {
    address internal constant ETH = address(0xE74);
    address internal constant BTC = address(0xB7C);

    MarginGuard internal guard;

    function setUp() public override {
        super.setUp();
        guard = new MarginGuard(address(manager), registry);
        restrict(address(guard), MarginGuard.tighten.selector, RESPONDER);
        restrict(address(guard), MarginGuard.setBaseline.selector, EXECUTOR);
        restrict(address(guard), MarginGuard.moveBaseline.selector, EXECUTOR);
        restrict(address(guard), MarginGuard.endIntervention.selector, EXECUTOR);
        list(ETH, 5_000);
        list(BTC, 5_000);
    }

    function baseline(uint16 weight) internal pure returns (MarginGuard.Baseline memory) {
        return MarginGuard.Baseline({
            ltvBps: 8_000,
            ltBps: 8_250,
            bonusBps: 10_500,
            floorLtvBps: 4_000,
            floorLtBps: 4_500,
            weightBps: weight
        });
    }

    function list(address asset, uint16 weight) internal {
        vm.prank(executor);
        guard.setBaseline(MEMBER, asset, baseline(weight), 0);
    }

    function params(address asset, uint16 ltv, uint16 lt) internal pure returns (MarginGuard.TightenParams memory) {
        return MarginGuard.TightenParams(MEMBER, asset, ltv, lt, 1 hours);
    }

    function tighten(address asset, uint16 ltv, uint16 lt) internal {
        MarginGuard.TightenParams memory p = params(asset, ltv, lt);
        FastAuthority memory a = authority(guard.hashTighten(p));
        a.proposalId = keccak256(abi.encode(block.timestamp, asset));
        vm.prank(responder);
        guard.tighten(p, a);
    }

    function refuse(MarginGuard.TightenParams memory p, bytes memory reason) internal {
        FastAuthority memory a = authority(guard.hashTighten(p));
        vm.expectRevert(reason);
        vm.prank(responder);
        guard.tighten(p, a);
    }

    /// @dev Time passes and a fresh reading keeps the regime.
    function wait(uint256 time, uint32 threshold) internal {
        skip(time, 5);
        submit(evaluation(threshold));
    }

    function current(address asset) internal view returns (Margin memory) {
        return guard.current(MEMBER, asset);
    }

    function test_MAR_01_ltvAtOnceLtRamps() public {
        enterTighten();
        tighten(ETH, 7_960, 8_200);
        vm.assertEq(current(ETH).ltvBps, 7_960, "MAR-01 LTV at once");
        vm.assertEq(current(ETH).ltBps, 8_250, "MAR-01 LT starts where it was");
        skip(30 minutes, 1);
        vm.assertEq(current(ETH).ltBps, 8_225, "MAR-01 LT half way");
        skip(30 minutes, 1);
        vm.assertEq(current(ETH).ltBps, 8_200, "MAR-01 LT at its goal");
        vm.assertTrue(current(ETH).status == MarginStatus.TIGHTENED, "MAR-01 status");
        vm.assertEq(current(BTC).ltBps, 8_250, "MAR-01 other items stay");
    }

    function test_MAR_02_onlyTheResponder() public {
        enterTighten();
        MarginGuard.TightenParams memory p = params(ETH, 7_960, 8_200);
        FastAuthority memory a = authority(guard.hashTighten(p));
        address[3] memory others = [stranger, council, executor];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, others[i]));
            vm.prank(others[i]);
            guard.tighten(p, a);
        }
    }

    function test_MAR_03_neverLoosens() public {
        enterTighten();
        refuse(params(ETH, 8_001, 8_240), abi.encodeWithSelector(MarginGuard.WouldLoosen.selector, 8_001, 8_240, 8_000, 8_250));
        refuse(params(ETH, 7_990, 8_251), abi.encodeWithSelector(MarginGuard.WouldLoosen.selector, 7_990, 8_251, 8_000, 8_250));
        tighten(ETH, 7_960, 8_200);
        wait(16 minutes, 150_000);
        refuse(params(ETH, 7_950, 8_210), abi.encodeWithSelector(MarginGuard.WouldLoosen.selector, 7_950, 8_210, 7_960, 8_200));
    }

    function testFuzz_MAR_03_noFastCallEverRaisesAValue(uint16[6] memory ltvs, uint16[6] memory lts, bool emergency) public {
        if (emergency) enterEmergency();
        else enterTighten();
        for (uint256 i = 0; i < 6; ++i) {
            Margin memory before = current(ETH);
            uint16 ltv = uint16(bound(ltvs[i], 7_500, 8_300));
            uint16 lt = uint16(bound(lts[i], 7_500, 8_400));
            MarginGuard.TightenParams memory p = params(ETH, ltv, lt);
            FastAuthority memory a = authority(guard.hashTighten(p));
            vm.prank(responder);
            try guard.tighten(p, a) {
                skip(1 hours, 1);
                Margin memory later = current(ETH);
                vm.assertLe(later.ltvBps, before.ltvBps, "MAR-03 LTV never rises");
                vm.assertLe(later.ltBps, before.ltBps, "MAR-03 LT never rises");
                vm.assertLe(before.ltBps - later.ltBps, emergency ? 200 : 50, "MAR-04 LT step bounded");
                vm.assertLe(before.ltvBps - later.ltvBps, emergency ? 200 : 50, "MAR-04 LTV step bounded");
                vm.assertLt(later.ltvBps, later.ltBps, "MAR-05 LTV stays below LT");
            } catch {
                Margin memory kept = current(ETH);
                vm.assertEq(kept.ltvBps, before.ltvBps, "MAR-03 a refusal changes no LTV");
                vm.assertEq(kept.ltBps, before.ltBps, "MAR-03 a refusal changes no LT");
            }
            wait(16 minutes, emergency ? 50_000 : 150_000);
        }
        vm.assertGe(current(ETH).ltBps, emergency ? 7_750 : 8_050, "MAR-06 drift bounded");
    }

    function test_MAR_04_stepByRegime() public {
        enterTighten();
        refuse(params(ETH, 7_950, 8_199), abi.encodeWithSelector(MarginGuard.StepOutOfRange.selector, 51, 5, 50));
        refuse(params(ETH, 7_949, 8_250), abi.encodeWithSelector(MarginGuard.StepOutOfRange.selector, 51, 5, 50));
        refuse(params(ETH, 7_997, 8_246), abi.encodeWithSelector(MarginGuard.StepOutOfRange.selector, 4, 5, 50));
        accept(50_000);
        accept(50_000);
        refuse(params(ETH, 7_799, 8_250), abi.encodeWithSelector(MarginGuard.StepOutOfRange.selector, 201, 5, 200));
        tighten(ETH, 7_800, 8_050);
    }

    function test_MAR_05_jointRules() public {
        MarginGuard.Baseline memory b = baseline(5_000);
        b.ltvBps = 8_250;
        vm.expectRevert(abi.encodeWithSelector(MarginGuard.JointRuleBroken.selector, 8_250, 8_250, 10_500));
        vm.prank(executor);
        guard.setBaseline(MEMBER, ETH, b, 0);
        b = baseline(5_000);
        (b.ltvBps, b.ltBps, b.bonusBps) = (8_000, 9_524, 10_500);
        vm.expectRevert(abi.encodeWithSelector(MarginGuard.JointRuleBroken.selector, 8_000, 9_524, 10_500));
        vm.prank(executor);
        guard.setBaseline(MEMBER, address(0xDA1), b, 0);
        enterEmergency();
        tighten(ETH, 8_000, 8_050);
        wait(16 minutes, 50_000);
        refuse(params(ETH, 8_000, 8_000), abi.encodeWithSelector(MarginGuard.JointRuleBroken.selector, 8_000, 8_000, 10_500));
    }

    function test_MAR_06_driftBudgetWithReserve() public {
        enterTighten();
        uint16 ltv = 8_000;
        for (uint256 i = 0; i < 4; ++i) {
            ltv -= 50;
            tighten(ETH, ltv, ltv + 250);
            wait(16 minutes, 150_000);
        }
        refuse(params(ETH, ltv - 5, ltv + 245), abi.encodeWithSelector(MarginGuard.DriftExceeded.selector, 5, 0));
        accept(50_000);
        accept(50_000);
        tighten(ETH, ltv - 200, ltv + 50);
        wait(16 minutes, 50_000);
        refuse(params(ETH, ltv - 301, ltv - 51), abi.encodeWithSelector(MarginGuard.DriftExceeded.selector, 101, 100));
        tighten(ETH, ltv - 300, ltv - 50);
        wait(16 minutes, 50_000);
        refuse(params(ETH, ltv - 305, ltv - 55), abi.encodeWithSelector(MarginGuard.DriftExceeded.selector, 5, 0));
        skip(30 days, 5);
        submit(evaluation(50_000));
        vm.assertEq(guard.budget(MEMBER, ETH, Regime.EMERGENCY).driftLeftBps, 500, "MAR-06 the window rolls");
    }

    function test_MAR_06_ordinaryDriftCannotHideInTheReserve() public {
        enterEmergency();
        tighten(ETH, 7_800, 8_050);
        wait(16 minutes, 50_000);
        vm.assertEq(guard.budget(MEMBER, ETH, Regime.EMERGENCY).driftLeftBps, 300, "MAR-06 gross in an emergency");
        vm.assertEq(guard.budget(MEMBER, ETH, Regime.TIGHTEN).driftLeftBps, 200, "MAR-06 ordinary part untouched");
    }

    function test_MAR_07_coalitionBudget() public {
        vm.prank(executor);
        guard.setBaseline(MEMBER, ETH, baseline(10_000), 0);
        vm.prank(executor);
        guard.setBaseline(MEMBER, BTC, baseline(10_000), 0);
        enterEmergency();
        tighten(ETH, 7_800, 8_050);
        refuse(params(BTC, 7_899, 8_250), abi.encodeWithSelector(MarginGuard.CoalitionDriftExceeded.selector, 101, 100));
        tighten(BTC, 7_900, 8_150);
        vm.assertEq(guard.budget(MEMBER, BTC, Regime.EMERGENCY).coalitionLeftBps, 0, "MAR-07 nothing left today");
        skip(24 hours, 5);
        vm.assertEq(guard.budget(MEMBER, BTC, Regime.EMERGENCY).coalitionLeftBps, 200, "MAR-07 200 of 500 left this month");
    }

    function test_MAR_08_intervalAndRamp() public {
        enterTighten();
        tighten(ETH, 7_990, 8_240);
        uint64 next = uint64(block.timestamp) + 15 minutes;
        accept(150_000);
        refuse(params(ETH, 7_980, 8_230), abi.encodeWithSelector(MarginGuard.TooSoon.selector, next, block.timestamp));
        MarginGuard.TightenParams memory p = params(BTC, 7_990, 8_240);
        p.rampSec = 1 hours - 1;
        refuse(p, abi.encodeWithSelector(MarginGuard.RampOutOfRange.selector, p.rampSec, 1 hours, 24 hours));
        p.rampSec = 24 hours + 1;
        refuse(p, abi.encodeWithSelector(MarginGuard.RampOutOfRange.selector, p.rampSec, 1 hours, 24 hours));
    }

    function test_MAR_09_floors() public {
        MarginGuard.Baseline memory b = baseline(5_000);
        (b.floorLtvBps, b.floorLtBps) = (7_980, 8_240);
        vm.prank(executor);
        guard.setBaseline(MEMBER, ETH, b, 0);
        enterTighten();
        refuse(params(ETH, 7_979, 8_245), abi.encodeWithSelector(MarginGuard.BelowFloor.selector, 7_979, 8_245, 7_980, 8_240));
        refuse(params(ETH, 7_990, 8_239), abi.encodeWithSelector(MarginGuard.BelowFloor.selector, 7_990, 8_239, 7_980, 8_240));
        b.floorLtvBps = 499;
        vm.expectRevert(abi.encodeWithSelector(MarginGuard.FloorInvalid.selector, 499, 8_240));
        vm.prank(executor);
        guard.setBaseline(MEMBER, ETH, b, 0);
    }

    function test_MAR_10_lapsesByItselfSlowly() public {
        enterTighten();
        tighten(ETH, 7_950, 8_200);
        skip(2 hours, 5);
        submit(evaluation(199_999));
        skip(2 hours, 5);
        submit(evaluation(230_000));
        skip(1 minutes, 5);
        submit(evaluation(230_000));
        uint256 end = current(ETH).ttlEndsAt;
        vm.warp(end);
        vm.assertEq(current(ETH).ltBps, 8_200, "MAR-10 no jump at the end");
        vm.warp(end + 24 hours);
        vm.assertEq(current(ETH).ltBps, 8_225, "MAR-10 a quarter point per day");
        vm.assertEq(current(ETH).ltvBps, 7_975, "MAR-10 LTV too");
        vm.assertTrue(current(ETH).status == MarginStatus.RETURNING, "MAR-10 says so");
        vm.assertTrue(current(ETH).stale, "MAR-10 stale readings are flagged, not hidden");
        vm.warp(end + 10 days);
        vm.assertEq(current(ETH).ltBps, 8_250, "MAR-10 never past the baseline");
        vm.assertTrue(current(ETH).status == MarginStatus.BASELINE, "MAR-10 returned");
    }

    function test_MAR_10_returnsAtHalfTheRateWhileSevere() public {
        enterTighten();
        tighten(ETH, 7_950, 8_200);
        vm.warp(current(ETH).ttlEndsAt + 48 hours);
        vm.assertEq(current(ETH).ltBps, 8_225, "MAR-10 half the rate in TIGHTEN");
    }

    function testFuzz_MAR_10_aReturnNeverJumps(uint32[6] memory waits, uint8 recovery) public {
        enterTighten();
        tighten(ETH, 7_950, 8_200);
        vm.warp(current(ETH).ttlEndsAt);
        uint16 lt = current(ETH).ltBps;
        uint256 time = block.timestamp;
        for (uint256 i = 0; i < 6; ++i) {
            skip(bound(waits[i], 1, 2 days), 5);
            if (i == recovery % 6) submit(evaluation(400_000));
            uint16 now_ = current(ETH).ltBps;
            vm.assertGe(now_, lt, "MAR-10 a return never falls back");
            uint256 most = ((block.timestamp - time) * 25) / 1 days + 1;
            vm.assertLe(now_ - lt, most, "MAR-10 a return never exceeds the rate, whatever the regime does");
            (lt, time) = (now_, block.timestamp);
        }
    }

    function test_MAR_11_authorityBindsTheCall() public {
        enterTighten();
        MarginGuard.TightenParams memory p = params(ETH, 7_960, 8_200);
        FastAuthority memory a = authority(guard.hashTighten(p));
        a.payloadHash = keccak256("another payload");
        expectTighten(p, a, abi.encodeWithSelector(FastPath.PayloadHashMismatch.selector, a.payloadHash, guard.hashTighten(p)));
        a = authority(guard.hashTighten(p));
        a.validUntil = uint64(block.timestamp - 1);
        expectTighten(p, a, abi.encodeWithSelector(FastPath.AuthorityExpired.selector, a.validUntil, block.timestamp));
        a = authority(guard.hashTighten(p));
        a.evaluationDigest = keccak256("another evaluation");
        expectTighten(p, a, abi.encodeWithSelector(FastPath.EvaluationNotLatest.selector, a.evaluationDigest, newest));
        a = authority(guard.hashTighten(p));
        skip(15 minutes + 1, 1);
        a.validUntil = uint64(block.timestamp + 1);
        expectTighten(p, a, abi.encodeWithSelector(FastPath.EvaluationTooOld.selector, block.timestamp - 15 minutes - 1, block.timestamp));
    }

    function expectTighten(MarginGuard.TightenParams memory p, FastAuthority memory a, bytes memory reason) private {
        vm.expectRevert(reason);
        vm.prank(responder);
        guard.tighten(p, a);
    }

    function test_MAR_11_aPayloadOfAProposalRunsOnce() public {
        enterEmergency();
        MarginGuard.TightenParams memory p = params(ETH, 7_960, 8_200);
        FastAuthority memory a = authority(guard.hashTighten(p));
        vm.prank(responder);
        guard.tighten(p, a);
        wait(16 minutes, 50_000);
        a.evaluationDigest = newest;
        a.validUntil = uint64(block.timestamp);
        expectTighten(p, a, abi.encodeWithSelector(FastPath.PayloadAlreadyExecuted.selector, a.proposalId, a.payloadHash));
    }

    function test_MAR_12_mildRegimesGiveNoFastPath() public {
        accept(300_000);
        refuse(params(ETH, 7_960, 8_200), abi.encodeWithSelector(FastPath.RegimeTooMild.selector, Regime.GREEN));
        accept(150_000);
        refuse(params(ETH, 7_960, 8_200), abi.encodeWithSelector(FastPath.RegimeTooMild.selector, Regime.WATCH));
    }

    function test_MAR_13_votedRaisesAreSlow() public {
        move(8_025, 8_275, 0, "");
        vm.assertEq(current(ETH).ltBps, 8_275, "MAR-13 a quarter point");
        move(8_030, 8_275, 0, abi.encodeWithSelector(MarginGuard.TooSoon.selector, block.timestamp + 24 hours, block.timestamp));
        skip(24 hours, 1);
        move(8_051, 8_276, 0, abi.encodeWithSelector(MarginGuard.RaiseTooLarge.selector, 26, 25));
        move(7_000, 7_500, 0, abi.encodeWithSelector(MarginGuard.RampOutOfRange.selector, 0, 1 hours, 24 hours));
        move(7_000, 7_500, 10 hours, "");
        vm.assertEq(current(ETH).ltvBps, 7_000, "MAR-13 voted LTV at once");
        skip(5 hours, 1);
        vm.assertEq(current(ETH).ltBps, 7_888, "MAR-13 a voted cut ramps (8275 - 387)");
    }

    function move(uint16 ltv, uint16 lt, uint32 ramp, bytes memory reason) private {
        if (reason.length > 0) vm.expectRevert(reason);
        vm.prank(executor);
        guard.moveBaseline(MEMBER, ETH, ltv, lt, ramp);
    }

    function test_MAR_14_aRejectedInterventionReturns() public {
        enterTighten();
        tighten(ETH, 7_950, 8_200);
        skip(30 minutes, 1);
        vm.prank(executor);
        guard.endIntervention(MEMBER, ETH);
        vm.assertEq(current(ETH).ltBps, 8_225, "MAR-14 stops where it stands");
        skip(48 hours, 1);
        vm.assertEq(current(ETH).ltBps, 8_250, "MAR-14 and returns");
        vm.expectRevert(abi.encodeWithSelector(MarginGuard.NoIntervention.selector, MEMBER, ETH));
        vm.prank(executor);
        guard.endIntervention(MEMBER, ETH);
    }

    function test_MAR_15_readsNeverRevert() public view {
        Margin memory unknown = guard.current("nobody", address(1));
        vm.assertTrue(unknown.status == MarginStatus.UNLISTED, "MAR-15 unlisted reads as such");
        vm.assertEq(unknown.ltBps, 0, "MAR-15 with zeros");
        vm.assertEq(guard.budget("nobody", address(1), Regime.EMERGENCY).stepBps, 0, "MAR-15 no budget");
    }

    function testFuzz_MAR_15_readsNeverRevertAtAnyTime(uint40 time) public {
        enterTighten();
        tighten(ETH, 7_950, 8_200);
        vm.warp(block.timestamp + time);
        Margin memory margin = current(ETH);
        vm.assertTrue(margin.ltBps >= 8_200 && margin.ltBps <= 8_250, "MAR-15 between the intervention and the baseline");
    }

    function test_MAR_16_payloadHashIsThePlainEncoding() public view {
        MarginGuard.TightenParams memory p = params(ETH, 7_960, 8_200);
        bytes32 expected = keccak256(
            abi.encode(block.chainid, address(guard), MarginGuard.tighten.selector, MEMBER, ETH, 7_960, 8_200, 3_600)
        );
        vm.assertEq(guard.hashTighten(p), expected, "MAR-16 chain, target, selector, parameters");
    }
}
