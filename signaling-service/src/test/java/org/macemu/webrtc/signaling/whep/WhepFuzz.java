package org.macemu.webrtc.signaling.whep;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.macemu.webrtc.signaling.message.MessageLimits;

/** Bodies of WHEP players: offers and ICE fragments, and what is made of the two together. */
public final class WhepFuzz {

    private static final IceFragment RENEWED =
            new IceFragment("$1$", "\\0", java.util.List.of(), "", false);

    private WhepFuzz() {}

    /** The first byte chooses between an offer and a fragment. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        String text = new String(Arrays.copyOfRange(data, 1, data.length), StandardCharsets.UTF_8);
        try {
            if ((data[0] & 1) == 0) {
                PlayerSdp.checkOffer(text);
                String renewed = PlayerSdp.restarted(text, RENEWED, 7);
                if (!PlayerSdp.ufrag(renewed).equals(RENEWED.ufrag())) {
                    throw new AssertionError("not renewed: " + renewed);
                }
                PlayerSdp.answer(text);
                PlayerSdp.fragment(text);
            } else {
                IceFragment fragment = IceFragment.parse(text);
                if (fragment.candidates().size() > MessageLimits.MAX_CANDIDATES_PER_OFFER
                        || fragment.ufrag().isEmpty() != fragment.password().isEmpty()) {
                    throw new AssertionError(fragment.toString());
                }
            }
        } catch (WhepProblem e) {
            if (e.status() < 400 || e.status() > 499 || e.getMessage().isBlank()) {
                throw new AssertionError("status " + e.status(), e);
            }
        }
    }
}
