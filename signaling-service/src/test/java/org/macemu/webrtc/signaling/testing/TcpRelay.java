package org.macemu.webrtc.signaling.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A wire between two ports that can be cut without either end noticing. */
public final class TcpRelay implements AutoCloseable {

    private final ServerSocket server;
    private final int target;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private volatile boolean swallowing;

    private TcpRelay(int port, int target) throws IOException {
        this.server = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
        this.target = target;
        Thread.ofVirtual().start(this::accept);
    }

    public static TcpRelay start(int port, int target) throws IOException {
        return new TcpRelay(port, target);
    }

    /** From now on nothing comes through, and nothing is closed. */
    public void swallow() {
        swallowing = true;
        links.forEach(link -> link.cut = true);
    }

    /** New connections work again; those that were cut stay cut. */
    public void forwardNewConnections() {
        swallowing = false;
    }

    private void accept() {
        try {
            while (true) {
                Link link = new Link(server.accept(), new Socket(InetAddress.getByName("127.0.0.1"), target));
                link.cut = swallowing;
                links.add(link);
                Thread.ofVirtual().start(() -> link.pump(link.near, link.far));
                Thread.ofVirtual().start(() -> link.pump(link.far, link.near));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Link link : links) {
            link.near.close();
            link.far.close();
        }
    }

    private static final class Link {

        private final Socket near;
        private final Socket far;
        private volatile boolean cut;

        Link(Socket near, Socket far) {
            this.near = near;
            this.far = far;
        }

        private void pump(Socket from, Socket to) {
            byte[] buffer = new byte[8192];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    if (!cut) {
                        out.write(buffer, 0, read);
                    }
                }
                if (!cut) {
                    to.shutdownOutput();
                }
            } catch (IOException e) {
                // Closed by one of the ends.
            }
        }
    }
}
