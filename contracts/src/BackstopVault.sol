// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {DriftBucket} from "./DriftBucket.sol";
import {FastAuthority, FastPath} from "./FastPath.sol";
import {FeedSet} from "./FeedSet.sol";
import {FundShares} from "./FundShares.sol";
import {AggregatorV3Interface} from "./interfaces/AggregatorV3Interface.sol";
import {IBackstopFiller} from "./interfaces/IBackstopFiller.sol";
import {IDebtMeter} from "./interfaces/IDebtMeter.sol";
import {IEvaluationRegistry} from "./interfaces/IEvaluationRegistry.sol";

/// @title The coalition's insurance fund: an ERC-4626 vault that buys seized collateral at a discount before losses grow.
/// @notice Class B0 opens an auction that spends a small part of the fund. The bid starts low and rises. Each fill must
/// go with a fall of the member's debt in the same transaction, and is paid at the lowest fresh feed less the discount.
/// @dev Not here yet: larger purchases by Council (class B1), the pace bound to measured liquidity, and the covering of
/// deficits.
contract BackstopVault is FundShares, AccessManaged, FastPath, ReentrancyGuard {
    using SafeERC20 for IERC20;
    using FeedSet for FeedSet.Feeds;
    using DriftBucket for DriftBucket.Bucket;

    /// @param maxSpend Most that the auction pays, in units of the vault's asset.
    /// @param startDiscountBps Discount when the auction opens; the end discount is reached at its end.
    struct AuctionParams {
        bytes32 member;
        address collateral;
        uint128 maxSpend;
        uint16 startDiscountBps;
        uint16 endDiscountBps;
        uint32 durationSec;
    }

    struct Auction {
        bytes32 member;
        address collateral;
        uint128 maxSpend;
        uint128 spent;
        uint16 startDiscountBps;
        uint16 endDiscountBps;
        uint64 openedAt;
        uint64 endsAt;
        uint64 startBlock;
        bool closed;
    }

    uint256 public constant ONE = 10_000;
    uint256 public constant EVENT_BPS = 500;
    uint256 public constant DAY_BPS = 1_000;
    uint256 public constant MONTH_BPS = 1_500;
    uint256 public constant FLOOR_BPS = 2_000;
    /// @notice Smallest tranche, which also bounds the number of entries in the rolling sums.
    uint256 public constant TRANCHE_MIN_BPS = 10;
    uint16 public constant DISCOUNT_MIN_BPS = 200;
    uint16 public constant DISCOUNT_MAX_BPS = 1_500;
    uint32 public constant DURATION_MIN = 10 minutes;
    uint32 public constant DURATION_MAX = 24 hours;
    /// @notice A payment may exceed the debt repaid with it by the liquidation bonus, and no more than this.
    uint256 public constant PAID_PER_REPAID_BPS = 11_000;

    /// @notice Number of auctions; the id of the newest.
    uint256 public auctionCount;
    /// @notice Cost of the collateral held.
    uint256 public heldCost;

    DriftBucket.Bucket private _spending;
    mapping(uint256 id => Auction) private _auctions;
    mapping(address token => FeedSet.Feeds) private _feeds;
    /// @notice Most of a collateral the vault may hold; 0 when it is not listed.
    mapping(address collateral => uint256) public holdingCap;
    mapping(address collateral => uint256) public held;
    mapping(address collateral => uint256) public costOf;
    mapping(bytes32 member => IDebtMeter) public debtMeter;

    event AuctionOpened(uint256 indexed id, bytes32 indexed member, bytes32 indexed proposalId, AuctionParams params);
    event AuctionFilled(uint256 indexed id, address indexed filler, uint256 amount, uint256 paid, uint256 repaid);
    event AuctionClosed(uint256 indexed id, uint256 spent);
    event CollateralSold(address indexed collateral, address indexed buyer, uint256 amount, uint256 received);
    event CollateralListed(address indexed collateral, uint256 cap, AggregatorV3Interface[] feeds, uint32 maxAge);
    event MemberListed(bytes32 indexed member, IDebtMeter meter);

    error CollateralNotListed(address collateral);
    error MemberNotListed(bytes32 member);
    error DiscountInvalid(uint16 start, uint16 end);
    error DurationOutOfRange(uint32 durationSec, uint32 smallest, uint32 largest);
    error SpendOutOfRange(uint256 maxSpend, uint256 smallest, uint256 largest);
    error AuctionStillOpen(uint256 id);
    error AuctionNotOpen(uint256 id);
    error AuctionNotStarted(uint64 startBlock, uint256 blockNumber);
    error TrancheExhausted(uint256 paid, uint256 left);
    error HoldingCapExceeded(uint256 holding, uint256 cap);
    error HoldingTooSmall(uint256 amount, uint256 holding);
    error FillTooSmall(uint256 amount);
    error DebtNotRepaid(uint256 repaid, uint256 paid);
    error CollateralNotDelivered(uint256 received, uint256 amount);
    error PriceTooLow(uint256 offered, uint256 lowest);

    constructor(address authority, IEvaluationRegistry registry_, IERC20 asset_)
        FundShares(asset_)
        AccessManaged(authority)
        FastPath(registry_)
    {}

    // What the fund may do and has done.

    /// @notice Class B0: opens an auction inside every limit. Role: Responder.
    function openAuction(AuctionParams calldata params, FastAuthority calldata authority)
        external
        restricted
        returns (uint256 id)
    {
        _useAuthority(authority, hashOpenAuction(params));
        _settle();
        _checkParams(params);
        uint256 largest = availableSpend();
        uint256 smallest = (fund() * TRANCHE_MIN_BPS) / ONE;
        if (params.maxSpend > largest || params.maxSpend < smallest || params.maxSpend == 0) {
            revert SpendOutOfRange(params.maxSpend, smallest, largest);
        }
        _spending.add(params.maxSpend, false);
        id = ++auctionCount;
        Auction storage auction = _auctions[id];
        auction.member = params.member;
        auction.collateral = params.collateral;
        auction.maxSpend = params.maxSpend;
        auction.startDiscountBps = params.startDiscountBps;
        auction.endDiscountBps = params.endDiscountBps;
        auction.openedAt = uint64(block.timestamp);
        auction.endsAt = uint64(block.timestamp) + params.durationSec;
        auction.startBlock = uint64(block.number) + 1;
        emit AuctionOpened(id, params.member, authority.proposalId, params);
    }

    /// @notice Sells collateral to the vault. The caller is paid first, is called back, repays the member's debt and
    /// leaves the collateral to be taken.
    function fill(uint256 id, uint256 amount, bytes calldata data) external nonReentrant returns (uint256 paid) {
        Auction storage auction = _fillable(id);
        paid = quote(id, amount);
        if (paid == 0) revert FillTooSmall(amount);
        uint256 left = auction.maxSpend - auction.spent;
        if (paid > left) revert TrancheExhausted(paid, left);
        address collateral = auction.collateral;
        uint256 holding = held[collateral] + amount;
        if (holding > holdingCap[collateral]) revert HoldingCapExceeded(holding, holdingCap[collateral]);
        auction.spent += uint128(paid);
        held[collateral] = holding;
        costOf[collateral] += paid;
        heldCost += paid;
        _setCash(totalAssets() - paid);
        uint256 repaid = _exchange(auction, amount, paid, data);
        emit AuctionFilled(id, msg.sender, amount, paid, repaid);
    }

    /// @notice Closes the newest auction once it is over. Anyone may call it.
    function close() public {
        if (isOpen()) revert AuctionStillOpen(auctionCount);
        _settle();
    }

    /// @notice For keepers: whether an auction is over and not yet closed.
    function checkUpkeep(bytes calldata) external view returns (bool needed, bytes memory) {
        return (auctionCount != 0 && !isOpen() && !_auctions[auctionCount].closed, "");
    }

    /// @notice For keepers: closes; the data is not looked at.
    function performUpkeep(bytes calldata) external {
        close();
    }

    /// @notice Sells bought collateral to a named buyer who pays at least the lowest feed less 2 %. Role: executor.
    function sellCollateral(address collateral, uint256 amount, uint256 payment, address buyer)
        external
        restricted
        nonReentrant
    {
        uint256 lowest = _value(collateral, amount, DISCOUNT_MIN_BPS);
        if (payment < lowest) revert PriceTooLow(payment, lowest);
        uint256 holding = held[collateral];
        if (amount == 0 || amount > holding) revert HoldingTooSmall(amount, holding);
        uint256 cost = Math.mulDiv(costOf[collateral], amount, holding, Math.Rounding.Ceil);
        costOf[collateral] -= cost;
        heldCost -= cost;
        held[collateral] = holding - amount;
        _setCash(totalAssets() + payment);
        emit CollateralSold(collateral, buyer, amount, payment);
        IERC20(asset()).safeTransferFrom(buyer, address(this), payment);
        IERC20(collateral).safeTransfer(buyer, amount);
    }

    /// @notice Lists a collateral with its feeds and the most of it the vault may hold; a cap of 0 unlists it. Role: executor.
    function setCollateral(address collateral, uint256 cap, AggregatorV3Interface[] calldata feeds, uint32 maxAge)
        external
        restricted
    {
        _feeds[collateral].set(feeds, maxAge);
        holdingCap[collateral] = cap;
        emit CollateralListed(collateral, cap, feeds, maxAge);
    }

    /// @notice Lists a member with the meter of its debt; the zero address unlists it. Role: executor.
    function setMember(bytes32 member, IDebtMeter meter) external restricted {
        debtMeter[member] = meter;
        emit MemberListed(member, meter);
    }

    // What others read.

    /// @notice Most that a new auction may spend now. An open auction leaves nothing.
    function availableSpend() public view returns (uint256 most) {
        if (isOpen()) return 0;
        uint256 base = fund();
        (uint256 day,) = _spending.spent(24 hours);
        (uint256 month,) = _spending.spent(30 days);
        most = (base * EVENT_BPS) / ONE;
        most = Math.min(most, _left((base * DAY_BPS) / ONE, day));
        most = Math.min(most, _left((base * MONTH_BPS) / ONE, month));
        uint256 floor = Math.mulDiv(totalAssets() + heldCost, FLOOR_BPS, ONE, Math.Rounding.Ceil);
        return Math.min(most, _left(totalAssets(), floor));
    }

    /// @notice What the open auction may still spend for a member: the fund that an evaluation counts.
    function authorisedUnspent(bytes32 member) external view returns (uint256) {
        Auction storage auction = _auctions[auctionCount];
        return isOpen() && auction.member == member ? auction.maxSpend - auction.spent : 0;
    }

    /// @notice Whether the newest auction still runs and has money left.
    function isOpen() public view returns (bool) {
        Auction storage auction = _auctions[auctionCount];
        return !auction.closed && block.timestamp < auction.endsAt && auction.spent < auction.maxSpend;
    }

    function auctionOf(uint256 id) external view returns (Auction memory) {
        return _auctions[id];
    }

    /// @notice Discount of an auction now: falls on a straight line from start to end.
    function discountBps(uint256 id) public view returns (uint256) {
        Auction storage auction = _auctions[id];
        uint256 length = auction.endsAt - auction.openedAt;
        uint256 elapsed = Math.min(block.timestamp - auction.openedAt, length);
        uint256 fall = auction.startDiscountBps - auction.endDiscountBps;
        return length == 0 ? 0 : auction.startDiscountBps - (fall * elapsed) / length;
    }

    /// @notice What the vault pays now for an amount of the auction's collateral, rounded down.
    function quote(uint256 id, uint256 amount) public view returns (uint256) {
        return _value(_auctions[id].collateral, amount, discountBps(id));
    }

    /// @notice The payload hash that the authority of `openAuction` must carry.
    function hashOpenAuction(AuctionParams calldata params) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), this.openAuction.selector, params));
    }

    function _depositsShut() internal view override returns (bool) {
        return isOpen() || heldCost != 0;
    }

    function _exitsShut() internal view override returns (bool) {
        return isOpen();
    }

    function _checkParams(AuctionParams calldata params) private view {
        if (holdingCap[params.collateral] == 0) revert CollateralNotListed(params.collateral);
        if (address(debtMeter[params.member]) == address(0)) revert MemberNotListed(params.member);
        bool discounts = params.startDiscountBps <= DISCOUNT_MAX_BPS && params.endDiscountBps >= DISCOUNT_MIN_BPS
            && params.startDiscountBps >= params.endDiscountBps;
        if (!discounts) revert DiscountInvalid(params.startDiscountBps, params.endDiscountBps);
        if (params.durationSec < DURATION_MIN || params.durationSec > DURATION_MAX) {
            revert DurationOutOfRange(params.durationSec, DURATION_MIN, DURATION_MAX);
        }
    }

    /// @dev Marks the newest auction as closed when it is over, and gives the budget back what it did not spend.
    function _settle() private {
        Auction storage auction = _auctions[auctionCount];
        if (auctionCount == 0 || auction.closed) return;
        if (isOpen()) revert AuctionStillOpen(auctionCount);
        auction.closed = true;
        _spending.amendNewest(auction.spent);
        emit AuctionClosed(auctionCount, auction.spent);
    }

    function _fillable(uint256 id) private view returns (Auction storage auction) {
        auction = _auctions[id];
        if (id == 0 || id != auctionCount || !isOpen()) revert AuctionNotOpen(id);
        if (block.number < auction.startBlock) revert AuctionNotStarted(auction.startBlock, block.number);
    }

    /// @dev Pays, calls back, takes the collateral, and proves that the member's debt fell.
    function _exchange(Auction storage auction, uint256 amount, uint256 paid, bytes calldata data)
        private
        returns (uint256 repaid)
    {
        IERC20 money = IERC20(asset());
        IERC20 collateral = IERC20(auction.collateral);
        IDebtMeter meter = debtMeter[auction.member];
        uint256 debtBefore = meter.totalDebt(address(money));
        money.safeTransfer(msg.sender, paid);
        IBackstopFiller(msg.sender).onBackstopFill(address(collateral), amount, paid, data);
        uint256 balance = collateral.balanceOf(address(this));
        collateral.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = collateral.balanceOf(address(this)) - balance;
        if (received < amount) revert CollateralNotDelivered(received, amount);
        repaid = _left(debtBefore, meter.totalDebt(address(money)));
        if (paid * ONE > repaid * PAID_PER_REPAID_BPS) revert DebtNotRepaid(repaid, paid);
    }

    /// @dev Amount of collateral in units of the vault's asset: lowest feed less the discount, over the highest feed of
    /// the asset, rounded down.
    function _value(address collateral, uint256 amount, uint256 discount) private view returns (uint256) {
        if (holdingCap[collateral] == 0 && held[collateral] == 0) revert CollateralNotListed(collateral);
        (uint256 lowest,) = _feeds[collateral].range(collateral);
        (, uint256 highest) = _feeds[asset()].range(asset());
        uint256 price = (lowest * (ONE - discount)) / ONE;
        uint256 perUnit = Math.mulDiv(price, 10 ** IERC20Metadata(asset()).decimals(), highest);
        return Math.mulDiv(amount, perUnit, 10 ** IERC20Metadata(collateral).decimals());
    }

    function _left(uint256 limit, uint256 used) private pure returns (uint256) {
        return limit > used ? limit - used : 0;
    }
}
