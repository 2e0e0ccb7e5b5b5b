// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {BackstopVault} from "../src/BackstopVault.sol";
import {FastAuthority, FastPath} from "../src/FastPath.sol";
import {FeedSet} from "../src/FeedSet.sol";
import {LiquidationFiller} from "../src/LiquidationFiller.sol";
import {Regime} from "../src/interfaces/IEvaluationRegistry.sol";
import {Dumper, Reentrant, VaultWorld} from "./VaultWorld.sol";

contract BackstopVaultTest is VaultWorld {
    function test_VAU_01_buysSeizedCollateralAtADiscount() public {
        enterTighten();
        openLargest();
        vm.prank(stranger);
        uint256 paid = filler.liquidate(1, address(0xB0), 99_000e6, 51.9e18);
        vm.assertEq(paid, 99_129e6, "VAU-01 51.9 at 2000 less 4.5 %");
        vm.assertEq(weth.balanceOf(address(vault)), 51.9e18, "VAU-01 the collateral is here");
        vm.assertEq(vault.held(address(weth)), 51.9e18, "VAU-01 and counted");
        vm.assertEq(usdc.balanceOf(stranger), 129e6, "VAU-01 a liquidator without capital keeps the difference");
        vm.assertEq(vault.totalAssets(), 10_000_000e6 - 99_129e6, "VAU-01 the cash is spent");
        vm.assertEq(vault.authorisedUnspent(MEMBER), 500_000e6 - 99_129e6, "VAU-01 what is left of the tranche");
    }

    function test_VAU_01_theLiquidatorNeedsOnlyTheDifference() public {
        enterTighten();
        openLargest();
        usdc.mint(stranger, 680e6);
        vm.startPrank(stranger);
        usdc.approve(address(filler), 680e6);
        filler.liquidate(1, address(0xB0), 100_000e6, 52e18);
        vm.stopPrank();
        vm.assertEq(usdc.balanceOf(stranger), 0, "VAU-01 99,320 paid by the vault and 680 by the liquidator");
        vm.assertEq(weth.balanceOf(stranger), 0.5e18, "VAU-01 the rest of the seized collateral is the gain");
    }

    function test_VAU_02_onlyTheResponderAndOnlyInABreach() public {
        BackstopVault.AuctionParams memory p = params(100_000e6);
        accept(300_000);
        refuse(p, abi.encodeWithSelector(FastPath.RegimeTooMild.selector, Regime.GREEN));
        enterTighten();
        FastAuthority memory a = authority(vault.hashOpenAuction(p));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, council));
        vm.prank(council);
        vault.openAuction(p, a);
        a.payloadHash = keccak256("more");
        vm.expectRevert(abi.encodeWithSelector(FastPath.PayloadHashMismatch.selector, a.payloadHash, vault.hashOpenAuction(p)));
        vm.prank(responder);
        vault.openAuction(p, a);
    }

    function test_VAU_03_spendingLimits() public {
        enterTighten();
        refuse(params(500_001e6), abi.encodeWithSelector(BackstopVault.SpendOutOfRange.selector, 500_001e6, 10_000e6, 500_000e6));
        refuse(params(9_999e6), abi.encodeWithSelector(BackstopVault.SpendOutOfRange.selector, 9_999e6, 10_000e6, 500_000e6));
        openLargest();
        filled();
        reopen(1 minutes);
        vm.assertEq(vault.availableSpend(), (vault.fund() * 1_000) / 10_000 - 500_000e6, "VAU-03 10 % per day");
        vm.assertLt(vault.availableSpend(), (vault.fund() * 500) / 10_000, "VAU-03 which is less than one event");
        openLargest();
        filled();
        reopen(1 minutes);
        vm.assertEq(vault.availableSpend(), 0, "VAU-03 10 % of a smaller fund is spent for today");
        reopen(2 days);
        uint256 month = vault.availableSpend();
        uint256 spent = 10_000_000e6 - vault.totalAssets();
        uint256 left = (vault.fund() * 1_500) / 10_000 - spent;
        vm.assertTrue(month <= left && month + 2e6 >= left, "VAU-03 15 % in 30 days");
        vm.assertLt(month, (vault.fund() * 500) / 10_000, "VAU-03 which is less than one event");
    }

    function test_VAU_03_aFloorStays() public {
        uint256 shares = vault.balanceOf(depositor);
        vm.prank(depositor);
        vault.requestExit(shares);
        skip(10 days, 1);
        enterTighten();
        prices(2_000e8, 2_000e8);
        openLargest();
        filled();
        skip(1 hours, 5);
        vm.prank(depositor);
        vault.redeem((shares * 99) / 100, depositor, depositor);
        skip(3 days, 5);
        vm.assertGt(vault.fund(), 94_000e6, "VAU-03 95,000 of cash are left beside 500,000 of collateral");
        vm.assertEq(vault.availableSpend(), 0, "VAU-03 less than a fifth of both is never spent");
    }

    function testFuzz_VAU_03_noSequenceOfAuctionsSpendsMoreThanItsShare(uint64[6] memory spends, uint24[6] memory waits) public {
        enterTighten();
        uint256 spentTotal;
        for (uint256 i = 0; i < 6; ++i) {
            uint256 most = vault.availableSpend();
            uint128 spend = uint128(bound(spends[i], 1, 2 * most + 1));
            BackstopVault.AuctionParams memory p = params(spend);
            FastAuthority memory a = authority(vault.hashOpenAuction(p));
            a.proposalId = keccak256(abi.encode(i));
            vm.prank(responder);
            try vault.openAuction(p, a) {
                vm.roll(block.number + 1);
                vm.assertLe(spend, most, "VAU-03 never above what is available");
                filled();
                spentTotal += spend;
            } catch {
                vm.assertEq(vault.availableSpend(), most, "VAU-03 a refusal spends nothing");
            }
            reopen(bound(waits[i], 1, 4 days));
        }
        vm.assertLe(spentTotal, 1_500_000e6, "VAU-03 never above 15 % of the fund in 30 days");
    }

    function test_VAU_04_freshMoneyDoesNotRaiseTheLimits() public {
        enterTighten();
        deposit(address(0x11), 90_000_000e6);
        vm.assertEq(vault.fund(), 10_000_000e6, "VAU-04 the lowest of a day counts");
        vm.assertEq(vault.availableSpend(), 500_000e6, "VAU-04 so the limit stays");
        skip(2 days, 1);
        vm.assertEq(vault.fund(), 100_000_000e6, "VAU-04 until the money has stayed");
    }

    function test_VAU_05_aFillNeedsARepayment() public {
        enterTighten();
        openLargest();
        Dumper dumper = new Dumper();
        weth.mint(address(dumper), 10e18);
        vm.expectRevert(abi.encodeWithSelector(BackstopVault.DebtNotRepaid.selector, 0, 19_100e6));
        dumper.dump(vault, 1, 10e18);
    }

    function test_VAU_05_aFillNeedsTheCollateral() public {
        enterTighten();
        openLargest();
        Dumper dumper = new Dumper();
        vm.expectRevert();
        dumper.dump(vault, 1, 10e18);
        vm.assertEq(vault.totalAssets(), 10_000_000e6, "VAU-05 nothing is lost");
    }

    function test_VAU_06_theLowestFreshFeedCounts() public {
        enterTighten();
        openLargest();
        prices(2_000e8, 1_950e8);
        vm.assertEq(vault.quote(1, 1e18), 1_862_250_000, "VAU-06 1950 less 4.5 %");
        skip(30 minutes, 1);
        prices(1_980e8, 1_960e8);
        vm.assertEq(vault.quote(1, 1e18), 1_896_300_000, "VAU-06 re-read, at 3.25 %");
        prices(2_000e8, 1_930e8);
        vm.expectRevert(abi.encodeWithSelector(FeedSet.FeedsDiverge.selector, 1_930e18, 2_000e18));
        vault.quote(1, 1e18);
    }

    function test_VAU_06_oldOrBrokenFeedsAreLeftOut() public {
        enterTighten();
        openLargest();
        skip(50 minutes, 1);
        second.set(1_990e8);
        skip(20 minutes, 1);
        vm.assertEq(vault.quote(1, 1e18), (1_990e6 * uint256(9_800)) / 10_000, "VAU-06 the old one is left out");
        second.breakDown();
        vm.expectRevert(abi.encodeWithSelector(FeedSet.NoFreshFeed.selector, address(weth)));
        vault.quote(1, 1e18);
        first.set(-1);
        vm.expectRevert(abi.encodeWithSelector(FeedSet.NoFreshFeed.selector, address(weth)));
        vault.quote(1, 1e18);
    }

    function testFuzz_VAU_07_neverPaysMoreThanTheLowestFeedLessTwoPercent(uint96 amount, uint64 a, uint64 spread, uint16 time) public {
        enterTighten();
        openLargest();
        skip(bound(time, 0, 59 minutes), 1);
        uint256 low = bound(a, 1e8, 10_000e8);
        uint256 high = low + bound(spread, 0, low / 40);
        prices(int256(low), int256(high));
        uint256 quoted = vault.quote(1, amount);
        vm.assertLe(quoted, (uint256(amount) * low * 98) / 100 / 1e20, "VAU-07 at most the lowest feed less 2 %");
    }

    function test_VAU_08_auctionsAreOneAtATimeAndStartLater() public {
        enterTighten();
        open(params(100_000e6));
        vm.expectRevert(abi.encodeWithSelector(BackstopVault.AuctionNotStarted.selector, block.number + 1, block.number));
        filler.liquidate(1, address(0xB0), 10_000e6, 1e18);
        refuse(params(50_000e6), abi.encodeWithSelector(BackstopVault.AuctionStillOpen.selector, 1));
        skip(1 hours, 5);
        vm.expectRevert(abi.encodeWithSelector(BackstopVault.AuctionNotOpen.selector, 1));
        filler.liquidate(1, address(0xB0), 10_000e6, 1e18);
    }

    function test_VAU_08_anUnusedTrancheGivesItsBudgetBack() public {
        enterTighten();
        open(params(500_000e6));
        skip(1 hours, 5);
        (bool needed,) = vault.checkUpkeep("");
        vm.assertTrue(needed, "VAU-08 a keeper sees that it is over");
        vm.assertEq(vault.authorisedUnspent(MEMBER), 0, "VAU-08 nothing is authorised any more");
        vault.performUpkeep("anything");
        (needed,) = vault.checkUpkeep("");
        vm.assertFalse(needed, "VAU-08 closed");
        submit(evaluation(150_000));
        open(params(500_000e6));
        skip(1 hours, 5);
        vault.close();
        vm.assertEq(vault.availableSpend(), 500_000e6, "VAU-08 two unused tranches leave the day's budget whole");
    }

    function test_VAU_08_refusesBadTerms() public {
        enterTighten();
        BackstopVault.AuctionParams memory p = params(100_000e6);
        p.startDiscountBps = 1_501;
        refuse(p, abi.encodeWithSelector(BackstopVault.DiscountInvalid.selector, 1_501, 200));
        (p.startDiscountBps, p.endDiscountBps) = (450, 199);
        refuse(p, abi.encodeWithSelector(BackstopVault.DiscountInvalid.selector, 450, 199));
        p = params(100_000e6);
        p.durationSec = 9 minutes;
        refuse(p, abi.encodeWithSelector(BackstopVault.DurationOutOfRange.selector, 9 minutes, 10 minutes, 24 hours));
        p = params(100_000e6);
        p.collateral = address(0xBAD);
        refuse(p, abi.encodeWithSelector(BackstopVault.CollateralNotListed.selector, address(0xBAD)));
        p = params(100_000e6);
        p.member = "nobody";
        refuse(p, abi.encodeWithSelector(BackstopVault.MemberNotListed.selector, p.member));
    }

    function test_VAU_11_collateralIsSoldForItsWorth() public {
        enterTighten();
        openLargest();
        filled();
        uint256 held = vault.held(address(weth));
        uint256 worth = (held * 1_960) / 1e12;
        address buyer = address(0xB1);
        usdc.mint(buyer, 2 * worth);
        vm.prank(buyer);
        usdc.approve(address(vault), 2 * worth);
        vm.startPrank(executor);
        vm.expectRevert(abi.encodeWithSelector(BackstopVault.PriceTooLow.selector, worth - 1, worth));
        vault.sellCollateral(address(weth), held, worth - 1, buyer);
        vm.expectRevert(abi.encodeWithSelector(BackstopVault.HoldingTooSmall.selector, held + 1e18, held));
        vault.sellCollateral(address(weth), held + 1e18, 2 * worth, buyer);
        vault.sellCollateral(address(weth), held, worth, buyer);
        vm.stopPrank();
        vm.assertEq(vault.heldCost(), 0, "VAU-11 nothing held");
        vm.assertGt(vault.totalAssets(), 10_000_000e6, "VAU-11 with a gain");
        vm.assertEq(weth.balanceOf(buyer), held, "VAU-11 delivered");
    }

    function test_VAU_12_aFillCannotBeReentered() public {
        enterTighten();
        openLargest();
        Reentrant attacker = new Reentrant(vault);
        vm.expectRevert(bytes4(keccak256("ReentrancyGuardReentrantCall()")));
        attacker.start();
    }

    function test_VAU_13_theFillerServesOnlyItsVaultAndItsCaller() public {
        LiquidationFiller.Order memory order = LiquidationFiller.Order(depositor, stranger, 1e6);
        vm.expectRevert(abi.encodeWithSelector(LiquidationFiller.OnlyVault.selector, stranger));
        vm.prank(stranger);
        filler.onBackstopFill(address(weth), 1, 1, abi.encode(order));
        vm.expectRevert(LiquidationFiller.FillNotStarted.selector);
        vm.prank(address(vault));
        filler.onBackstopFill(address(weth), 1, 1, abi.encode(order));
    }
}
