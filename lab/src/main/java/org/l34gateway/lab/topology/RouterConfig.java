// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.topology;

/**
 * The configuration of BIRD on an outside router: it waits for gateways on BGP port 10179, from any address, tells them a
 * default route of each family and takes every route that they tell.
 */
public final class RouterConfig {
    private RouterConfig() {}

    /** What bird.conf of every router holds; BIRD 2.0.12 reads it. */
    public static String text() {
        return """
        # Made by ./l34 lab up.
        log stderr all;
        router id %1$s;

        protocol device {}

        protocol bfd {
          interface "*" { passive yes; };
        }

        # Told to the gateways, never put into the kernel.
        protocol static default4 {
          ipv4 { preference 110; };
          route 0.0.0.0/0 blackhole;
        }
        protocol static default6 {
          ipv6 { preference 110; };
          route ::/0 blackhole;
        }

        filter to_gateways {
          if source = RTS_STATIC then accept;
          reject;
        }

        # VIPs go into the kernel with all their gateways; clients on this router speak from its loopback addresses.
        filter to_kernel4 {
          if source = RTS_STATIC then reject;
          krt_prefsrc = %2$s;
          accept;
        }
        filter to_kernel6 {
          if source = RTS_STATIC then reject;
          krt_prefsrc = %3$s;
          accept;
        }

        protocol kernel kernel4 {
          ipv4 { import none; export filter to_kernel4; };
          merge paths on;
        }
        protocol kernel kernel6 {
          ipv6 { import none; export filter to_kernel6; };
          merge paths on;
        }

        template bgp gateways {
          local port 10179 as 4248829953;
          passive on;
          direct;
          hold time 3;
          # A gateway pod that takes over an address is let in at once, not a minute after its predecessor's end.
          error wait time 1, 5;
          bfd on;
          graceful restart off;
        }
        protocol bgp gateways4 from gateways {
          neighbor range 0.0.0.0/0 port 10179 as 8103;
          dynamic name "gw4_";
          ipv4 { import all; export filter to_gateways; next hop self; };
        }
        protocol bgp gateways6 from gateways {
          neighbor range ::/0 port 10179 as 8103;
          dynamic name "gw6_";
          ipv6 { import all; export filter to_gateways; next hop self; };
        }
        """.formatted(Topology.ROUTER_V4, Topology.CLIENT_V4, Topology.CLIENT_V6);
    }
}
