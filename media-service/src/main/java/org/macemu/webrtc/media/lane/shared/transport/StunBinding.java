package org.macemu.webrtc.media.lane.shared.transport;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.ice4j.StunException;
import org.ice4j.Transport;
import org.ice4j.TransportAddress;
import org.ice4j.attribute.Attribute;
import org.ice4j.attribute.AttributeFactory;
import org.ice4j.attribute.FingerprintAttribute;
import org.ice4j.attribute.MessageIntegrityAttribute;
import org.ice4j.message.Message;

/**
 * Connectivity checks as an ICE-lite agent sees them (RFC 8445 section 7.3, RFC 8489).
 *
 * <pre>
 *  0                   1                   2                   3
 * |0 0|     STUN Message Type     |         Message Length        |  0
 * |                  Magic Cookie = 0x2112A442                    |  4
 * |                  Transaction ID, 96 bits                      |  8
 * |            Type               |            Length             | 20  attributes, padded to 4
 * </pre>
 *
 * {@link #username} looks at a message without allocating anything but the name, so that strangers cost little;
 * ice4j's codec reads only what passed {@link #authentic}. Responses are put together here from ice4j's attributes:
 * its message encoder would load a configuration library first.
 */
final class StunBinding {

    private static final int HEADER = 20;
    private static final int COOKIE = 0x2112A442;
    private static final int BINDING_REQUEST = 0x0001;
    private static final int BINDING_SUCCESS = 0x0101;
    private static final int BINDING_ERROR = 0x0111;
    private static final int USERNAME = 0x0006;
    private static final int MESSAGE_INTEGRITY = 0x0008;
    private static final int FINGERPRINT = 0x8028;
    private static final int INTEGRITY_BYTES = 24;
    private static final int FINGERPRINT_BYTES = 8;
    /** RFC 8445 section 5.3 allows 256 characters on each side of the colon. */
    private static final int MAX_USERNAME = 513;

    private StunBinding() {}

    /** What an authenticated check asks for. */
    record Check(boolean useCandidate, boolean controlled, byte[] transaction) {}

    /**
     * The part of USERNAME that names the receiver.
     *
     * @return our ufrag as the peer believes it; null when this is not a well-formed binding request with a user name,
     *     an integrity attribute and a fingerprint
     */
    static String username(byte[] b, int length) {
        if (length < HEADER
                || (length & 3) != 0
                || u16(b, 0) != BINDING_REQUEST
                || u16(b, 2) != length - HEADER
                || i32(b, 4) != COOKIE) {
            return null;
        }
        int nameAt = -1;
        int nameLength = 0;
        boolean integrity = false;
        boolean fingerprint = false;
        int p = HEADER;
        while (p < length) {
            int size = u16(b, p + 2);
            int next = p + 4 + (size + 3 & ~3);
            if (next > length) {
                return null;
            }
            switch (u16(b, p)) {
                case USERNAME -> {
                    nameAt = p + 4;
                    nameLength = size;
                }
                case MESSAGE_INTEGRITY -> integrity = size == INTEGRITY_BYTES - 4;
                case FINGERPRINT -> fingerprint = size == FINGERPRINT_BYTES - 4 && next == length;
                default -> {}
            }
            p = next;
        }
        if (nameAt < 0 || nameLength > MAX_USERNAME || !integrity || !fingerprint) {
            return null;
        }
        for (int i = 0; i < nameLength; i++) {
            if (b[nameAt + i] == ':') {
                return new String(b, nameAt, i, StandardCharsets.US_ASCII);
            }
        }
        return null;
    }

