package org.macemu.webrtc.media.lane.shared.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.ice4j.attribute.XorMappedAddressAttribute;
import org.ice4j.message.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StunBindingTest {

    /** Sample request of RFC 5769 section 2.1. */
    private static final byte[] SAMPLE = HexFormat.of()
            .parseHex("000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff"
                    + "80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249"
                    + "c1b571a280280004e57a3bcf");

    private static final byte[] SAMPLE_PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PASSWORD = "0123456789012345678901".getBytes(StandardCharsets.US_ASCII);

    @Test
    void theSampleOfTheRfcIsAccepted() {
        assertEquals("evtj", StunBinding.username(SAMPLE, SAMPLE.length));
        assertTrue(StunBinding.authentic(SAMPLE, SAMPLE.length, SAMPLE_PASSWORD));
        assertFalse(StunBinding.authentic(SAMPLE, SAMPLE.length, PASSWORD));
        StunBinding.Check check = StunBinding.decode(SAMPLE, SAMPLE.length);
        assertNotNull(check);
        assertTrue(check.controlled());
        assertFalse(check.useCandidate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "127.0.0.1", "2001:db8:1234:5678:11:2233:4455:6677"})
    void theAnswerCarriesTheAddressAndIsAuthentic(String address) throws Exception {
        byte[] request = TestPeer.request("us:them", PASSWORD, true);
        assertEquals("us", StunBinding.username(request, request.length));
        StunBinding.Check check = StunBinding.decode(request, request.length);
        assertTrue(check.useCandidate());
        InetSocketAddress from = new InetSocketAddress(InetAddress.getByName(address), 32853);
        byte[] response = StunBinding.success(check, from, PASSWORD);
        assertTrue(StunBinding.authentic(response, response.length, PASSWORD));
        // ice4j checks the fingerprint while it decodes.
        Message message = Message.decode(response, 0, response.length);
        assertEquals(Message.BINDING_SUCCESS_RESPONSE, message.getMessageType());
        XorMappedAddressAttribute mapped =
                (XorMappedAddressAttribute) message.getAttribute(org.ice4j.attribute.Attribute.XOR_MAPPED_ADDRESS);
        assertEquals(from.getAddress(), mapped.getAddress(check.transaction()).getAddress());
        assertEquals(32853, mapped.getAddress(check.transaction()).getPort());
    }

    @Test
    void theRoleConflictIsAnErrorResponse() throws Exception {
        byte[] request = TestPeer.request("us:them", PASSWORD, false);
        StunBinding.Check check = StunBinding.decode(request, request.length);
        byte[] response = StunBinding.roleConflict(check, PASSWORD);
        Message message = Message.decode(response, 0, response.length);
        assertEquals(Message.BINDING_ERROR_RESPONSE, message.getMessageType());
        assertTrue(StunBinding.authentic(response, response.length, PASSWORD));
    }

    @Test
    void everyTruncationAndEveryFlippedBitIsRefused() {
        for (int length = 0; length < SAMPLE.length; length++) {
            assertNull(StunBinding.username(Arrays.copyOf(SAMPLE, length), length), "length " + length);
        }
        for (int bit = 0; bit < SAMPLE.length * 8; bit++) {
            byte[] forged = SAMPLE.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            boolean accepted = StunBinding.username(forged, forged.length) != null
                    && StunBinding.authentic(forged, forged.length, SAMPLE_PASSWORD)
                    && StunBinding.decode(forged, forged.length) != null;
            assertFalse(accepted, "bit " + bit);
        }
    }

    @Test
    void garbageNeverThrows() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            byte[] b = i % 2 == 0 ? new byte[random.nextInt(200)] : SAMPLE.clone();
            if (i % 2 == 0) {
                random.nextBytes(b);
            } else {
                for (int k = 0; k < 4; k++) {
                    b[20 + random.nextInt(b.length - 20)] = (byte) random.nextInt();
                }
            }
            if (StunBinding.username(b, b.length) != null) {
                StunBinding.authentic(b, b.length, PASSWORD);
                StunBinding.decode(b, b.length);
            }
        }
    }
}
