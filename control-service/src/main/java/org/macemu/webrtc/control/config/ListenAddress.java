package org.macemu.webrtc.control.config;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The address this service listens on, checked before the port is opened: an address that other machines can reach is
 * refused unless that was asked for, and an occupied port ends the start with one sentence instead of a stack trace.
 */
@Singleton
public class ListenAddress {

    private final String host;
    private final int port;
    private final boolean insecureBind;
    private final boolean loopback;

    @Inject
    ListenAddress(
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.port") int port,
            ControlConfig config) {
        // Tokens or the operator's word: either way strangers are expected.
        this(host, port, config.insecureBind() || config.access().keyFile().isPresent());
    }

    ListenAddress(String host, int port, boolean insecureBind) {
        this.host = host;
        this.port = port;
        this.insecureBind = insecureBind;
        this.loopback = isLoopback(host);
    }

    /** Whether only this machine can connect. */
    public boolean loopback() {
        return loopback;
    }

    void onStart(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        String problem = problem(LaunchMode.current() == LaunchMode.NORMAL);
        if (problem != null) {
            throw new ConfigurationException("control-service: " + problem);
        }
    }

    /** Null when the address can be used, else a sentence saying what was found and what to do. */
    String problem(boolean probePort) {
        if (!loopback && !insecureBind) {
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
