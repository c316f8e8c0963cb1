package org.macemu.webrtc.media.lane.shared.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.macemu.webrtc.media.lane.shared.transport.TransportMetrics.Drop;

/** Sends through the kernel to sockets on loopback; what a test wants refused is refused in front of the kernel. */
class SegmentSenderTest {

    private final Map<Drop, Integer> drops = new EnumMap<>(Drop.class);
    private final TransportMetrics metrics = cause -> drops.merge(cause, 1, Integer::sum);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Random random = new Random(3);

    /** Answers to give instead of the kernel's, by call; 0: ask the kernel. */
    private final List<Integer> answers = new ArrayList<>();

    private final List<Integer> calls = new ArrayList<>();
    private LinuxSocket socket;
    private SegmentSender sender;

    @BeforeEach
    void onlyOnLinux() {
        assumeTrue(LinuxSocket.isSupported(), "sendmmsg is Linux'");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private void openSender(String address) throws IOException {
        InetAddress local = InetAddress.getByName(address);
        DatagramChannel channel = DatagramChannel.open(
                local instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        open.add(channel);
        channel.bind(new InetSocketAddress(local, 0));
        channel.configureBlocking(false);
        socket = LinuxSocket.of(channel);
        assertNotNull(socket, "the descriptor of " + channel.getLocalAddress());
        sender = new SegmentSender(this::kernel, metrics, socket.segments());
        open.add(0, sender);
    }

    private int kernel(MemorySegment messages, int count) {
        int answer = calls.size() < answers.size() ? answers.get(calls.size()) : 0;
        calls.add(count);
        if (answer < 0) {
            return answer;
        }
        return socket.send(messages, answer > 0 ? Math.min(answer, count) : count);
    }

    private DatagramSocket receiver(String address) throws IOException {
        DatagramSocket receiver = new DatagramSocket(0, InetAddress.getByName(address));
        receiver.setReceiveBufferSize(4 << 20);
        receiver.setSoTimeout(2_000);
        open.add(receiver);
        return receiver;
    }

    private static UdpPath pathTo(DatagramSocket receiver, boolean ipv6) {
        return new UdpPath(null, (InetSocketAddress) receiver.getLocalSocketAddress(), ipv6);
    }

    private byte[] packet(int length) {
        byte[] packet = new byte[length];
        random.nextBytes(packet);
        return packet;
    }

    private void send(UdpPath to, byte[]... packets) {
        for (byte[] packet : packets) {
            byte[] buffer = new byte[packet.length + 7];
            System.arraycopy(packet, 0, buffer, 3, packet.length);
            assertTrue(sender.send(buffer, 3, packet.length, to));
        }
    }

    private static void assertReceived(DatagramSocket receiver, byte[]... packets) throws IOException {
        DatagramPacket datagram = new DatagramPacket(new byte[4096], 4096);
        for (int i = 0; i < packets.length; i++) {
            receiver.receive(datagram);
            assertArrayEquals(packets[i], Arrays.copyOf(datagram.getData(), datagram.getLength()), "datagram " + i);
        }
    }

    private static void assertNothingMore(DatagramSocket receiver) throws IOException {
        receiver.setSoTimeout(50);
        DatagramPacket datagram = new DatagramPacket(new byte[4096], 4096);
        try {
            receiver.receive(datagram);
        } catch (SocketTimeoutException e) {
            return;
        }
        throw new AssertionError("another datagram of " + datagram.getLength() + " bytes came");
    }

    private byte[][] frame(int packets) {
        byte[][] frame = new byte[packets][];
        for (int i = 0; i < packets; i++) {
            frame[i] = packet(i == packets - 1 ? 300 : 1_180);
        }
        return frame;
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1, false", "::1, ::1, true", "0.0.0.0, 127.0.0.1, false", "::, ::1, true"})
    void aFrameIsOneMessageAndArrivesAsDatagrams(String local, String remote, boolean ipv6) throws IOException {
        openSender(local);
        DatagramSocket receiver = receiver(remote);
        UdpPath path = pathTo(receiver, ipv6);
        byte[][] frame = frame(5);
        byte[] sound = packet(120);
        send(path, frame);
        send(path, sound);
        assertEquals(List.of(), calls, "nothing leaves before the round ends");
        sender.flush();
        assertEquals(List.of(2), calls, "one call, the frame and the sound");
        assertReceived(receiver, frame);
        assertReceived(receiver, sound);
        assertNothingMore(receiver);
        assertEquals(Map.of(), drops);
    }

    @Test
    void anIpv6SocketReachesIpv4() throws IOException {
        openSender("::");
        DatagramSocket receiver = receiver("127.0.0.1");
        byte[][] frame = frame(3);
        send(pathTo(receiver, true), frame);
        sender.flush();
        assertReceived(receiver, frame);
    }

    @Test
    void anyMixtureArrivesInOrder() throws IOException {
        openSender("127.0.0.1");
        int viewers = 5;
        List<DatagramSocket> receivers = new ArrayList<>();
        List<UdpPath> paths = new ArrayList<>();
        List<List<byte[]>> sent = new ArrayList<>();
        for (int i = 0; i < viewers; i++) {
            receivers.add(receiver("127.0.0.1"));
            paths.add(pathTo(receivers.get(i), false));
            sent.add(new ArrayList<>());
        }
        int[] sizes = {1, 40, 300, 1_100, 1_200, 2_048};
        for (int i = 0; i < 1_000; i++) {
            int viewer = random.nextInt(viewers);
            int size = sizes[random.nextInt(sizes.length)];
            for (int k = random.nextInt(1, 80); k > 0; k--) {
                byte[] packet = packet(size);
                sent.get(viewer).add(packet);
                send(paths.get(viewer), packet);
            }
            sender.flush();
            if (sent.get(viewer).size() > 200) {
                assertReceived(receivers.get(viewer), sent.get(viewer).toArray(byte[][]::new));
                sent.get(viewer).clear();
            }
        }
        for (int i = 0; i < viewers; i++) {
            assertReceived(receivers.get(i), sent.get(i).toArray(byte[][]::new));
            assertNothingMore(receivers.get(i));
        }
        assertEquals(Map.of(), drops);
        assertTrue(sender.segmenting());
    }

    @Test
    void whatTheKernelRefusesToCutIsSentOneByOne() throws IOException {
        openSender("127.0.0.1");
        // Without checksums the kernel answers EINVAL to every message with segments.
        setNoChecksum(socket.descriptor());
        DatagramSocket receiver = receiver("127.0.0.1");
        UdpPath path = pathTo(receiver, false);
        for (int i = 1; i <= SegmentSender.REFUSALS + 2; i++) {
            byte[][] frame = frame(4);
            send(path, packet(100));
            send(path, frame);
            calls.clear();
            sender.flush();
            DatagramPacket first = new DatagramPacket(new byte[200], 200);
            receiver.receive(first);
            assertReceived(receiver, frame);
            assertEquals(i < SegmentSender.REFUSALS, sender.segmenting(), "after " + i + " refusals");
            if (i > SegmentSender.REFUSALS) {
                assertEquals(List.of(5), calls, "still one call, a message for each datagram");
            }
        }
        assertNothingMore(receiver);
        assertEquals(Map.of(), drops);
    }

    @ParameterizedTest
    @ValueSource(ints = {LinuxSocket.EIO, LinuxSocket.EINVAL, LinuxSocket.EMSGSIZE, LinuxSocket.EOPNOTSUPP})
    void aRefusalNowAndThenIsNoReasonToStop(int errno) throws IOException {
        openSender("127.0.0.1");
        DatagramSocket receiver = receiver("127.0.0.1");
        UdpPath path = pathTo(receiver, false);
        for (int i = 0; i < 3 * SegmentSender.REFUSALS; i++) {
            calls.clear();
            answers.clear();
            if (i % 2 == 0) {
                answers.add(-errno);
            }
            byte[][] frame = frame(3);
            send(path, frame);
            sender.flush();
            assertReceived(receiver, frame);
        }
        assertTrue(sender.segmenting());
        assertEquals(Map.of(), drops);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void whatTheKernelLeavesIsSentAgain(int takes) throws IOException {
        openSender("127.0.0.1");
        DatagramSocket one = receiver("127.0.0.1");
        DatagramSocket other = receiver("127.0.0.1");
        for (int i = 0; i < 40; i++) {
            answers.add(takes);
        }
        byte[][] frame = frame(4);
        for (int i = 0; i < 4; i++) {
            send(pathTo(one, false), frame);
            send(pathTo(other, false), frame);
        }
        sender.flush();
        for (int i = 0; i < 4; i++) {
            assertReceived(one, frame);
            assertReceived(other, frame);
        }
        assertEquals((8 + takes - 1) / takes, calls.size());
        assertFalse(sender.blocked());
    }

    @Test
    void aFullSendBufferKeepsWhatFitsAndLosesTheRest() throws IOException {
        openSender("127.0.0.1");
        DatagramSocket receiver = receiver("127.0.0.1");
        UdpPath path = pathTo(receiver, false);
        byte[][] frame = frame(3);
        // A part gets through, then nothing, also while a refused message goes out in pieces.
        answers.addAll(List.of(1, -LinuxSocket.EAGAIN, -LinuxSocket.EIO, 0, -LinuxSocket.EAGAIN));
        send(path, frame);
        send(path, frame);
        sender.flush();
        assertTrue(sender.blocked());
        assertEquals(2, calls.size());
        assertReceived(receiver, frame);
        sender.flush();
        assertTrue(sender.blocked());
        assertReceived(receiver, frame[0]);
        assertNothingMore(receiver);
        receiver.setSoTimeout(2_000);
        byte[] late = packet(1_180);
        send(path, late);
        sender.flush();
        assertFalse(sender.blocked());
        assertReceived(receiver, frame[1], frame[2], late);

        for (int i = 0; i < 1_000; i++) {
            answers.add(-LinuxSocket.EAGAIN);
        }
        calls.clear();
        answers.subList(0, 5).clear();
        List<byte[]> kept = new ArrayList<>();
        byte[] packet = packet(1_000);
        while (sender.send(packet, 0, packet.length, path)) {
            kept.add(packet);
            packet = packet(1_000);
            assertTrue(kept.size() <= SegmentSender.BYTES / 1_000, "bounded");
        }
        assertTrue(sender.blocked());
        assertTrue(kept.size() >= SegmentSender.MESSAGES, "kept " + kept.size());
        answers.clear();
        sender.flush();
        assertReceived(receiver, kept.toArray(byte[][]::new));
        assertNothingMore(receiver);
    }

    @Test
    void anErrorCostsOneMessageOnly() throws IOException {
        openSender("127.0.0.1");
        DatagramSocket receiver = receiver("127.0.0.1");
        int operationNotPermitted = 1;
        answers.addAll(List.of(1, -operationNotPermitted, -LinuxSocket.EINTR, 0));
        byte[] before = packet(100);
        byte[] after = packet(90);
        send(pathTo(receiver, false), before);
        DatagramSocket unreachable = receiver("127.0.0.1");
        send(pathTo(unreachable, false), frame(4));
        send(pathTo(receiver, false), after);
        sender.flush();
        assertReceived(receiver, before, after);
        assertNothingMore(unreachable);
        assertEquals(Map.of(Drop.SOCKET_ERROR, 4), drops, "every datagram of the message is counted");
        assertTrue(sender.segmenting());
    }

    @Test
    void aLongFrameTakesSeveralMessages() throws IOException {
        openSender("127.0.0.1");
        DatagramSocket receiver = receiver("127.0.0.1");
        byte[][] small = new byte[200][];
        Arrays.setAll(small, i -> packet(50));
        byte[][] large = new byte[90][];
        Arrays.setAll(large, i -> packet(1_216));
        send(pathTo(receiver, false), small);
        sender.flush();
        assertEquals(List.of(4), calls, "64 segments each");
        assertReceived(receiver, small);
        send(pathTo(receiver, false), large);
        sender.flush();
        assertEquals(List.of(4, 2), calls, "60,000 bytes each");
        assertReceived(receiver, large);
    }

    /** {@code setsockopt(fd, SOL_SOCKET, SO_NO_CHECK, 1)}. */
    private static void setNoChecksum(int descriptor) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(JAVA_INT, 1);
            int result = (int) linker.downcallHandle(
                            linker.defaultLookup().findOrThrow("setsockopt"),
                            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT))
                    .invokeExact(descriptor, 1, 11, one, 4);
            assertEquals(0, result);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    @Test
    void theLayoutIsThatOfTheKernel() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment control = arena.allocate(LinuxSocket.SegmentControl.BYTES, 8);
            LinuxSocket.SegmentControl.initialize(control, 0);
            LinuxSocket.SegmentControl.size(control, 0, 1_216);
            assertEquals(18, control.get(JAVA_LONG, 0));
            assertEquals(17, control.get(JAVA_INT, 8));
            assertEquals(103, control.get(JAVA_INT, 12));
            assertEquals(1_216, control.get(JAVA_LONG, 16));
        }
    }
}
