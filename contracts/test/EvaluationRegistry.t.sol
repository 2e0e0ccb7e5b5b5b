// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {EvaluationRegistry} from "../src/EvaluationRegistry.sol";
import {Acceptance, Evaluation, Regime, ThresholdStatus} from "../src/interfaces/IEvaluationRegistry.sol";
import {World} from "./World.sol";

contract EvaluationRegistryTest is World {
    function refuse(Evaluation memory given, bytes memory reason) private {
        bytes[] memory list = signatures(given, 0, 2);
        vm.expectRevert(reason);
        registry.submit(given, list);
    }

    function published() private view returns (Acceptance memory acceptance) {
        (, acceptance) = registry.latest();
    }

    function test_REG_01_acceptsTwoOfThreeFromAnyone() public {
        Evaluation memory e = evaluation(310_000);
        bytes[] memory list = signatures(e, 1, 2);
        vm.prank(stranger);
        registry.submit(e, list);
        (bytes32 digest,) = registry.latestDigest();
        vm.assertEq(digest, e.digest, "REG-01 the evaluation is the latest");
        vm.assertEq(registry.latestId(), 1, "REG-01 ids count from 1");
    }

    function test_REG_01_refusesOneSignature() public {
        Evaluation memory e = evaluation(310_000);
        bytes[] memory list = signatures(e, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(EvaluationRegistry.TooFewSignatures.selector, 1, 2));
        registry.submit(e, list);
    }

    function test_REG_02_refusesTheSameSignerTwiceAndWrongOrder() public {
        Evaluation memory e = evaluation(310_000);
        bytes[] memory list = signatures(e, 0, 2);
        list[1] = list[0];
        vm.expectPartialRevert(EvaluationRegistry.SignerOrderInvalid.selector);
        registry.submit(e, list);
        list = signatures(e, 0, 2);
        (list[0], list[1]) = (list[1], list[0]);
        vm.expectPartialRevert(EvaluationRegistry.SignerOrderInvalid.selector);
        registry.submit(e, list);
    }

    function testFuzz_REG_02_refusesForeignSigners(uint256 key) public {
        key = bound(key, 1, type(uint128).max);
        for (uint256 i = 0; i < keys.length; ++i) {
            vm.assume(key != keys[i]);
        }
        Evaluation memory e = evaluation(310_000);
        bytes32 hash = registry.hashEvaluation(e);
        bytes[] memory list = new bytes[](2);
        bool first = vm.addr(key) < vm.addr(keys[0]);
        list[first ? 0 : 1] = signature(key, hash);
        list[first ? 1 : 0] = signature(keys[0], hash);
        vm.expectRevert(abi.encodeWithSelector(EvaluationRegistry.SignerNotAttester.selector, vm.addr(key)));
        registry.submit(e, list);
    }

    function testFuzz_REG_03_anyChangedFieldVoidsTheSignatures(uint8 field, uint32 change) public {
        vm.assume(change != 0);
        Evaluation memory e = evaluation(310_000);
        bytes[] memory list = signatures(e, 0, 2);
        field = uint8(bound(field, 0, 6));
        if (field == 0) e.digest ^= bytes32(uint256(change));
        if (field == 1) e.inputsRoot ^= bytes32(uint256(change));
        if (field == 2) e.ssfThreshold = 310_000 ^ (change % 100_000 + 1);
        if (field == 3) e.lac5Usd = change;
        if (field == 4) e.gexIndex = int128(uint128(change));
        if (field == 5) e.haircutBreakpoint = change;
        if (field == 6) e.gammaNeutralityPrice = change;
        vm.expectRevert();
        registry.submit(e, list);
    }

    function test_REG_04_formsOneChain() public {
        accept(310_000);
        Evaluation memory e = evaluation(300_000);
        e.parentDigest = keccak256("another parent");
        skip(10, 1);
        refuse(e, abi.encodeWithSelector(EvaluationRegistry.ParentMismatch.selector, e.parentDigest, newest));
    }

    function test_REG_04_acceptsADigestOnce() public {
        accept(310_000);
        skip(10, 1);
        Evaluation memory e = evaluation(300_000);
        e.digest = newest;
        refuse(e, abi.encodeWithSelector(EvaluationRegistry.DigestAlreadyAccepted.selector, newest, 1));
    }

    function test_REG_05_refusesABlockThatIsNotNewer() public {
        accept(310_000);
        Evaluation memory e = evaluation(300_000);
        refuse(e, abi.encodeWithSelector(EvaluationRegistry.BlockNotNewer.selector, e.blockNumber, e.blockNumber));
    }

    function test_REG_05_refusesAForeignBlockHash() public {
        Evaluation memory e = evaluation(310_000);
        e.blockHash = keccak256("another chain");
        refuse(
            e,
            abi.encodeWithSelector(
                EvaluationRegistry.BlockHashMismatch.selector, e.blockNumber, e.blockHash, blockhash(e.blockNumber)
            )
        );
    }

    function test_REG_05_refusesAnUnknownBlockEvenWithHashZero() public {
        vm.roll(100_000);
        Evaluation memory e = evaluation(310_000);
        e.blockNumber = 1;
        e.blockHash = 0;
        refuse(e, abi.encodeWithSelector(EvaluationRegistry.BlockHashMismatch.selector, 1, bytes32(0), bytes32(0)));
    }

    function test_REG_05_readsOlderHashesFromTheHistoryContract() public {
        bytes32 old = keccak256("block 500");
        // Code that returns this hash for any block: PUSH32 hash, PUSH0, MSTORE, return 32 bytes.
        vm.etch(0x0000F90827F1C53a10cb7A02335B175320002935, abi.encodePacked(hex"7f", old, hex"5f5260205ff3"));
        Evaluation memory e = evaluation(310_000);
        e.blockNumber = 500;
        e.blockHash = old;
        submit(e);
        vm.assertEq(registry.latestId(), 1, "REG-05 a hash from the history contract is accepted");
    }

    function test_REG_06_refusesOldAndFutureInputs() public {
        Evaluation memory e = evaluation(310_000);
        e.computedAt = uint64(block.timestamp - 15 minutes - 1);
        uint64 time = uint64(block.timestamp);
        refuse(
            e,
            abi.encodeWithSelector(EvaluationRegistry.ComputedAtInvalid.selector, e.computedAt, time - 15 minutes, time)
        );
        e.computedAt = time + 1;
        refuse(
            e,
            abi.encodeWithSelector(EvaluationRegistry.ComputedAtInvalid.selector, e.computedAt, time - 15 minutes, time)
        );
    }

    function test_REG_07_refusesAnotherEngineAndAnotherEpoch() public {
        Evaluation memory e = evaluation(310_000);
        e.engineVersion = keccak256("another engine");
        refuse(e, abi.encodeWithSelector(EvaluationRegistry.EngineVersionMismatch.selector, e.engineVersion, ENGINE));
        e = evaluation(310_000);
        address[] memory list = addresses(keys);
        vm.prank(executor);
        registry.setAttesters(list, 2);
        refuse(e, abi.encodeWithSelector(EvaluationRegistry.AttesterEpochMismatch.selector, 1, 2));
    }

    function test_REG_07_onlyTheExecutorRotates() public {
        address[] memory list = addresses(keys);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        registry.setAttesters(list, 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, responder));
        vm.prank(responder);
        registry.setEngineVersion(keccak256("mine"));
    }

    function test_REG_08_worsensAtOnce() public {
        accept(310_000);
        accept(10_000);
        vm.assertEq(published().publishedThreshold, 10_000, "REG-08 worse at once");
        vm.assertFalse(published().clamped, "REG-08 not clamped");
    }

    function testFuzz_REG_08_improvesNoFasterThanTheLimit(uint32 first, uint32[8] memory next, uint16[8] memory waits)
        public
    {
        first = uint32(bound(first, 1, 1e6));
        accept(first);
        uint256 start = block.timestamp;
        uint256 lowest = first;
        for (uint256 i = 0; i < 8; ++i) {
            skip(bound(waits[i], 1, 2 hours), 1);
            uint32 threshold = uint32(bound(next[i], 1, 1e6));
            if (threshold < lowest) (lowest, start) = (threshold, block.timestamp);
            submit(evaluation(threshold));
            uint256 most = lowest + ((block.timestamp - start) * 50_000) / 1 hours;
            vm.assertLe(published().publishedThreshold, most, "REG-08 improvement is bounded from any lowest point");
            vm.assertEq(published().clamped ? 1 : 0, published().publishedThreshold < threshold ? 1 : 0, "REG-08 flagged");
        }
    }

    function test_REG_09_feedFaceTellsAgeAndReverts() public {
        vm.expectRevert(abi.encodeWithSelector(EvaluationRegistry.NoSuchRound.selector, 0));
        registry.latestRoundData();
        accept(310_000);
        (uint80 id, int256 answer,, uint256 updatedAt,) = registry.latestRoundData();
        uint256 computedAt = block.timestamp;
        vm.assertEq(id, 1, "REG-09 round");
        vm.assertEq(uint256(answer), 310_000, "REG-09 answer");
        vm.assertEq(uint256(registry.latestAnswer()), 310_000, "REG-09 latest answer");
        skip(15 minutes + 1, 1);
        (,,, updatedAt,) = registry.latestRoundData();
        vm.assertEq(updatedAt, computedAt, "REG-09 the age is never hidden");
        vm.expectRevert(abi.encodeWithSelector(EvaluationRegistry.StaleReading.selector, computedAt, block.timestamp));
        registry.latestAnswer();
    }

    function test_REG_09_beyondRangeIsTheLargestShockNeverZero() public {
        Evaluation memory e = evaluation(0);
        e.thresholdStatus = ThresholdStatus.BEYOND_RANGE;
        refuse(e, abi.encodeWithSelector(EvaluationRegistry.ThresholdInvalid.selector, 0, ThresholdStatus.BEYOND_RANGE));
        e.ssfThreshold = 600_000;
        submit(e);
        vm.assertEq(uint256(registry.latestAnswer()), 600_000, "REG-09 beyond range reads as the largest shock");
    }

    function test_REG_09_refusesAThresholdOutsideItsRange() public {
        Evaluation memory e = evaluation(1_000_001);
        refuse(e, abi.encodeWithSelector(EvaluationRegistry.ThresholdInvalid.selector, 1_000_001, ThresholdStatus.CROSSING));
        e = evaluation(0);
        e.ssfThreshold = 5;
        refuse(e, abi.encodeWithSelector(EvaluationRegistry.ThresholdInvalid.selector, 5, ThresholdStatus.ALREADY_FAILED));
    }

    function regimeIs(Regime regime, string memory message) private view {
        vm.assertEq(uint256(registry.regime()), uint256(regime), message);
    }

    function test_REG_10_regimeRisesWithTheReadings() public {
        accept(300_000);
        regimeIs(Regime.GREEN, "REG-10 green");
        accept(150_000);
        regimeIs(Regime.WATCH, "REG-10 one reading below is watch");
        accept(300_000);
        accept(150_000);
        regimeIs(Regime.TIGHTEN, "REG-10 two of three below is tighten (the improvement was clamped)");
        accept(90_000);
        regimeIs(Regime.TIGHTEN, "REG-10 one critical reading is tighten");
        accept(90_000);
        regimeIs(Regime.EMERGENCY, "REG-10 two critical readings five blocks apart are an emergency");
    }

    function test_REG_10_twoCriticalReadingsInNearBlocksAreNoEmergency() public {
        accept(90_000);
        skip(8, 4);
        submit(evaluation(90_000));
        regimeIs(Regime.TIGHTEN, "REG-10 four blocks apart");
    }

    function test_REG_10_leavesOnlyPastTheMarginAndAfterTheDwell() public {
        enterTighten();
        skip(1 hours, 5);
        submit(evaluation(199_000));
        skip(10 minutes, 5);
        submit(evaluation(205_000));
        skip(10 minutes, 5);
        submit(evaluation(205_000));
        regimeIs(Regime.TIGHTEN, "REG-10 past the level, not past the margin");
        skip(2 hours, 5);
        submit(evaluation(230_000));
        regimeIs(Regime.RECOVERY, "REG-10 past the margin begins recovery");
        for (uint256 i = 0; i < 23; ++i) {
            skip(15 minutes, 5);
            submit(evaluation(230_000));
            regimeIs(Regime.RECOVERY, "REG-10 the dwell lasts");
        }
        skip(15 minutes, 5);
        submit(evaluation(230_000));
        regimeIs(Regime.GREEN, "REG-10 green after the dwell");
    }

    function test_REG_10_missingDataNeverRelaxes() public {
        vm.assertTrue(registry.isStale(), "REG-10 an empty registry is stale");
        regimeIs(Regime.WATCH, "REG-10 an empty registry is watch");
        accept(300_000);
        skip(16 minutes, 1);
        regimeIs(Regime.WATCH, "REG-10 a stale green is watch");
        accept(150_000);
        accept(150_000);
        skip(30 days, 1);
        regimeIs(Regime.TIGHTEN, "REG-10 a stale tighten stays");
    }

    function test_REG_11_countsSevereSeconds() public {
        vm.assertEq(registry.severeSecondsAt(uint48(block.timestamp)), 0, "REG-11 nothing yet");
        enterTighten();
        uint48 since = uint48(block.timestamp);
        skip(1 hours, 5);
        vm.assertEq(registry.severeSecondsAt(uint48(block.timestamp)), 1 hours, "REG-11 counts while severe");
        submit(evaluation(199_999));
        skip(2 hours, 5);
        submit(evaluation(230_000));
        skip(1 minutes, 5);
        submit(evaluation(230_000));
        regimeIs(Regime.RECOVERY, "REG-11 recovered");
        uint48 until = uint48(block.timestamp);
        skip(5 hours, 5);
        vm.assertEq(registry.severeSecondsAt(uint48(block.timestamp)), until - since, "REG-11 stops with the regime");
        vm.assertEq(registry.severeSecondsAt(since - 1), 0, "REG-11 the past does not change");
        vm.assertEq(registry.severeSecondsAt(since + 100), 100, "REG-11 any time can be asked");
    }

    function test_REG_12_refusesABadConfiguration() public {
        EvaluationRegistry.Config memory bad = config();
        bad.criticalLevel = bad.safetyLevel;
        address[] memory list = addresses(keys);
        vm.expectRevert(abi.encodeWithSelector(EvaluationRegistry.ConfigInvalid.selector, bad));
        new EvaluationRegistry(address(manager), bad, ENGINE, list, 2);
        vm.expectRevert(abi.encodeWithSelector(EvaluationRegistry.AttestersInvalid.selector, 3, 4));
        new EvaluationRegistry(address(manager), config(), ENGINE, list, 4);
        (list[0], list[1]) = (list[1], list[0]);
        vm.expectRevert(abi.encodeWithSelector(EvaluationRegistry.AttesterOrderInvalid.selector, list[0], list[1]));
        new EvaluationRegistry(address(manager), config(), ENGINE, list, 2);
    }
}