    /** Whether MESSAGE-INTEGRITY was made with this password; the message passed {@link #username}. */
    static boolean authentic(byte[] b, int length, byte[] password) {
        int p = HEADER;
        while (u16(b, p) != MESSAGE_INTEGRITY) {
            p += 4 + (u16(b, p + 2) + 3 & ~3);
        }
        // The length covers everything up to and including the integrity attribute (RFC 8489 section 14.5).
        int covered = p + INTEGRITY_BYTES - HEADER;
        byte[] copy = new byte[p];
        System.arraycopy(b, 0, copy, 0, p);
        copy[2] = (byte) (covered >> 8);
        copy[3] = (byte) covered;
        byte[] expected = MessageIntegrityAttribute.calculateHmacSha1(copy, 0, p, password);
        byte[] found = new byte[expected.length];
        System.arraycopy(b, p + 4, found, 0, found.length);
        return MessageDigest.isEqual(expected, found);
    }

    /** Decodes an authentic request. @return null when an attribute or the fingerprint is wrong */
    static Check decode(byte[] b, int length) {
        byte[] copy = new byte[length];
        System.arraycopy(b, 0, copy, 0, length);
        try {
            Message message = Message.decode(copy, 0, length);
            return new Check(
                    message.containsAttribute(Attribute.USE_CANDIDATE),
                    message.containsAttribute(Attribute.ICE_CONTROLLED),
                    message.getTransactionID());
        } catch (StunException | RuntimeException e) {
            // ice4j's attribute decoders throw what their arrays throw.
            return null;
        }
    }

    /** Success response with the address the request came from. */
    static byte[] success(Check check, InetSocketAddress from, byte[] password) {
        byte[] address = AttributeFactory.createXorMappedAddressAttribute(
                        new TransportAddress(from.getAddress(), from.getPort(), Transport.UDP), check.transaction())
                .encode();
        return response(BINDING_SUCCESS, check.transaction(), address, password);
    }

    /** Error 487: the peer claims the role that an ICE-lite agent always has. */
    static byte[] roleConflict(Check check, byte[] password) {
        byte[] reason = AttributeFactory.createErrorCodeAttribute((char) 487, "Role Conflict").encode();
        byte[] padded = new byte[reason.length + 3 & ~3];
        System.arraycopy(reason, 0, padded, 0, reason.length);
        return response(BINDING_ERROR, check.transaction(), padded, password);
    }

    private static byte[] response(int type, byte[] transaction, byte[] attribute, byte[] password) {
        int integrityAt = HEADER + attribute.length;
        int fingerprintAt = integrityAt + INTEGRITY_BYTES;
        byte[] b = new byte[fingerprintAt + FINGERPRINT_BYTES];
        put16(b, 0, type);
        put16(b, 4, COOKIE >>> 16);
        put16(b, 6, COOKIE & 0xffff);
        System.arraycopy(transaction, 0, b, 8, transaction.length);
        System.arraycopy(attribute, 0, b, HEADER, attribute.length);

        put16(b, 2, fingerprintAt - HEADER);
        put16(b, integrityAt, MESSAGE_INTEGRITY);
        put16(b, integrityAt + 2, INTEGRITY_BYTES - 4);
        byte[] hmac = MessageIntegrityAttribute.calculateHmacSha1(b, 0, integrityAt, password);
        System.arraycopy(hmac, 0, b, integrityAt + 4, hmac.length);

        put16(b, 2, b.length - HEADER);
        put16(b, fingerprintAt, FINGERPRINT);
        put16(b, fingerprintAt + 2, FINGERPRINT_BYTES - 4);
        byte[] crc = FingerprintAttribute.calculateXorCRC32(b, 0, fingerprintAt);
        System.arraycopy(crc, 0, b, fingerprintAt + 4, crc.length);
        return b;
    }

    private static int u16(byte[] b, int at) {
        return (b[at] & 0xff) << 8 | b[at + 1] & 0xff;
    }

    private static int i32(byte[] b, int at) {
        return u16(b, at) << 16 | u16(b, at + 2);
    }

    private static void put16(byte[] b, int at, int value) {
        b[at] = (byte) (value >> 8);
        b[at + 1] = (byte) value;
    }
}
