package org.macemu.webrtc.media.lane.shared.transport;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A UDP socket as the C library of Linux sees it, for what the JDK cannot ask of it: {@code sendmmsg(2)} with
 * {@code UDP_SEGMENT} ({@code udp(7)}). Constants and structures are those of amd64 and aarch64.
 *
 * <p>The descriptor is the JDK's: valid as long as the channel is open, and not to be used after.
 */
final class LinuxSocket {

    /** Answers of {@link #send}, negated: values of {@code errno}. */
    static final int EINTR = 4;

    static final int EIO = 5;
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int EMSGSIZE = 90;
    static final int EOPNOTSUPP = 95;
    static final int ENOBUFS = 105;

    static final int SOL_UDP = 17;
    static final int UDP_SEGMENT = 103;

    private static final short AF_INET = 2;
    private static final short AF_INET6 = 10;
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SOCK_DGRAM = 2;

    /** A process that has just started has far fewer open files. */
    private static final int MAX_DESCRIPTOR = 4096;

    /** The functions of the C library, bound when the first socket is looked for. */
    private static final class Functions {
        static final Linker LINKER = Linker.nativeLinker();
        static final SymbolLookup C = LINKER.defaultLookup();
        static final StructLayout STATE = Linker.Option.captureStateLayout();
        static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

