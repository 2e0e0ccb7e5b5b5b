// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title The shares of the fund: an ERC-4626 vault that counts its money, with notice before an exit.
/// @notice Money is counted, not read from balances: a donation changes nothing. Collateral that the fund bought is not
/// part of the value of a share until it is sold back, so exits meanwhile leave their part of it behind.
/// @dev Not here yet: a weekly cap on exits, and the deduction of unrealised deficits from them.
abstract contract FundShares is ERC4626 {
    /// @notice Shares under notice of exit: locked until the window closes, and bearing losses.
    struct ExitNotice {
        uint256 shares;
        uint64 opensAt;
        uint64 closesAt;
    }

    /// @dev Lowest cash of the current and of the previous day: together they cover at least the last 24 hours.
    struct Lowest {
        uint64 day;
        uint128 current;
        uint128 previous;
    }

    uint64 public constant EXIT_NOTICE = 10 days;
    uint64 public constant EXIT_WINDOW = 2 days;

    uint256 private _cash;
    Lowest private _lowest;
    mapping(address owner => ExitNotice) public exitNotice;

    event ExitRequested(address indexed owner, uint256 shares, uint64 opensAt, uint64 closesAt);

    error SharesLocked(uint256 locked, uint256 left);
    error ExitInvalid(uint256 shares, uint256 balance);

    constructor(IERC20 asset_) ERC4626(asset_) ERC20("Sovereign Risk Backstop", "SRB") {}

    /// @notice Money the limits are measured on: the least of the cash now and over at least the last 24 hours.
    function fund() public view returns (uint256) {
        Lowest memory rolled = _rolled();
        return Math.min(rolled.current, rolled.previous);
    }

    /// @notice Cash by internal accounting; collateral counts only once it is sold.
    function totalAssets() public view override returns (uint256) {
        return _cash;
    }

    /// @notice Puts shares under notice of exit; replaces an earlier notice.
    function requestExit(uint256 shares) external {
        if (shares == 0 || shares > balanceOf(msg.sender)) revert ExitInvalid(shares, balanceOf(msg.sender));
        uint64 opensAt = uint64(block.timestamp) + EXIT_NOTICE;
        exitNotice[msg.sender] = ExitNotice(shares, opensAt, opensAt + EXIT_WINDOW);
        emit ExitRequested(msg.sender, shares, opensAt, opensAt + EXIT_WINDOW);
    }

    /// @notice Deposits wait while an auction runs or collateral is held: its value would be diluted.
    function maxDeposit(address) public view override returns (uint256) {
        return _depositsShut() ? 0 : type(uint128).max - _cash;
    }

    function maxMint(address receiver) public view override returns (uint256) {
        return maxDeposit(receiver) == 0 ? 0 : type(uint128).max;
    }

    /// @notice Exits need an open window of notice, and wait while an auction runs.
    function maxRedeem(address owner) public view override returns (uint256) {
        ExitNotice storage notice = exitNotice[owner];
        bool inWindow = block.timestamp >= notice.opensAt && block.timestamp < notice.closesAt;
        return inWindow && !_exitsShut() ? Math.min(notice.shares, balanceOf(owner)) : 0;
    }

    function maxWithdraw(address owner) public view override returns (uint256) {
        return previewRedeem(maxRedeem(owner));
    }

    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }

    function _transferIn(address from, uint256 assets) internal override {
        _setCash(_cash + assets);
        super._transferIn(from, assets);
    }

    function _transferOut(address to, uint256 assets) internal override {
        _setCash(_cash - assets);
        super._transferOut(to, assets);
    }

    /// @dev Shares under notice do not move before their window closes; an exit uses the notice up.
    function _update(address from, address to, uint256 value) internal override {
        ExitNotice storage notice = exitNotice[from];
        if (from != address(0) && block.timestamp < notice.closesAt) {
            if (to == address(0)) notice.shares -= value;
            else _checkLocked(notice.shares, balanceOf(from), value);
        }
        super._update(from, to, value);
    }

    /// @dev Whether deposits, or exits, must wait now.
    function _depositsShut() internal view virtual returns (bool);
    function _exitsShut() internal view virtual returns (bool);

    function _checkLocked(uint256 locked, uint256 balance, uint256 value) private pure {
        uint256 left = balance > value ? balance - value : 0;
        if (left < locked) revert SharesLocked(locked, left);
    }

    function _setCash(uint256 cash) internal {
        Lowest memory rolled = _rolled();
        _cash = cash;
        if (cash < rolled.current) rolled.current = uint128(cash);
        _lowest = rolled;
    }

    /// @dev The daily minima as of today, before today's change: a day without change has the cash it began with.
    function _rolled() private view returns (Lowest memory rolled) {
        rolled = _lowest;
        uint64 day = uint64(block.timestamp / 1 days);
        if (day == rolled.day) return rolled;
        uint128 carried = uint128(_cash);
        rolled.previous = day == rolled.day + 1 ? rolled.current : carried;
        rolled.current = carried;
        rolled.day = day;
    }
}
