package org.macemu.webrtc.media.lane.shared;

import java.util.concurrent.ThreadLocalRandom;
import org.macemu.webrtc.media.lane.shared.sdp.Answer;
import org.macemu.webrtc.media.lane.shared.sdp.Offer;
import org.macemu.webrtc.media.lane.shared.sdp.SdpException;
import org.macemu.webrtc.media.lane.shared.transport.IceCredentials;

/**
 * Offers and answers of one viewer: the first offer, and ICE restarts after it. Runs on the lane's negotiation thread.
 */
final class Negotiation {

    private final long sessionId = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    private int version;
    private volatile Offer agreed;

    /** The offer that was answered last. */
    Offer agreed() {
        return agreed;
    }

    /** Answers an offer, or reports why not. */
    void answer(SharedViewer viewer, String sdp) {
        Offer offer;
        try {
            offer = Offer.parse(sdp);
        } catch (SdpException e) {
            viewer.offerFailed(e.code(), e.getMessage(), agreed == null);
            return;
        }
        boolean restart = agreed != null;
        if (restart && !sameConnection(agreed, offer)) {
            viewer.offerFailed(
                    "sdp_invalid",
                    "a further offer of the same viewer may restart ICE only; certificate, media sections and payload"
                            + " types have to stay as they were",
                    false);
            return;
        }
        FanOut fanOut = viewer.fanOut();
        IceCredentials credentials = IceCredentials.random();
        agreed = offer;
        Answer answer = new Answer(
                sessionId,
                ++version,
                credentials,
                fanOut.fingerprint(),
                fanOut.transport().advertised(),
                fanOut.transport().port(),
                fanOut.cname(),
                viewer.videoSsrc(),
                viewer.audioSsrc());
        String text = answer.sdp(offer);
        fanOut.loop().execute(() -> {
            if (viewer.isClosed()) {
                return;
            }
            if (restart) {
                viewer.restarting();
            }
            viewer.peer().listen(credentials, offer.fingerprint());
            viewer.events().answered(text);
        });
    }

    private static boolean sameConnection(Offer before, Offer now) {
        if (!before.fingerprint().equals(now.fingerprint())) {
            return false;
        }
        for (Offer.Kind kind : new Offer.Kind[] {Offer.Kind.VIDEO, Offer.Kind.AUDIO}) {
            if (!before.section(kind).equals(now.section(kind))) {
                return false;
            }
        }
        return true;
    }
}
