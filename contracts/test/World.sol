// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {EvaluationRegistry} from "../src/EvaluationRegistry.sol";
import {FastAuthority} from "../src/FastPath.sol";
import {Evaluation, ThresholdStatus} from "../src/interfaces/IEvaluationRegistry.sol";
import {Vm} from "./Vm.sol";

/// @title Authority, attesters and a registry whose readings a test chooses.
abstract contract World {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    bytes32 internal constant MEMBER = "aave-local";
    bytes32 internal constant ENGINE = keccak256("engine");
    uint64 internal constant RESPONDER = 1;
    uint64 internal constant COUNCIL = 2;
    uint64 internal constant EXECUTOR = 3;

    address internal responder = address(0xA1);
    address internal council = address(0xA2);
    address internal executor = address(0xA3);
    address internal stranger = address(0xBAD);

    AccessManager internal manager;
    EvaluationRegistry internal registry;
    uint256[] internal keys;
    bytes32 internal newest;
    uint256 private _count;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        vm.roll(1_000);
        manager = new AccessManager(address(this));
        manager.grantRole(RESPONDER, responder, 0);
        manager.grantRole(COUNCIL, council, 0);
        manager.grantRole(EXECUTOR, executor, 0);
        keys = sortedKeys(3);
        registry = new EvaluationRegistry(address(manager), config(), ENGINE, addresses(keys), 2);
        restrict(address(registry), EvaluationRegistry.setAttesters.selector, EXECUTOR);
        restrict(address(registry), EvaluationRegistry.setEngineVersion.selector, EXECUTOR);
    }

    function config() internal pure returns (EvaluationRegistry.Config memory) {
        return EvaluationRegistry.Config({
            safetyLevel: 200_000,
            criticalLevel: 100_000,
            recoveryMargin: 20_000,
            recoveryDwell: 6 hours,
            maxImprovementPerHour: 50_000,
            maxInputAge: 15 minutes,
            heartbeat: 15 minutes
        });
    }

    function restrict(address target, bytes4 selector, uint64 role) internal {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(target, selectors, role);
    }

    /// @dev Keys whose addresses ascend.
    function sortedKeys(uint256 count) internal pure returns (uint256[] memory sorted) {
        sorted = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 key = 0xA77E57 + i;
            uint256 j = i;
            for (; j > 0 && vm.addr(sorted[j - 1]) > vm.addr(key); --j) {
                sorted[j] = sorted[j - 1];
            }
            sorted[j] = key;
        }
    }

    function addresses(uint256[] memory keys_) internal pure returns (address[] memory list) {
        list = new address[](keys_.length);
        for (uint256 i = 0; i < keys_.length; ++i) {
            list[i] = vm.addr(keys_[i]);
        }
    }

    /// @dev The next acceptable evaluation at the block before this one.
    function evaluation(uint32 threshold) internal returns (Evaluation memory e) {
        e.digest = keccak256(abi.encode("evaluation", ++_count));
        e.parentDigest = newest;
        e.inputsRoot = keccak256("inputs");
        e.engineVersion = ENGINE;
        e.attesterEpoch = registry.attesterEpoch();
        e.blockNumber = uint64(block.number - 1);
        e.blockHash = blockhash(block.number - 1);
        e.computedAt = uint64(block.timestamp);
        e.ssfThreshold = threshold;
        e.thresholdStatus = threshold == 0 ? ThresholdStatus.ALREADY_FAILED : ThresholdStatus.CROSSING;
    }

    function signatures(Evaluation memory e, uint256 from, uint256 count) internal view returns (bytes[] memory list) {
        list = new bytes[](count);
        bytes32 hash = registry.hashEvaluation(e);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = signature(keys[from + i], hash);
        }
    }

    function signature(uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, hash);
        return abi.encodePacked(r, s, v);
    }

    function submit(Evaluation memory e) internal {
        bytes[] memory list = signatures(e, 0, 2);
        registry.submit(e, list);
        newest = e.digest;
    }

    /// @dev A minute and five blocks later a reading is accepted.
    function accept(uint32 threshold) internal {
        skip(1 minutes, 5);
        submit(evaluation(threshold));
    }

    /// @dev Any number brought into a range, ends included.
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        return low + (value % (high - low + 1));
    }

    function skip(uint256 time, uint256 blocks) internal {
        vm.warp(block.timestamp + time);
        vm.roll(block.number + blocks);
    }

    function enterTighten() internal {
        accept(150_000);
        accept(150_000);
    }

    function enterEmergency() internal {
        accept(50_000);
        accept(50_000);
    }

    function authority(bytes32 payloadHash) internal view returns (FastAuthority memory) {
        return FastAuthority(keccak256("proposal"), newest, payloadHash, uint64(block.timestamp + 10 minutes));
    }
}
