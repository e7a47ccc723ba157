// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.bird;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.l34gateway.ip.IpFamily;

/**
 * Client of BIRD's control socket. Each method is a conversation of its own, so a restart of BIRD between two calls goes
 * unnoticed. Safe for several threads.
 */
public final class BirdControl {
    private final Path socket;
    private final Duration timeout;

    /**
     * Opens nothing yet.
     *
     * @param timeout for a whole conversation; BIRD answers within milliseconds unless it is stopped
     */
    public BirdControl(Path socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
    }

    /**
     * Makes BIRD read its configuration again.
     *
     * @throws BirdUnreachableException when BIRD does not answer
     */
    public Reconfiguration configure() throws BirdUnreachableException {
        return Reconfiguration.of(ask("configure"));
    }

    /**
     * Makes BIRD read a whole configuration without using it.
     *
     * @throws BirdUnreachableException when BIRD does not answer
     */
    Reconfiguration check(Path configuration) throws BirdUnreachableException {
        return Reconfiguration.of(ask("configure check \"" + configuration + "\""));
    }

    /**
     * Version, router id and times of this BIRD process.
     *
     * @throws BirdUnreachableException when BIRD does not answer
     */
    public BirdStatus status() throws BirdUnreachableException {
        return BirdStatus.of(ask("show status"));
    }

    /**
     * All BGP sessions, established or not, in BIRD's order.
     *
     * @throws BirdUnreachableException when BIRD does not answer
     */
    public List<BgpSession> sessions() throws BirdUnreachableException {
        return BgpSession.of(ask("show protocols all"));
    }

    /**
     * All BFD sessions; none when no neighbour wants BFD.
     *
     * @throws BirdUnreachableException when BIRD does not answer
     */
    public List<BfdSession> bfdSessions() throws BirdUnreachableException {
        return BfdSession.of(ask("show bfd sessions"));
    }

    /**
     * Families with a default route learned over an established session: BIRD drops what a session brought when it ends.
     *
     * @throws BirdUnreachableException when BIRD does not answer
     */
    public Set<IpFamily> learnedDefaultRoutes() throws BirdUnreachableException {
        Set<IpFamily> learned = EnumSet.noneOf(IpFamily.class);
        for (IpFamily family : IpFamily.values()) {
            String prefix = family == IpFamily.IPV4 ? "0.0.0.0/0" : "::/0";
            if (showsRoute(ask("show route " + prefix + " where source = RTS_BGP"), prefix)) {
                learned.add(family);
            }
        }
        return learned;
    }

    /**
     * VIPs that BIRD exports to this protocol, as many lines as routes.
     *
     * @throws BirdUnreachableException when BIRD does not answer
     */
    public int exportedRoutes(BgpNeighbour neighbour) throws BirdUnreachableException {
        Reply reply = ask("show route export " + neighbour.protocolName());
        return (int) reply.texts(1007).stream().filter(BirdControl::isRoute).count();
    }

    /** A route's line names its protocol in brackets; the line of its next hop starts with a tab. */
    private static boolean isRoute(String line) {
        return line.indexOf('[') > 0 && !line.startsWith("\t");
    }

    static boolean showsRoute(Reply reply, String prefix) {
        return reply.texts(1007).stream().anyMatch(line -> line.startsWith(prefix + " ") && isRoute(line));
    }

    private Reply ask(String command) throws BirdUnreachableException {
        try (ControlConnection connection = ControlConnection.open(socket, timeout)) {
            return connection.ask(command);
        } catch (BirdUnreachableException e) {
            throw new BirdUnreachableException(socket + ": " + command + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BirdUnreachableException(socket + ": " + command + ": " + e, e);
        }
    }
}