        // int sendmmsg(int sockfd, struct mmsghdr *msgvec, unsigned int vlen, int flags)
        static final MethodHandle SENDMMSG = LINKER.downcallHandle(
                C.findOrThrow("sendmmsg"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                Linker.Option.captureCallState("errno"));
        // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen)
        static final MethodHandle GETSOCKNAME = LINKER.downcallHandle(
                C.findOrThrow("getsockname"), FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
        // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen)
        static final MethodHandle GETSOCKOPT = LINKER.downcallHandle(
                C.findOrThrow("getsockopt"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    }

    private final int descriptor;
    private final MemorySegment state = Arena.ofAuto().allocate(Functions.STATE);

    private LinuxSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Whether this is a system whose constants these are. */
    static boolean isSupported() {
        return System.getProperty("os.name").equals("Linux")
                && Set.of("amd64", "aarch64").contains(System.getProperty("os.arch"));
    }

    /**
     * Finds the descriptor of a bound channel: the JDK does not tell it, but a UDP address belongs to one socket.
     *
     * @return null when this is no Linux, the socket is not found, or a sandbox does not allow {@code sendmmsg}
     */
    static LinuxSocket of(DatagramChannel channel) throws IOException {
        if (!isSupported()) {
            return null;
        }
        InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
        boolean ipv6 = local.getAddress() instanceof Inet6Address;
        byte[] wanted = encode(local, ipv6);
        int compared = ipv6 ? 24 : 8;
        OptionalInt found = OptionalInt.empty();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(128, 8);
            MemorySegment length = arena.allocate(JAVA_INT);
            MemorySegment type = arena.allocate(JAVA_INT);
            for (int fd = 0; fd < MAX_DESCRIPTOR; fd++) {
                length.set(JAVA_INT, 0, (int) address.byteSize());
                if ((int) Functions.GETSOCKNAME.invokeExact(fd, address, length) != 0
                        || address.mismatch(MemorySegment.ofArray(wanted)) < compared) {
                    continue;
                }
                length.set(JAVA_INT, 0, (int) type.byteSize());
                if ((int) Functions.GETSOCKOPT.invokeExact(fd, SOL_SOCKET, SO_TYPE, type, length) != 0
                        || type.get(JAVA_INT, 0) != SOCK_DGRAM) {
                    continue;
                }
                if (found.isPresent()) {
                    return null;
                }
                found = OptionalInt.of(fd);
            }
        } catch (Throwable t) {
            throw broken(t);
        }
        if (found.isEmpty()) {
            return null;
        }
        LinuxSocket socket = new LinuxSocket(found.getAsInt());
        return socket.sendmmsg(MemorySegment.NULL, 0) == 0 ? socket : null;
    }

    /**
     * Whether the kernel knows segmentation (4.18 and later). An older one would ignore the wish and send everything as
     * one large datagram.
     */
    boolean segments() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocate(JAVA_INT);
            length.set(JAVA_INT, 0, (int) value.byteSize());
            return (int) Functions.GETSOCKOPT.invokeExact(descriptor, SOL_UDP, UDP_SEGMENT, value, length) == 0;
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    /**
     * An address as {@code sockaddr_in} or {@code sockaddr_in6}.
     *
     * <pre>
     * u16 family (host order), u16 port (network order), then
     *   IPv4: u8[4] address, u8[8] zero
     *   IPv6: u32 flow, u8[16] address (IPv4 as ::ffff:a.b.c.d), u32 scope (host order)
     * </pre>
     *
     * @param ipv6 family of the socket, not of the address: an IPv6 socket reaches IPv4 too
     */
    static byte[] encode(InetSocketAddress address, boolean ipv6) {
        byte[] ip = address.getAddress().getAddress();
        ByteBuffer b = ByteBuffer.allocate(ipv6 ? 28 : 16).order(ByteOrder.nativeOrder());
        b.putShort(ipv6 ? AF_INET6 : AF_INET);
        b.put((byte) (address.getPort() >> 8)).put((byte) address.getPort());
        if (!ipv6) {
            return b.put(ip).array();
        }
        b.putInt(0);
        if (ip.length == 4 && !address.getAddress().isAnyLocalAddress()) {
            b.position(18);
            b.put((byte) 0xff).put((byte) 0xff);
        }
        if (ip.length == 4) {
            b.position(20);
        }
        b.put(ip);
        if (address.getAddress() instanceof Inet6Address scoped) {
            b.putInt(scoped.getScopeId());
        }
        return b.array();
    }

    /**
     * Sends messages without waiting.
     *
     * @param messages {@code struct mmsghdr[count]}
     * @return how many the kernel took, at least 1; else the negated {@code errno} of the first
     */
    int send(MemorySegment messages, int count) {
        int sent = sendmmsg(messages, count);
        return sent > 0 ? sent : sent == 0 ? -EAGAIN : -(int) Functions.ERRNO.get(state, 0L);
    }

    private int sendmmsg(MemorySegment messages, int count) {
        try {
            return (int) Functions.SENDMMSG.invokeExact(state, descriptor, messages, count, 0);
        } catch (Throwable t) {
            throw broken(t);
        }
    }

    int descriptor() {
        return descriptor;
    }

    private static IllegalStateException broken(Throwable t) {
        return switch (t) {
            case Error error -> throw error;
            case RuntimeException runtime -> throw runtime;
            default -> new IllegalStateException("foreign call failed", t);
        };
    }

    /** Offsets in {@code struct mmsghdr}, which begins with {@code struct msghdr}. */
    static final class Message {
        static final int BYTES = 64;
        static final int NAME = 0;
        static final int NAME_LENGTH = 8;
        static final int IOV = 16;
        static final int IOV_COUNT = 24;
        static final int CONTROL = 32;
        static final int CONTROL_LENGTH = 40;

        private Message() {}
    }

    /** {@code struct iovec}. */
    static final class Vector {
        static final int BYTES = 16;
        static final int BASE = 0;
        static final int LENGTH = 8;

        private Vector() {}
    }

    /** {@code struct cmsghdr} with the segment size, a u16, as its data. */
    static final class SegmentControl {
        static final int BYTES = 24;
        private static final int LENGTH = 0;
        private static final int LEVEL = 8;
        private static final int TYPE = 12;
        private static final int SIZE = 16;

        private SegmentControl() {}

        static void initialize(MemorySegment memory, long at) {
            memory.set(ValueLayout.JAVA_LONG, at + LENGTH, SIZE + Short.BYTES);
            memory.set(JAVA_INT, at + LEVEL, SOL_UDP);
            memory.set(JAVA_INT, at + TYPE, UDP_SEGMENT);
            memory.asSlice(at + SIZE, BYTES - SIZE).fill((byte) 0);
        }

        static void size(MemorySegment memory, long at, int bytes) {
            memory.set(JAVA_SHORT, at + SIZE, (short) bytes);
        }
    }
}
