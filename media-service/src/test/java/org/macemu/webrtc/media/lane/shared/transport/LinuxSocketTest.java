package org.macemu.webrtc.media.lane.shared.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinuxSocketTest {

    @BeforeEach
    void onlyOnLinux() {
        assumeTrue(LinuxSocket.isSupported());
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 8189, false, 02001ffdc00002070000000000000000",
        "0.0.0.0, 1, false, 02000001000000000000000000000000",
        "192.0.2.7, 8189, true, 0a001ffd0000000000000000000000000000ffffc000020700000000",
        "2001:db8::1, 65535, true, 0a00ffff0000000020010db800000000000000000000000100000000",
        ":: , 8189, true, 0a001ffd000000000000000000000000000000000000000000000000",
        "fe80::1%3, 8189, true, 0a001ffd00000000fe80000000000000000000000000000103000000"
    })
    void addressesAreTheKernels(String address, int port, boolean ipv6, String encoded) throws Exception {
        InetSocketAddress socketAddress = new InetSocketAddress(InetAddress.getByName(address), port);
        assertEquals(encoded, HexFormat.of().formatHex(LinuxSocket.encode(socketAddress, ipv6)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
    void everyChannelHasADescriptorOfItsOwn(String address) throws Exception {
        InetAddress local = InetAddress.getByName(address);
        var family = local instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        try (DatagramChannel one = DatagramChannel.open(family);
                DatagramChannel other = DatagramChannel.open(family)) {
            one.bind(new InetSocketAddress(local, 0));
            other.bind(new InetSocketAddress(local, 0));
            LinuxSocket first = LinuxSocket.of(one);
            LinuxSocket second = LinuxSocket.of(other);
            assertNotNull(first);
            assertNotNull(second);
            assertNotEquals(first.descriptor(), second.descriptor());
            assertTrue(first.segments(), "this kernel segments");
        }
    }

    @Test
    void aTcpSocketWithTheSameAddressIsAnother() throws Exception {
        try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                DatagramChannel udp = DatagramChannel.open(StandardProtocolFamily.INET)) {
            udp.bind(tcp.getLocalSocketAddress());
            assertNotNull(LinuxSocket.of(udp));
        }
    }
}
