package org.macemu.webrtc.media.lane.shared.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A port on its loop, with a kernel that refuses when a test wants it to. */
class UdpPortTest {

    private final AtomicInteger drops = new AtomicInteger();

    @Test
    void aFullSendBufferIsWaitedFor() throws Exception {
        assumeTrue(LinuxSocket.isSupported());
        AtomicInteger refusals = new AtomicInteger(3);
        AtomicInteger calls = new AtomicInteger();
        try (EventLoop loop = new EventLoop("test-loop");
                DatagramSocket receiver = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            receiver.setSoTimeout(5_000);
            UdpPort port = new UdpPort(
                    loop,
                    new IceRegistry(cause -> {}),
                    cause -> drops.incrementAndGet(),
                    new InetSocketAddress("127.0.0.1", 0),
                    (channel, metrics) -> {
                        LinuxSocket socket = LinuxSocket.of(channel);
                        return new SegmentSender(
                                (messages, count) -> {
                                    calls.incrementAndGet();
                                    return refusals.getAndDecrement() > 0
                                            ? -LinuxSocket.EAGAIN
                                            : socket.send(messages, count);
                                },
                                metrics,
                                true);
                    },
                    null);
            loop.add(port);
            loop.start(now -> Long.MAX_VALUE);
            UdpPath path = new UdpPath(port, (InetSocketAddress) receiver.getLocalSocketAddress(), false);
            byte[] packet = {9, 8, 7};
            CompletableFuture<Boolean> writable = new CompletableFuture<>();
            loop.execute(() -> {
                path.send(packet, 0, packet.length);
                loop.flush();
                writable.complete(path.writable());
            });
            assertFalse(writable.join(), "media waits");
            // Nobody wakes the loop but the socket.
            DatagramPacket datagram = new DatagramPacket(new byte[10], 10);
            receiver.receive(datagram);
            assertArrayEquals(packet, Arrays.copyOf(datagram.getData(), datagram.getLength()));
            CompletableFuture<Boolean> again = new CompletableFuture<>();
            loop.execute(() -> again.complete(path.writable()));
            assertTrue(again.join());
            assertEquals(0, drops.get());
            int settled = calls.get();
            Thread.sleep(100);
            assertEquals(settled, calls.get(), "the selector is left alone again");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"datagrams", "batches", "segments"})
    void everyKindOfSenderDelivers(String kind) throws Exception {
        String before = System.getProperty(UdpPort.SENDER_PROPERTY);
        System.setProperty(UdpPort.SENDER_PROPERTY, kind);
        try (EventLoop loop = new EventLoop("test-loop");
                DatagramSocket receiver = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
            receiver.setSoTimeout(5_000);
            receiver.setReceiveBufferSize(1 << 20);
            UdpPort port = new UdpPort(
                    loop,
                    new IceRegistry(cause -> {}),
                    cause -> drops.incrementAndGet(),
                    new InetSocketAddress("127.0.0.1", 0));
            loop.add(port);
            loop.start(now -> Long.MAX_VALUE);
            UdpPath path = new UdpPath(port, (InetSocketAddress) receiver.getLocalSocketAddress(), false);
            byte[] packet = new byte[1_000];
            loop.execute(() -> {
                for (int i = 0; i < 70; i++) {
                    packet[0] = (byte) i;
                    path.send(packet, 0, packet.length);
                }
            });
            DatagramPacket datagram = new DatagramPacket(new byte[2_000], 2_000);
            for (int i = 0; i < 70; i++) {
                receiver.receive(datagram);
                assertEquals(1_000, datagram.getLength());
                assertEquals((byte) i, datagram.getData()[0]);
            }
            assertEquals(0, drops.get());
        } finally {
            if (before == null) {
                System.clearProperty(UdpPort.SENDER_PROPERTY);
            } else {
                System.setProperty(UdpPort.SENDER_PROPERTY, before);
            }
        }
    }

    @Test
    void aPortOfThisMachineHearsNobodyElse() throws Exception {
        InetAddress own = MediaTransport.sourceAddress();
        assumeTrue(own != null, "this machine has no way to others");
        IceRegistry registry = new IceRegistry(cause -> drops.incrementAndGet());
        IceCredentials credentials = new IceCredentials("abcdefgh", "0123456789abcdefghijklmn");
        byte[] check = TestPeer.request("abcdefgh:them", credentials.key(), false);
        try (EventLoop loop = new EventLoop("test-loop");
                DatagramSocket stranger = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                DatagramSocket neighbour = new DatagramSocket(0, own)) {
            UdpPort port = UdpPort.ofThisMachine(
                    loop, registry, cause -> drops.incrementAndGet(), new InetSocketAddress(own, 0));
            int number = port.localPort();
            registry.add(credentials, new IcePeer("viewer", loop, registry, null, cause -> {}, new Unconcerned()));
            loop.add(port);
            loop.start(now -> Long.MAX_VALUE);
            stranger.send(new DatagramPacket(check, check.length, own, number));
            neighbour.send(new DatagramPacket(check, check.length, own, number));
            neighbour.setSoTimeout(5_000);
            neighbour.receive(new DatagramPacket(new byte[200], 200));
            // It was sent first, so it has been looked at by now.
            assertEquals(1, drops.get());
            stranger.setSoTimeout(1);
            assertThrows(
                    SocketTimeoutException.class, () -> stranger.receive(new DatagramPacket(new byte[200], 200)));
        }
    }

    /** A viewer of whom only the checks matter. */
    private static final class Unconcerned implements IcePeer.Listener {

        @Override
        public void established() {}

        @Override
        public void pathChanged() {}

        @Override
        public void rtcp(byte[] b, int offset, int length) {}

        @Override
        public void lost(String code, String reason) {}
    }
}
