// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

import java.util.concurrent.Callable;
import org.l34gateway.lab.Labs;
import org.l34gateway.lab.demo.Demo;
import org.l34gateway.lab.process.Progress;
import org.l34gateway.lab.product.Product;
import org.l34gateway.lab.product.Repository;
import org.l34gateway.lab.topology.Vlans;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** From nothing to traffic. */
@Command(
        name = "demo",
        description = "Build everything, start a cluster, install, and send traffic to two VIPs; leaves the cluster up")
public final class DemoCommand implements Callable<Integer> {
    @Mixin
    private LabOption lab = new LabOption();

    @Override
    public Integer call() {
        var progress = new Progress(System.out);
        var repository = Repository.ofThisRun();
        progress.run("L34 Gateway built", repository::build);
        var running = Labs.up(lab.name(), Vlans.BRIDGES, progress);
        var product = new Product(running, repository, progress);
        product.install();
        return new Demo(running, product, progress, System.out).tell() ? 0 : 1;
    }
}
