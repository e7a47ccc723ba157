// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.e2e;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.l34gateway.lab.Lab;
import org.l34gateway.lab.junit.LabExtension;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.product.Product;
import org.l34gateway.lab.product.Repository;

/** Gives tests the {@link Product}, installed once for a run from what this build has packaged. */
final class ProductExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(ProductExtension.class);

    private final LabExtension labs = new LabExtension();

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Product.class;
    }

    @Override
    public Product resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(SPACE)
                .computeIfAbsent(Product.class, _ -> install(labs.resolveParameter(parameter, context)), Product.class);
    }

    private static Product install(Lab lab) {
        var product = new Product(lab, Repository.ofThisRun(), new Progress(System.err));
        product.install();
        return product;
    }
}
