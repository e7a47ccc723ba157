// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.l34gateway.gateway.plan.Fixtures.SELF;
import static org.l34gateway.gateway.plan.Fixtures.inputs;
import static org.l34gateway.gateway.plan.Fixtures.vips;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.l34gateway.api.Report;
import org.l34gateway.bird.BgpNeighbour;
import org.l34gateway.bird.BirdConfiguration;
import org.l34gateway.bird.BirdControl;
import org.l34gateway.bird.BirdDirectory;
import org.l34gateway.bird.Reconfiguration;
import org.l34gateway.bird.RunningBird;
import org.l34gateway.gateway.plan.Wanted;

class BirdRouterTest {
    private static final List<BgpNeighbour> NEIGHBOURS =
            Wanted.of(SELF, inputs(Map.of())).neighbours();

    @TempDir
    private Path directory;

    private final List<BirdConfiguration> applied = new ArrayList<>();
    private final Deque<Reconfiguration> answers = new ArrayDeque<>();

    /** Answers as scripted, then takes everything. Its control socket is not there. */
    private BirdRouter router() {
        var control = new BirdControl(new BirdDirectory(directory).controlSocket(), Duration.ofSeconds(1));
        return new BirdRouter(
                SELF,
                configuration -> {
                    applied.add(configuration);
                    return answers.isEmpty() ? new Reconfiguration.Done() : answers.poll();
                },
                control);
    }

    private Reconfiguration refusalAt(BgpNeighbour culprit) {
        var whole = new BirdConfiguration(BirdConfiguration.routerId(SELF.podUid()), List.of(), NEIGHBOURS);
        int line = whole.text().lines().toList().indexOf("protocol bgp " + culprit.protocolName() + " {");
        return new Reconfiguration.Refused("l34.conf.new", line + 3, "no");
    }

    @Test
    void what_is_in_effect_is_not_applied_again() {
        BirdRouter router = router();
        router.configure(NEIGHBOURS, vips("20.0.0.1"));
        router.configure(NEIGHBOURS, vips("20.0.0.1"));
        assertThat(applied).hasSize(1);
        router.configure(NEIGHBOURS, vips());
        assertThat(applied).hasSize(2);
    }

    @Test
    void a_neighbour_that_bird_refuses_is_left_out_and_named_and_the_others_go_on() {
        answers.add(refusalAt(NEIGHBOURS.getFirst()));
        router().configure(NEIGHBOURS, vips());
        assertThat(applied.getLast().neighbours()).containsExactly(NEIGHBOURS.getLast());
    }

    @Test
    void a_refusal_that_is_nobodys_ends_the_attempt_and_the_next_call_tries_again() {
        answers.add(new Reconfiguration.Refused("", 0, "no"));
        BirdRouter router = router();
        router.configure(NEIGHBOURS, vips());
        assertThat(applied).hasSize(1);
        router.configure(NEIGHBOURS, vips());
        assertThat(applied).hasSize(2);
    }

    @Test
    void a_bird_that_is_silent_is_a_problem_and_is_asked_again() throws Exception {
        var shared = new BirdDirectory(directory);
        var bird = new RunningBird(shared, Duration.ofSeconds(1));
        var router = new BirdRouter(SELF, bird::apply, bird.control());
        router.configure(NEIGHBOURS, vips("20.0.0.1"));
        assertThat(shared.generatedFile()).content().contains("route 20.0.0.1/32 blackhole;");
        assertThat(router.look().problems()).extracting(Report.Problem::reason).containsExactly("RouterUnreachable");
        assertThat(router.look().announcedVips()).isEmpty();
        router.configure(NEIGHBOURS, vips());
        assertThat(shared.generatedFile()).content().doesNotContain("blackhole");
    }
}
