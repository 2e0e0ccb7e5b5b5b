// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title The coalition's voting token: a fixed supply, voting power by delegation, past power by timestamp.
contract CoalitionToken is ERC20, ERC20Permit, ERC20Votes {
    /// @notice ERC-4824 document of the DAO.
    string public daoURI;

    event DaoUriSet(string daoURI);

    error AllocationInvalid(uint256 holders, uint256 amounts);

    constructor(string memory daoUri, address[] memory holders, uint256[] memory amounts)
        ERC20("Sovereign Risk Coalition", "SRC")
        ERC20Permit("Sovereign Risk Coalition")
    {
        if (holders.length == 0 || holders.length != amounts.length) {
            revert AllocationInvalid(holders.length, amounts.length);
        }
        daoURI = daoUri;
        emit DaoUriSet(daoUri);
        for (uint256 i = 0; i < holders.length; ++i) {
            _mint(holders[i], amounts[i]);
        }
    }

    /// @notice Voting power is measured at timestamps.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
