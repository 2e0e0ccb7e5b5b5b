// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {BackstopVault} from "../src/BackstopVault.sol";
import {FundShares} from "../src/FundShares.sol";
import {VaultWorld} from "./VaultWorld.sol";

contract FundSharesTest is VaultWorld {
    function test_VAU_09_donationsChangeNothing() public {
        uint256 before = vault.previewRedeem(1e12);
        usdc.mint(address(vault), 1_000_000e6);
        vm.assertEq(vault.previewRedeem(1e12), before, "VAU-09 the share price is counted, not weighed");
        vm.assertEq(vault.fund(), 10_000_000e6, "VAU-09 nor the fund");
    }

    function testFuzz_VAU_09_theFirstDepositorCannotBeRobbed(uint64 donation, uint64 amount) public {
        vault = new BackstopVault(address(manager), registry, usdc);
        deposit(stranger, 1);
        usdc.mint(address(vault), donation);
        amount = uint64(bound(amount, 1e6, 1e15));
        deposit(depositor, amount);
        vm.assertGe(vault.previewRedeem(vault.balanceOf(depositor)), amount - 1, "VAU-09 the deposit is worth itself");
    }

    function test_VAU_10_exitsNeedNoticeAndAWindow() public {
        uint256 shares = vault.balanceOf(depositor);
        vm.startPrank(depositor);
        vm.expectRevert(abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxRedeem.selector, depositor, shares, 0));
        vault.redeem(shares, depositor, depositor);
        vault.requestExit(shares);
        skip(10 days - 1, 1);
        vm.assertEq(vault.maxRedeem(depositor), 0, "VAU-10 not yet");
        skip(1, 1);
        vm.assertEq(vault.maxRedeem(depositor), shares, "VAU-10 now");
        vault.redeem(shares / 2, depositor, depositor);
        vm.assertEq(usdc.balanceOf(depositor), 5_000_000e6, "VAU-10 paid");
        skip(2 days, 1);
        vm.assertEq(vault.maxRedeem(depositor), 0, "VAU-10 the window lapses");
        vm.stopPrank();
    }

    function test_VAU_10_sharesUnderNoticeDoNotMove() public {
        uint256 shares = vault.balanceOf(depositor);
        vm.startPrank(depositor);
        vault.requestExit(shares);
        vm.expectRevert(abi.encodeWithSelector(FundShares.SharesLocked.selector, shares, shares - 1));
        vault.transfer(stranger, 1);
        skip(12 days, 1);
        vault.transfer(stranger, 1);
        vm.stopPrank();
    }

    function test_VAU_10_noExitWhileAnAuctionRunsNoDepositWhileCollateralIsHeld() public {
        vm.prank(depositor);
        vault.requestExit(1e12);
        skip(10 days, 1);
        enterTighten();
        prices(2_000e8, 2_000e8);
        openLargest();
        vm.assertEq(vault.maxRedeem(depositor), 0, "VAU-10 no exit while an auction runs");
        vm.assertEq(vault.maxWithdraw(depositor), 0, "VAU-10 in neither form");
        vm.assertEq(vault.maxDeposit(stranger), 0, "VAU-10 no deposit while an auction runs");
        filled();
        vm.assertEq(vault.maxDeposit(stranger), 0, "VAU-10 nor while collateral is held");
        vm.assertEq(vault.maxMint(stranger), 0, "VAU-10 in neither form");
    }
}
