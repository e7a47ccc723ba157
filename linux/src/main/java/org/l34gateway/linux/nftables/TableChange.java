// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.nftables;

import java.util.List;

/** What a transaction does to one table, in order. */
public record TableChange(TableName table, List<Operation> operations) {
    public TableChange {
        operations = List.copyOf(operations);
    }
}
