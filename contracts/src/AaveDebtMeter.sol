// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAavePool} from "./interfaces/IAave.sol";
import {IDebtMeter} from "./interfaces/IDebtMeter.sol";

/// @title Total variable debt of an Aave v3.6 market.
contract AaveDebtMeter is IDebtMeter {
    IAavePool public immutable pool;

    constructor(IAavePool pool_) {
        pool = pool_;
    }

    /// @inheritdoc IDebtMeter
    function totalDebt(address asset) external view returns (uint256) {
        return IERC20(pool.getReserveVariableDebtToken(asset)).totalSupply();
    }
}
