package org.macemu.webrtc.media.lane.shared.sdp;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.macemu.webrtc.media.lane.shared.transport.AdvertisedAddress;
import org.macemu.webrtc.media.lane.shared.transport.IceCredentials;

/** Offers of browsers and players: refused with a code and a reason, or answered in well-formed lines. */
public final class OfferFuzz {

    private OfferFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        try {
            Offer offer = Offer.parse(new String(data, StandardCharsets.UTF_8));
            String answer = new Answer(
                            1,
                            1,
                            new IceCredentials("abcd", "0123456789012345678901"),
                            offer.fingerprint(),
                            List.of(new AdvertisedAddress(InetAddress.getLoopbackAddress(), true)),
                            5004,
                            "cname",
                            1,
                            2)
                    .sdp(offer);
            if (!answer.lines().allMatch(line -> line.length() >= 2 && line.charAt(1) == '=')) {
                throw new AssertionError("answered " + answer);
            }
        } catch (SdpException e) {
            if (e.getMessage().isBlank() || e.getMessage().length() > 500) {
                throw new AssertionError("a reason of " + e.getMessage().length() + " characters", e);
            }
        }
    }
}
