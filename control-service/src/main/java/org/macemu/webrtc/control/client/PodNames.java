package org.macemu.webrtc.control.client;

import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Pods' addresses with names that their certificate is of: each address its own, {@code
 * 10-0-0-7.mac-sessions.macemu.svc}, because connections are shared between calls to one name.
 *
 * @param domain of the names
 * @param port of gRPC
 */
public record PodNames(String domain, int port) {

    /** @throws UnknownHostException when this is no address in figures: no name is looked up */
    public SocketAddress target(String address) throws UnknownHostException {
        InetAddress literal;
        try {
            literal = InetAddress.ofLiteral(address);
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException(address + " is no address of a pod");
        }
        String name = literal.getHostAddress().replace('.', '-').replace(':', '-') + "." + domain;
        return SocketAddress.inetSocketAddress(
                new InetSocketAddress(InetAddress.getByAddress(name, literal.getAddress()), port));
    }
}
