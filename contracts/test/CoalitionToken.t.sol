// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CoalitionToken} from "../src/CoalitionToken.sol";
import {Vm} from "./Vm.sol";

contract CoalitionTokenTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    CoalitionToken internal token;
    address internal alice = address(0xA11CE);
    address internal bob = address(0xB0B);

    function setUp() public {
        vm.warp(1_800_000_000);
        address[] memory holders = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        (holders[0], holders[1]) = (alice, bob);
        (amounts[0], amounts[1]) = (600e18, 400e18);
        token = new CoalitionToken("ipfs://dao", holders, amounts);
    }

    function test_TOK_01_powerIsMeasuredAtPastTimestamps() public {
        vm.prank(alice);
        token.delegate(alice);
        uint256 time = block.timestamp;
        vm.warp(time + 100);
        vm.assertEq(token.getPastVotes(alice, time), 600e18, "TOK-01 power at a timestamp");
        vm.prank(alice);
        token.transfer(bob, 600e18);
        vm.warp(time + 200);
        vm.assertEq(token.getPastVotes(alice, time), 600e18, "TOK-01 the past does not change");
        vm.assertEq(token.getPastVotes(alice, time + 150), 0, "TOK-01 the present does");
        vm.assertEq(token.getPastTotalSupply(time + 150), 1_000e18, "TOK-01 total supply");
        vm.assertEq(token.clock(), time + 200, "TOK-01 clock in seconds");
    }

    function test_TOK_02_theFutureCannotBeAsked() public {
        vm.expectRevert();
        token.getPastVotes(alice, block.timestamp);
    }

    function test_TOK_03_theSupplyIsFixed() public view {
        vm.assertEq(token.totalSupply(), 1_000e18, "TOK-03 what was allotted");
        vm.assertEq(keccak256(bytes(token.CLOCK_MODE())), keccak256("mode=timestamp"), "TOK-03 ERC-6372");
        vm.assertEq(keccak256(bytes(token.daoURI())), keccak256("ipfs://dao"), "TOK-03 ERC-4824");
    }
}
