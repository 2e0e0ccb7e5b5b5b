// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IHedgePool, LocalOptionMarket} from "../src/local/LocalOptionMarket.sol";
import {LocalPriceFeed} from "../src/local/LocalPriceFeed.sol";
import {LocalToken} from "../src/local/LocalToken.sol";
import {Vm} from "./Vm.sol";

/// @dev Trades at a fixed price of quote per base and calls back for what it is owed, as a pool does.
contract FixedPricePool is IHedgePool {
    LocalToken private immutable _base;
    LocalToken private immutable _quote;
    uint256 private immutable _price;

    constructor(LocalToken base_, LocalToken quote_, uint256 price) {
        _base = base_;
        _quote = quote_;
        _price = price;
    }

    function token0() external view returns (address) {
        return address(_base);
    }

    function swap(address recipient, bool, int256 specified, uint160, bytes calldata data)
        external
        returns (int256 amount0, int256 amount1)
    {
        // Exact input of the base when it is sold, exact output of it when it is bought: one sign for both.
        amount0 = specified;
        amount1 = -specified * int256(_price);
        if (amount0 < 0) _base.transfer(recipient, uint256(-amount0));
        if (amount1 < 0) _quote.transfer(recipient, uint256(-amount1));
        LocalOptionMarket(msg.sender).uniswapV3SwapCallback(amount0, amount1, data);
    }
}

contract LocalWorldTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    uint256 internal constant PRICE = 3_000;
    address internal hedger = address(0x4ED6E);
    address internal stranger = address(0xBAD);
    LocalToken internal base;
    LocalToken internal quote;
    FixedPricePool internal pool;
    LocalOptionMarket internal market;

    function setUp() public {
        vm.warp(1_800_000_000);
        base = new LocalToken("Ether", "ETH", 18);
        quote = new LocalToken("Dollar", "USD", 18);
        pool = new FixedPricePool(base, quote, PRICE);
        market = new LocalOptionMarket(IERC20(address(base)), IERC20(address(quote)), pool, hedger);
        address[] memory holders = new address[](2);
        uint256[] memory amounts = new uint256[](2);
        (holders[0], holders[1]) = (address(this), address(pool));
        (amounts[0], amounts[1]) = (1e30, 1e30);
        base.mint(holders, amounts);
        quote.mint(holders, amounts);
        base.approve(address(market), type(uint256).max);
        quote.approve(address(market), type(uint256).max);
        market.openBook("maker", false, true, 0, 100e18, 1_000_000e18);
        market.write(0, _lines(uint64(block.timestamp + 1), -5e18));
    }

    function _lines(uint64 expiry, int128 quantity) private pure returns (LocalOptionMarket.Line[] memory lines) {
        lines = new LocalOptionMarket.Line[](1);
        lines[0] = LocalOptionMarket.Line(false, expiry, 6_000, 2_700e8, quantity);
    }

    function testFuzz_LCW_01_theHedgeIsWhatWasTraded(int96 first, int96 second) public {
        _trade(_bounded(first));
        _trade(_bounded(second));
        int256 expected = int256(_bounded(first)) + _bounded(second);
        LocalOptionMarket.Book memory book = market.books()[0].book;
        vm.assertEq(uint256(book.hedge + 1e30), uint256(expected + 1e30), "LCW-01 hedge is the sum of its trades");
        vm.assertEq(uint256(book.stock), base.balanceOf(address(market)), "LCW-01 stock is in custody");
        vm.assertEq(uint256(book.cash), quote.balanceOf(address(market)), "LCW-01 cash is in custody");
    }

    function _bounded(int96 quantity) private pure returns (int256) {
        int256 bounded = int256(quantity) % 40e18;
        return bounded == 0 ? int256(1e18) : bounded;
    }

    function _trade(int256 quantity) private {
        vm.prank(hedger);
        market.hedge(0, quantity, 0);
    }

    function test_LCW_02_aBookSellsNoMoreThanItsStock() public {
        vm.expectPartialRevert(bytes4(keccak256("ERC20InsufficientBalance(address,uint256,uint256)")));
        _trade(-101e18);
        market.openBook("another", true, true, 500, 50e18, 0);
        vm.expectRevert(abi.encodeWithSelector(LocalOptionMarket.StockExhausted.selector, 0, -1e18));
        _trade(-101e18);
    }

    function test_LCW_03_onlyTheHedgerTradesAndOnlyTheWriterWrites() public {
        vm.expectRevert(abi.encodeWithSelector(LocalOptionMarket.NotTheHedger.selector, address(this)));
        market.hedge(0, 1e18, 0);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(LocalOptionMarket.NotTheWriter.selector, stranger));
        market.write(0, _lines(uint64(block.timestamp + 1), 1));
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(LocalOptionMarket.NotThePool.selector, stranger));
        market.uniswapV3SwapCallback(1, 1, "");
    }

    function test_LCW_04_linesAreAliveAndNotEmpty() public {
        uint64 time = uint64(block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(LocalOptionMarket.LineExpired.selector, time, block.timestamp));
        market.write(0, _lines(time, 1));
        vm.expectRevert(LocalOptionMarket.LineIsEmpty.selector);
        market.write(0, _lines(time + 1, 0));
        vm.expectRevert(abi.encodeWithSelector(LocalOptionMarket.NoSuchBook.selector, 7));
        market.write(7, _lines(time + 1, 1));
    }

    function test_LCW_05_feedsServeBothFacesAndOnePusher() public {
        LocalPriceFeed feed = new LocalPriceFeed("ETH / USD", 60, hedger, 3_000e8);
        vm.warp(block.timestamp + 12);
        vm.prank(hedger);
        feed.push(2_900e8);
        (uint80 round, int256 answer,, uint256 updatedAt, uint80 answeredIn) = feed.latestRoundData();
        vm.assertEq(uint256(answer), uint256(feed.latestAnswer()), "LCW-05 both faces agree");
        vm.assertEq(uint256(answer), 2_900e8, "LCW-05 newest answer");
        vm.assertEq(round, answeredIn, "LCW-05 answered in its round");
        vm.assertEq(updatedAt, block.timestamp, "LCW-05 true age");
        (, int256 earlier,,,) = feed.getRoundData(1);
        vm.assertEq(uint256(earlier), 3_000e8, "LCW-05 history stays");
        vm.expectRevert(abi.encodeWithSelector(LocalPriceFeed.NotThePusher.selector, address(this)));
        feed.push(1);
        vm.prank(hedger);
        vm.expectRevert(abi.encodeWithSelector(LocalPriceFeed.AnswerNotPositive.selector, int256(0)));
        feed.push(0);
        vm.expectRevert(abi.encodeWithSelector(LocalPriceFeed.NoSuchRound.selector, uint80(9)));
        feed.getRoundData(9);
    }

    function test_LCW_06_theIssuerAloneMints() public {
        address[] memory holders = new address[](1);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(LocalToken.NotTheIssuer.selector, stranger));
        base.mint(holders, new uint256[](1));
        vm.expectRevert(abi.encodeWithSelector(LocalToken.LengthMismatch.selector, 1, 2));
        base.mint(holders, new uint256[](2));
    }
}
