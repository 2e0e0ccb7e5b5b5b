// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.26;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @notice The part of a Uniswap v3 pool that the hedge trades through.
interface IHedgePool {
    function token0() external view returns (address);
    function swap(address recipient, bool zeroForOne, int256 amountSpecified, uint160 sqrtPriceLimitX96, bytes calldata data)
        external
        returns (int256 amount0, int256 amount1);
}

/// @title An option market of the local world
/// @notice Keeps the option books of its writers on chain: every line with strike, expiry, volatility and quantity, the
/// hedge held against them and the money behind them. Hedge trades run through this contract on the Uniswap pool, so the
/// hedge inventory is what the chain says it is.
contract LocalOptionMarket {
    using SafeERC20 for IERC20;

    error NotTheWriter(address caller);
    error NotTheHedger(address caller);
    error NotThePool(address caller);
    error NoSuchBook(uint256 bookId);
    error BookIsNotHedged(uint256 bookId);
    error LineExpired(uint64 expiry, uint256 timestamp);
    error LineIsEmpty();
    error NothingToTrade();
    error StockExhausted(uint256 bookId, int256 stockAfter);
    error CashExhausted(uint256 bookId, int256 cashAfter);

    event BookOpened(uint256 indexed bookId, string name, bool isVault);
    event LineWritten(uint256 indexed bookId, uint256 indexed line, int128 quantity);
    event Hedged(uint256 indexed bookId, int256 base, int256 quote);

    /// @param isCall A call, or else a put.
    /// @param expiry Unix seconds.
    /// @param ivBps Annual implied volatility in hundredths of a percent (8000 = 80 %).
    /// @param strike Quote per base, 8 decimals.
    /// @param quantity Raw units of the base token; positive is held, negative is written.
    struct Line {
        bool isCall;
        uint64 expiry;
        uint32 ivBps;
        uint128 strike;
        int128 quantity;
    }

    /// @param isVault A vault re-hedges to the edge of its band, a market maker to zero.
    /// @param isHedged False: the book never trades.
    /// @param bandBps Half width of the no-trade band of the normalised delta, in hundredths of a percent.
    /// @param hedge Raw base held against the lines; negative is sold short out of the stock loan.
    /// @param stock Raw base in custody: stock loan plus hedge.
    /// @param cash Raw quote in custody.
    struct Book {
        string name;
        bool isVault;
        bool isHedged;
        uint32 bandBps;
        int256 hedge;
        int256 stock;
        int256 cash;
    }

    struct BookView {
        uint256 bookId;
        Book book;
        Line[] lines;
    }

    IERC20 public immutable base;
    IERC20 public immutable quote;
    IHedgePool public immutable pool;
    address public immutable writer;
    address public immutable hedger;
    bool private immutable _baseIsToken0;

    Book[] private _books;
    mapping(uint256 bookId => Line[]) private _lines;

    constructor(IERC20 base_, IERC20 quote_, IHedgePool pool_, address hedger_) {
        base = base_;
        quote = quote_;
        pool = pool_;
        writer = msg.sender;
        hedger = hedger_;
        _baseIsToken0 = pool_.token0() == address(base_);
    }

    modifier onlyWriter() {
        if (msg.sender != writer) revert NotTheWriter(msg.sender);
        _;
    }

    /// @notice Opens a book and takes its stock loan and cash into custody.
    function openBook(string calldata name, bool isVault, bool isHedged, uint32 bandBps, uint256 stockLoan, uint256 cash)
        external
        onlyWriter
        returns (uint256 bookId)
    {
        bookId = _books.length;
        _books.push(Book(name, isVault, isHedged, bandBps, 0, int256(stockLoan), int256(cash)));
        emit BookOpened(bookId, name, isVault);
        base.safeTransferFrom(msg.sender, address(this), stockLoan);
        quote.safeTransferFrom(msg.sender, address(this), cash);
    }

    /// @notice Adds lines to a book.
    function write(uint256 bookId, Line[] calldata lines) external onlyWriter {
        if (bookId >= _books.length) revert NoSuchBook(bookId);
        for (uint256 i = 0; i < lines.length; ++i) {
            if (lines[i].expiry <= block.timestamp) revert LineExpired(lines[i].expiry, block.timestamp);
            if (lines[i].quantity == 0) revert LineIsEmpty();
            _lines[bookId].push(lines[i]);
            emit LineWritten(bookId, _lines[bookId].length - 1, lines[i].quantity);
        }
    }

    /// @notice Trades the hedge of a book on the pool.
    /// @param quantity Raw base to buy (positive) or sell (negative).
    /// @param sqrtPriceLimitX96 Price at which the trade stops, as the pool counts it.
    function hedge(uint256 bookId, int256 quantity, uint160 sqrtPriceLimitX96) external returns (int256 bought, int256 paid) {
        if (msg.sender != hedger) revert NotTheHedger(msg.sender);
        if (bookId >= _books.length) revert NoSuchBook(bookId);
        if (quantity == 0) revert NothingToTrade();
        Book storage book = _books[bookId];
        if (!book.isHedged) revert BookIsNotHedged(bookId);
        bool zeroForOne = (quantity < 0) == _baseIsToken0;
        // The pool counts exact input positive and exact output negative.
        (int256 amount0, int256 amount1) = pool.swap(address(this), zeroForOne, -quantity, sqrtPriceLimitX96, "");
        (bought, paid) = _baseIsToken0 ? (-amount0, amount1) : (-amount1, amount0);
        book.hedge += bought;
        book.stock += bought;
        book.cash -= paid;
        if (book.stock < 0) revert StockExhausted(bookId, book.stock);
        if (book.cash < 0) revert CashExhausted(bookId, book.cash);
        emit Hedged(bookId, bought, paid);
    }

    /// @notice Pays the pool what a swap owes it.
    function uniswapV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata) external {
        if (msg.sender != address(pool)) revert NotThePool(msg.sender);
        (IERC20 token0, IERC20 token1) = _baseIsToken0 ? (base, quote) : (quote, base);
        if (amount0Delta > 0) token0.safeTransfer(msg.sender, uint256(amount0Delta));
        if (amount1Delta > 0) token1.safeTransfer(msg.sender, uint256(amount1Delta));
    }

    /// @notice Every book with every line, in one call.
    function books() external view returns (BookView[] memory all) {
        all = new BookView[](_books.length);
        for (uint256 i = 0; i < all.length; ++i) all[i] = BookView(i, _books[i], _lines[i]);
    }
}
