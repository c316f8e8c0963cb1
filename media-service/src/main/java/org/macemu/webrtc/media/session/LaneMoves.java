package org.macemu.webrtc.media.session;

/**
 * Decides when one viewer, whose page left the choice to the server, is better off on the other lane: with an encoder of
 * its own once its network does not carry the shared picture, and back once it has carried that for long enough. Pure:
 * time is handed in.
 *
 * <pre>
 * SHARED --strained for 1.5 s, room--> asked --page followed--> ADAPTIVE
 *    ^---- carries the shared picture with room to spare, for 20 s or longer ----'
 * </pre>
 *
 * Hysteresis: a viewer that strains again soon after it came back stays away twice as long the next time.
 */
final class LaneMoves {

    /** What the page is asked to do. */
    enum Decision {
        STAY,
        TO_ADAPTIVE,
        TO_SHARED
    }

    private static final long SECOND = 1_000_000_000L;

    /** Long enough for a pause and a key frame to mend what was a moment's trouble. */
    private static final long STRAIN = 3 * SECOND / 2;

    private static final long MIN_HOLD = 20 * SECOND;
    private static final long MAX_HOLD = 640 * SECOND;

    /** Strain within this time after a return makes the return a mistake. */
    private static final long TRIAL = 60 * SECOND;

    /** A page that was asked and did not follow is asked again after this time, and not for ever. */
    private static final long ASK_AGAIN = 10 * SECOND;

    private static final int MAX_UNHEARD = 3;

    /** The shared picture comes in bursts, and shares the network with the sound. */
    private static final double ROOM_TO_SPARE = 1.3;

    private boolean onShared = true;
    private long strainedSince = Long.MAX_VALUE;
    private long fitsSince = Long.MAX_VALUE;
    private long asked = Long.MIN_VALUE / 2;
    private long returned = Long.MIN_VALUE / 2;
    private long hold = MIN_HOLD;
    private int unheard;

    /** The page has followed, or chose by itself. */
    void movedTo(boolean shared, long now) {
        if (shared == onShared) {
            return;
        }
        onShared = shared;
        unheard = 0;
        strainedSince = Long.MAX_VALUE;
        fitsSince = Long.MAX_VALUE;
        if (shared) {
            returned = now;
        } else {
            hold = now - returned < TRIAL ? Math.min(2 * hold, MAX_HOLD) : MIN_HOLD;
        }
    }

    /**
     * Looks at the viewer; several times a second.
     *
     * @param strained the shared lane cannot give it the whole picture
     * @param estimate bits per second its network carries, as the adaptive lane says; 0 when unknown
     * @param demand bits per second of the shared lane
     * @param room whether the other lane takes a viewer and the machine has time for it
     */
    Decision look(long now, boolean strained, long estimate, long demand, boolean room) {
        strainedSince = onShared && strained ? Math.min(strainedSince, now) : Long.MAX_VALUE;
        boolean fits = !onShared && estimate >= ROOM_TO_SPARE * demand;
        fitsSince = fits ? Math.min(fitsSince, now) : Long.MAX_VALUE;
        boolean wanted = onShared
                ? strainedSince != Long.MAX_VALUE && now - strainedSince >= STRAIN
                : fitsSince != Long.MAX_VALUE && now - fitsSince >= hold;
        if (!wanted || !room || unheard >= MAX_UNHEARD || now - asked < ASK_AGAIN) {
            return Decision.STAY;
        }
        asked = now;
        unheard++;
        return onShared ? Decision.TO_ADAPTIVE : Decision.TO_SHARED;
    }
}
