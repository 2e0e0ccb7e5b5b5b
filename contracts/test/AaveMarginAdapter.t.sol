// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AaveMarginAdapter} from "../src/AaveMarginAdapter.sol";
import {IAavePool, IAavePoolConfigurator} from "../src/interfaces/IAave.sol";
import {IMarginGuard, Margin, MarginStatus} from "../src/interfaces/IMarginGuard.sol";
import {World} from "./World.sol";

/// @dev Pool and configurator in one, with Aave's packing and its rule for frozen reserves.
contract MarketTwin {
    mapping(address asset => uint256) public getConfiguration;
    mapping(address asset => uint256) public getPendingLtv;

    function configureReserveAsCollateral(address asset, uint256 ltv, uint256 lt, uint256 bonus) external {
        require(ltv <= lt && lt * bonus <= 1e8, "InvalidReserveParams");
        bool frozen = (getConfiguration[asset] >> 57) & 1 == 1;
        getPendingLtv[asset] = frozen ? ltv : 0;
        getConfiguration[asset] = (frozen ? 0 : ltv) | (lt << 16) | (bonus << 32) | (frozen ? 1 << 57 : 0) | (18 << 48);
    }

    function freeze(address asset) external {
        getPendingLtv[asset] = uint16(getConfiguration[asset]);
        getConfiguration[asset] = (getConfiguration[asset] & ~uint256(0xFFFF)) | (1 << 57);
    }
}

/// @dev Gives the margin a test wants.
contract GuardTwin is IMarginGuard {
    Margin private _margin;

    function set(uint16 ltv, uint16 lt) external {
        _margin = Margin(ltv, lt, 10_500, MarginStatus.BASELINE, false, 0);
    }

    function current(bytes32, address) external view returns (Margin memory) {
        return _margin;
    }
}

