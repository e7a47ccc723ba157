// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.ip.IpPrefix;

/** Configurations for tests. */
final class Samples {
    static final IpAddress ROUTER_ID = IpAddress.parse("10.20.30.40");

    private Samples() {}

    static BgpNeighbour neighbour(String name, String address, Bfd bfd) {
        return new BgpNeighbour(
                name,
                IpAddress.parse(address),
                new InterfaceName("vlan-100"),
                new BgpEnd(BgpEnd.DEFAULT_PORT, AutonomousSystem.DEFAULT_LOCAL),
                new BgpEnd(BgpEnd.DEFAULT_PORT, AutonomousSystem.DEFAULT_REMOTE),
                HoldTime.DEFAULT,
                bfd);
    }

    static List<IpPrefix> prefixes(String... texts) {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (String text : texts) {
            prefixes.add(IpPrefix.parse(text));
        }
        return prefixes;
    }

    /** Any configuration that the records let through, with names of any characters. */
    static BirdConfiguration random(Random dice) {
        List<BgpNeighbour> neighbours = new ArrayList<>();
        int count = dice.nextInt(4);
        for (int i = 0; i < count; i++) {
            neighbours.add(neighbour(dice, i));
        }
        List<IpPrefix> vips = new ArrayList<>();
        for (int i = dice.nextInt(5); i > 0; i--) {
            byte[] bytes = new byte[dice.nextBoolean() ? 4 : 16];
            dice.nextBytes(bytes);
            vips.add(new IpPrefix(IpAddress.of(bytes), dice.nextInt(bytes.length * 8 + 1)));
        }
        return new BirdConfiguration(BirdConfiguration.routerId(hostileText(dice)), vips, neighbours);
    }

    private static BgpNeighbour neighbour(Random dice, int ordinal) {
        String address = switch (dice.nextInt(3)) {
            case 0 -> "169.254.100." + (1 + ordinal);
            case 1 -> "100:100::" + (1 + ordinal);
            default -> "fe80::" + (1 + ordinal);
        };
        return new BgpNeighbour(
                hostileText(dice) + ordinal,
                IpAddress.parse(address),
                new InterfaceName("net" + dice.nextInt(100)),
                new BgpEnd(1 + dice.nextInt(0xFFFF), new AutonomousSystem(1 + dice.nextLong(0xFFFF_FFFFL))),
                new BgpEnd(1 + dice.nextInt(0xFFFF), new AutonomousSystem(1 + dice.nextLong(0xFFFF_FFFFL))),
                new HoldTime(dice.nextInt(5) == 0 ? 0 : 3 + dice.nextInt(0xFFFF - 2)),
                dice.nextInt(3) == 0 ? new Bfd.Off() : new Bfd.On(interval(dice), interval(dice), multiplier(dice)));
    }

    private static @Nullable Integer multiplier(Random dice) {
        return dice.nextBoolean() ? null : 1 + dice.nextInt(255);
    }

    private static @Nullable Duration interval(Random dice) {
        return switch (dice.nextInt(4)) {
            case 0 -> null;
            case 1 -> Duration.ofMillis(1 + dice.nextInt(4_294_966));
            case 2 -> Duration.ofSeconds(1 + dice.nextInt(4_293));
            default -> Duration.ofNanos(1_000 * (1 + dice.nextLong(0xFFFF_FFFFL)));
        };
    }

    /** Text with what means something to BIRD's lexer, and with anything else. */
    static String hostileText(Random dice) {
        String[] pieces = {
            "\"",
            "'",
            ";",
            "}",
            "{",
            "\n",
            "\r",
            "#",
            "/*",
            "*/",
            "\\",
            "\u0000",
            "\u2028",
            "é",
            "include \"/etc/passwd\";",
            "protocol bgp x {",
            "a",
            "-",
            ".",
            " ",
            "default/vpn-a",
            "%",
            "${",
            "\uD800",
            "l34_vips4"
        };
        StringBuilder text = new StringBuilder();
        for (int i = dice.nextInt(12); i > 0; i--) {
            text.append(pieces[dice.nextInt(pieces.length)]);
        }
        return text.toString();
    }
}
