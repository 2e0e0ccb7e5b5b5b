// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {BackstopVault} from "./BackstopVault.sol";
import {IAavePool} from "./interfaces/IAave.sol";
import {IBackstopFiller} from "./interfaces/IBackstopFiller.sol";

/// @title Liquidates an Aave account with the vault's own payment and delivers the seized collateral to the vault.
/// @notice Anyone may use it, mostly without capital: the vault pays first. What the payment does not cover of the debt
/// is taken from the caller; money and collateral left over go to the caller.
contract LiquidationFiller is IBackstopFiller {
    using SafeERC20 for IERC20;

    BackstopVault public immutable vault;
    IAavePool public immutable pool;
    IERC20 public immutable asset;

    struct Order {
        address liquidator;
        address user;
        uint256 debtToCover;
    }

    error OnlyVault(address caller);
    error FillNotStarted();

    bool private transient _filling;

    constructor(BackstopVault vault_, IAavePool pool_) {
        vault = vault_;
        pool = pool_;
        asset = IERC20(vault_.asset());
    }

    /// @param auctionId The open auction.
    /// @param user Account to liquidate.
    /// @param debtToCover Debt to repay, in units of the vault's asset.
    /// @param amount Collateral to sell to the vault: at most what the liquidation seizes.
    function liquidate(uint256 auctionId, address user, uint256 debtToCover, uint256 amount) external returns (uint256 paid) {
        _filling = true;
        paid = vault.fill(auctionId, amount, abi.encode(Order(msg.sender, user, debtToCover)));
        _filling = false;
        _returnRest(asset, msg.sender);
        _returnRest(IERC20(vault.auctionOf(auctionId).collateral), msg.sender);
    }

    /// @inheritdoc IBackstopFiller
    function onBackstopFill(address collateral, uint256 amount, uint256, bytes calldata data) external {
        if (msg.sender != address(vault)) revert OnlyVault(msg.sender);
        if (!_filling) revert FillNotStarted();
        Order memory order = abi.decode(data, (Order));
        uint256 balance = asset.balanceOf(address(this));
        if (balance < order.debtToCover) {
            asset.safeTransferFrom(order.liquidator, address(this), order.debtToCover - balance);
        }
        asset.forceApprove(address(pool), order.debtToCover);
        pool.liquidationCall(collateral, address(asset), order.user, order.debtToCover, false);
        asset.forceApprove(address(pool), 0);
        IERC20(collateral).forceApprove(address(vault), amount);
    }

    function _returnRest(IERC20 token, address to) private {
        uint256 balance = token.balanceOf(address(this));
        if (balance != 0) token.safeTransfer(to, balance);
    }
}
