package org.macemu.webrtc.media.session;

import java.util.concurrent.ScheduledFuture;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.Viewer;
import org.macemu.webrtc.media.lane.ViewerEvents;

/**
 * A viewer of a session on one lane. Its events come from the lane's threads; those of a connection that was replaced go
 * nowhere.
 */
final class Connection implements ViewerEvents {

    private final Lane lane;
    private final String origin;
    private final Connections connections;
    private final Audience audience;
    private Viewer viewer;
    private ScheduledFuture<?> timeout;
    private volatile boolean connectedOnce;
    private boolean counted = true;

    /**
     * Of a viewer that the audience has counted in; {@link #open} makes the connection.
     *
     * @param sdp the offer
     */
    Connection(Lane lane, String sdp, Connections connections, Audience audience) {
        this.lane = lane;
        this.origin = OfferOrigin.of(sdp);
        this.connections = connections;
        this.audience = audience;
    }

    /** @param bitsPerSecond what the network is known to carry, or 0 */
    void open(String viewerId, String sdp, long bitsPerSecond) {
        viewer = lane.open(viewerId, sdp, this, bitsPerSecond);
        timeout = audience.after(audience.settings().connectTimeout(), this::timedOut);
    }

    Lane lane() {
        return lane;
    }

    Viewer viewer() {
        return viewer;
    }

    /** Whether media has flowed at any time. */
    boolean isProven() {
        return connectedOnce;
    }

    /** Whether this offer continues the browser's connection that this is the other end of. */
    boolean isContinuedBy(String sdp) {
        return connectedOnce && OfferOrigin.of(sdp).equals(origin);
    }

    /** Counts the viewer out, once. */
    void countOut() {
        synchronized (connections.lock()) {
            if (!counted) {
                return;
            }
            counted = false;
            timeout.cancel(false);
        }
        audience.closedOne(lane);
    }

    void close() {
        countOut();
        viewer.close();
    }

    private void timedOut() {
        if (!connectedOnce) {
            error(
                    "ice_failed",
                    "No media connection within "
                            + audience.settings().connectTimeout().toSeconds()
                            + " s: the browser cannot reach this server's media port, or a firewall blocks it",
                    true);
            viewer.close();
        }
    }

    @Override
    public void answered(String sdp) {
        connections.answered(this, sdp);
    }

    @Override
    public void candidate(String candidate, String sdpMid, int sdpMLineIndex) {
        connections.found(this, candidate, sdpMid, sdpMLineIndex);
    }

    @Override
    public void connected() {
        connectedOnce = true;
        connections.arrived(this);
    }

    @Override
    public void input(String json) {
        connections.input(this, json);
    }

    @Override
    public void error(String code, String message, boolean fatal) {
        connections.failed(this, code, message);
    }

    @Override
    public void closed() {
        connections.detached(this);
    }
}
