package org.macemu.webrtc.media.lane.shared;

/**
 * When one viewer goes without the upper temporal layer: as soon as its network is congested, and until it has not been
 * for a while. The while grows when the layer's return made the network congested again. Pure: time is handed in. Owned
 * by {@link PictureFeed}.
 */
final class LayerShedding {

    private static final long MIN_PAUSE = 3_000_000_000L;
    private static final long MAX_PAUSE = 48_000_000_000L;

    /** A network that carried both layers for so long is not what made them too much. */
    private static final long GOOD_RUN = 20_000_000_000L;

    private boolean shed;
    private boolean returned;
    private long returnedAt;
    private long congestedAt;
    private long pause = MIN_PAUSE;

    /** @return whether the upper layer is to be left out now */
    boolean update(long now, boolean congested) {
        if (congested) {
            if (!shed) {
                pause = returned && now - returnedAt < GOOD_RUN ? Math.min(2 * pause, MAX_PAUSE) : MIN_PAUSE;
                shed = true;
            }
            congestedAt = now;
        } else if (shed && now - congestedAt >= pause) {
            shed = false;
            returned = true;
            returnedAt = now;
        }
        return shed;
    }
}