contract AaveMarginAdapterTest is World {
    address internal constant ETH = address(0xE74);

    MarketTwin internal market;
    GuardTwin internal guard;
    AaveMarginAdapter internal adapter;

    function setUp() public override {
        super.setUp();
        market = new MarketTwin();
        guard = new GuardTwin();
        market.configureReserveAsCollateral(ETH, 8_000, 8_250, 10_500);
        guard.set(8_000, 8_250);
        adapter = new AaveMarginAdapter(
            MEMBER, guard, IAavePool(address(market)), IAavePoolConfigurator(address(market)), 10
        );
    }

    function live() private view returns (uint16 ltv, uint16 lt) {
        (AaveMarginAdapter.Values memory values,) = adapter.liveValues(ETH);
        return (values.ltv, values.lt);
    }

    function liveIs(uint16 ltv, uint16 lt, string memory message) private view {
        (uint16 liveLtv, uint16 liveLt) = live();
        vm.assertEq(liveLtv, ltv, message);
        vm.assertEq(liveLt, lt, message);
    }

    function sync() private returns (bool) {
        vm.prank(stranger);
        return adapter.sync(ETH);
    }

    function test_ADA_01_anyoneTightensAtOnce() public {
        guard.set(7_000, 7_400);
        vm.assertTrue(sync(), "ADA-01 changed");
        liveIs(7_000, 7_400, "ADA-01 the whole step at once");
        vm.assertFalse(sync(), "ADA-01 a second sync has nothing to do");
        (, uint16 bonus) = adapter.liveValues(ETH);
        vm.assertEq(bonus, 10_500, "ADA-01 the bonus stays");
    }

    function test_ADA_02_returnsInSmallStepsWithBlocksBetween() public {
        guard.set(7_900, 8_200);
        sync();
        guard.set(8_000, 8_250);
        sync();
        liveIs(7_910, 8_210, "ADA-02 a tenth of a point");
        vm.roll(block.number + 9);
        vm.assertFalse(sync(), "ADA-02 nine blocks are too few");
        vm.roll(block.number + 50);
        sync();
        liveIs(7_920, 8_220, "ADA-02 no catch-up for blocks that passed");
    }

    function test_ADA_02_tighteningNeverWaitsForARaise() public {
        guard.set(7_900, 8_200);
        sync();
        guard.set(8_000, 8_250);
        sync();
        guard.set(7_800, 8_250);
        vm.assertTrue(sync(), "ADA-02 changed");
        liveIs(7_800, 8_210, "ADA-02 LTV down at once, LT waits");
    }

    function test_ADA_03_neverAboveWhatTheMemberSet() public {
        guard.set(8_100, 8_400);
        vm.assertFalse(sync(), "ADA-03 the market's own values are stricter");
        liveIs(8_000, 8_250, "ADA-03 unchanged");
    }

    function test_ADA_04_aStricterMemberWins() public {
        guard.set(7_900, 8_200);
        sync();
        market.configureReserveAsCollateral(ETH, 7_500, 7_800, 10_500);
        vm.assertFalse(sync(), "ADA-04 nothing overwritten");
        guard.set(8_000, 8_250);
        vm.roll(block.number + 50);
        vm.assertFalse(sync(), "ADA-04 not raised again by us");
        liveIs(7_500, 7_800, "ADA-04 the member's values stay");
    }

    function test_ADA_04_aLooserMemberIsHeldToTheIntervention() public {
        guard.set(7_900, 8_200);
        sync();
        market.configureReserveAsCollateral(ETH, 8_100, 8_300, 10_500);
        sync();
        liveIs(7_900, 8_200, "ADA-04 the stricter is ours");
        vm.assertEq(adapter.recordOf(ETH).ceiling.lt, 8_300, "ADA-04 the member's new ceiling is remembered");
    }

    function test_ADA_05_aFrozenReserveKeepsItsLtvPending() public {
        sync();
        market.freeze(ETH);
        guard.set(7_900, 8_200);
        sync();
        vm.assertEq(market.getPendingLtv(ETH), 7_900, "ADA-05 pending");
        vm.assertEq(uint16(market.getConfiguration(ETH)), 0, "ADA-05 still no borrowing");
        liveIs(7_900, 8_200, "ADA-05 compared by the pending value");
    }

    function test_ADA_06_refusesWhatIsNoCollateralOrNotListed() public {
        vm.expectRevert(abi.encodeWithSelector(AaveMarginAdapter.NotCollateral.selector, address(1)));
        adapter.sync(address(1));
        guard = new GuardTwin();
        adapter = new AaveMarginAdapter(MEMBER, guard, IAavePool(address(market)), IAavePoolConfigurator(address(market)), 10);
        vm.expectRevert(abi.encodeWithSelector(AaveMarginAdapter.NotListed.selector, MEMBER, ETH));
        sync();
    }

    function testFuzz_ADA_07_liveNeverExceedsTheStricterOfBothNorRisesFast(
        uint16[8] memory own,
        uint16[8] memory member,
        uint8[8] memory blocks
    ) public {
        uint16 ceiling = 8_250;
        for (uint256 i = 0; i < 8; ++i) {
            vm.roll(block.number + blocks[i]);
            uint16 wanted = uint16(bound(own[i], 5_000, 9_000));
            guard.set(wanted - 200, wanted);
            if (member[i] % 4 == 0) {
                uint16 set = uint16(bound(member[i], 5_000, 9_000));
                (, uint16 present) = live();
                if (set == present) continue;
                ceiling = set;
                market.configureReserveAsCollateral(ETH, ceiling - 250, ceiling, 10_500);
            }
            (, uint16 before) = live();
            adapter.sync(ETH);
            (, uint16 lt) = live();
            uint16 stricter = wanted < ceiling ? wanted : ceiling;
            vm.assertLe(lt, before > stricter ? stricter : before + 10, "ADA-07 the stricter, raised by 0.1 pp at most");
            vm.assertLe(lt, ceiling, "ADA-07 never above the member's own value");
        }
    }
}
