// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.26;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token of the local world
/// @notice Stands for WETH, WBTC or USDC. The issuer alone mints; there is nothing else to it.
contract LocalToken is ERC20 {
    error NotTheIssuer(address caller);
    error LengthMismatch(uint256 holders, uint256 amounts);

    address public immutable issuer;
    uint8 private immutable _decimals;

    constructor(string memory name_, string memory symbol_, uint8 decimals_) ERC20(name_, symbol_) {
        issuer = msg.sender;
        _decimals = decimals_;
    }

    /// @inheritdoc ERC20
    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    /// @notice Mints to many holders at once.
    /// @param holders Receivers.
    /// @param amounts Raw amounts, one per receiver.
    function mint(address[] calldata holders, uint256[] calldata amounts) external {
        if (msg.sender != issuer) revert NotTheIssuer(msg.sender);
        if (holders.length != amounts.length) revert LengthMismatch(holders.length, amounts.length);
        for (uint256 i = 0; i < holders.length; ++i) _mint(holders[i], amounts[i]);
    }
}
