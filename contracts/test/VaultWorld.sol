// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {BackstopVault} from "../src/BackstopVault.sol";
import {FastAuthority} from "../src/FastPath.sol";
import {LiquidationFiller} from "../src/LiquidationFiller.sol";
import {AggregatorV3Interface} from "../src/interfaces/AggregatorV3Interface.sol";
import {IAavePool} from "../src/interfaces/IAave.sol";
import {IBackstopFiller} from "../src/interfaces/IBackstopFiller.sol";
import {IDebtMeter} from "../src/interfaces/IDebtMeter.sol";
import {World} from "./World.sol";

contract Token is ERC20 {
    uint8 private immutable _units;

    constructor(string memory name, uint8 units) ERC20(name, name) {
        _units = units;
    }

    function decimals() public view override returns (uint8) {
        return _units;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

contract FeedTwin is AggregatorV3Interface {
    int256 private _answer;
    uint256 private _updatedAt;
    bool private _broken;

    function set(int256 answer) external {
        (_answer, _updatedAt) = (answer, block.timestamp);
    }

    function breakDown() external {
        _broken = true;
    }

    function decimals() external pure returns (uint8) {
        return 8;
    }

    function description() external pure returns (string memory) {
        return "twin";
    }

    function version() external pure returns (uint256) {
        return 1;
    }

    function getRoundData(uint80) external view returns (uint80, int256, uint256, uint256, uint80) {
        return latestRoundData();
    }

    function latestRoundData() public view returns (uint80, int256, uint256, uint256, uint80) {
        require(!_broken, "broken");
        return (1, _answer, _updatedAt, _updatedAt, 1);
    }
}

/// @dev A lending market with one debtor per account; liquidation seizes collateral at 5 % bonus and 2,000 USD.
contract LendingTwin is IDebtMeter {
    Token private immutable _money;
    Token private immutable _collateral;
    uint256 public totalDebtUnits;

    constructor(Token money, Token collateral) {
        _money = money;
        _collateral = collateral;
    }

    function lend(uint256 debt) external {
        totalDebtUnits += debt;
    }

    function totalDebt(address) external view returns (uint256) {
        return totalDebtUnits;
    }

    function liquidationCall(address, address, address, uint256 debtToCover, bool) external {
        _money.transferFrom(msg.sender, address(this), debtToCover);
        totalDebtUnits -= debtToCover;
        _collateral.mint(msg.sender, (debtToCover * 1e12 * 105) / 100 / 2_000);
    }
}

/// @dev Sells collateral it already has, without any liquidation.
contract Dumper is IBackstopFiller {
    function onBackstopFill(address collateral, uint256 amount, uint256, bytes calldata) external {
        ERC20(collateral).approve(msg.sender, amount);
    }

    function dump(BackstopVault vault, uint256 id, uint256 amount) external {
        vault.fill(id, amount, "");
    }
}

/// @dev Tries to fill again, to deposit and to redeem from inside a fill.
contract Reentrant is IBackstopFiller {
    BackstopVault private immutable _vault;

    constructor(BackstopVault vault) {
        _vault = vault;
    }

    function onBackstopFill(address, uint256, uint256, bytes calldata) external {
        _vault.fill(1, 1e15, "");
    }

    function start() external {
        _vault.fill(1, 1e15, "");
    }
}

/// @title A vault of ten million, a lending market beside it and feeds that a test moves.
abstract contract VaultWorld is World {
    Token internal usdc;
    Token internal weth;
    FeedTwin internal first;
    FeedTwin internal second;
    FeedTwin internal dollar;
    LendingTwin internal lending;
    BackstopVault internal vault;
    LiquidationFiller internal filler;
    address internal depositor = address(0xDE9);

    function setUp() public override {
        super.setUp();
        usdc = new Token("USDC", 6);
        weth = new Token("WETH", 18);
        first = new FeedTwin();
        second = new FeedTwin();
        dollar = new FeedTwin();
        lending = new LendingTwin(usdc, weth);
        vault = new BackstopVault(address(manager), registry, usdc);
        filler = new LiquidationFiller(vault, IAavePool(address(lending)));
        restrict(address(vault), BackstopVault.openAuction.selector, RESPONDER);
        restrict(address(vault), BackstopVault.setCollateral.selector, EXECUTOR);
        restrict(address(vault), BackstopVault.setMember.selector, EXECUTOR);
        restrict(address(vault), BackstopVault.sellCollateral.selector, EXECUTOR);
        AggregatorV3Interface[] memory feeds = new AggregatorV3Interface[](2);
        (feeds[0], feeds[1]) = (first, second);
        AggregatorV3Interface[] memory dollars = new AggregatorV3Interface[](1);
        dollars[0] = dollar;
        vm.startPrank(executor);
        vault.setCollateral(address(weth), 1_000e18, feeds, 1 hours);
        vault.setCollateral(address(usdc), 0, dollars, 365 days);
        vault.setMember(MEMBER, lending);
        vm.stopPrank();
        dollar.set(1e8);
        deposit(depositor, 10_000_000e6);
        skip(2 days, 5);
        prices(2_000e8, 2_000e8);
        lending.lend(5_000_000e6);
    }

    function deposit(address who, uint256 amount) internal {
        usdc.mint(who, amount);
        vm.startPrank(who);
        usdc.approve(address(vault), amount);
        vault.deposit(amount, who);
        vm.stopPrank();
    }

    function prices(int256 a, int256 b) internal {
        first.set(a);
        second.set(b);
    }

    function params(uint128 spend) internal view returns (BackstopVault.AuctionParams memory) {
        return BackstopVault.AuctionParams(MEMBER, address(weth), spend, 450, 200, 1 hours);
    }

    function open(BackstopVault.AuctionParams memory p) internal {
        FastAuthority memory a = authority(vault.hashOpenAuction(p));
        a.proposalId = keccak256(abi.encode(block.timestamp));
        vm.prank(responder);
        vault.openAuction(p, a);
    }

    function refuse(BackstopVault.AuctionParams memory p, bytes memory reason) internal {
        FastAuthority memory a = authority(vault.hashOpenAuction(p));
        vm.expectRevert(reason);
        vm.prank(responder);
        vault.openAuction(p, a);
    }

    function openLargest() internal {
        open(params(uint128(vault.availableSpend())));
        vm.roll(block.number + 1);
    }

    /// @dev Fills the open auction to the last unit.
    function filled() internal {
        uint256 id = vault.auctionCount();
        uint256 left = vault.authorisedUnspent(MEMBER);
        uint256 amount = (left * 1e18) / vault.quote(id, 1e18);
        uint256 cost = vault.quote(id, amount);
        if (cost < left) amount = (amount * left) / cost + 1;
        while (vault.quote(id, amount) > left) --amount;
        uint256 debt = (amount * 2_000 * 100) / 105 / 1e12 + 1e6;
        usdc.mint(stranger, debt);
        vm.startPrank(stranger);
        usdc.approve(address(filler), debt);
        filler.liquidate(id, address(0xB0), debt, amount);
        vm.stopPrank();
        vm.assertLe(vault.authorisedUnspent(MEMBER), 1e6, "the tranche is used");
    }

    function reopen(uint256 time) internal {
        skip(time, 5);
        submit(evaluation(150_000));
        prices(2_000e8, 2_000e8);
        if (vault.isOpen()) {
            skip(1 hours, 5);
            submit(evaluation(150_000));
            prices(2_000e8, 2_000e8);
        }
    }
}
