package org.macemu.webrtc.api.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/**
 * The address a service that people reach listens on, checked before the port is opened: an address that other machines
 * can reach is refused unless that was asked for, and an occupied port ends the start with one sentence instead of a
 * stack trace. Immutable.
 */
public final class ListenAddress {

    private final String host;
    private final int port;
    private final boolean strangersExpected;
    private final boolean loopback;

    /**
     * @param host host name or address as configured
     * @param port port, 0 for any
     * @param strangersExpected whether people are asked who they are, or the operator lets everybody in
     */
    public ListenAddress(String host, int port, boolean strangersExpected) {
        this.host = host;
        this.port = port;
        this.strangersExpected = strangersExpected;
        this.loopback = isLoopback(host);
    }

    /** Whether only this machine can connect. */
    public boolean loopback() {
        return loopback;
    }

    /**
     * Null when the address can be used, else a sentence saying what was found and what to do.
     *
     * @param probePort whether to try the port, too
     */
    public String problem(boolean probePort) {
        if (!loopback && !strangersExpected) {
            return "quarkus.http.host is " + host + ", which other machines can reach, and there is no authentication: "
                    + "use 127.0.0.1, or set macemu.access.key-file (MACEMU_ACCESS_KEY_FILE) to a file of keys, or"
                    + " macemu.insecure-bind=true (MACEMU_INSECURE_BIND=true) if everyone who can"
                    + " reach this address may use the Mac.";
        }
        return probePort && port != 0 ? bindProblem() : null;
    }

    private String bindProblem() {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, port));
            return null;
        } catch (IOException e) {
            return "cannot listen on " + host + ":" + port + " (" + e.getMessage() + "): another program has this port"
                    + " or the address is not this machine's; stop that program (ss -ltnp 'sport = :" + port
                    + "' shows it) or set quarkus.http.port (QUARKUS_HTTP_PORT) to a free port.";
        }
    }

    private static boolean isLoopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
