package org.macemu.webrtc.signaling.service;

import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.macemu.webrtc.signaling.client.MediaClient;
import org.macemu.webrtc.signaling.config.SignalingConfig;
import org.macemu.webrtc.signaling.placement.ViewerPlacement;
import org.macemu.webrtc.signaling.sessions.SessionPods;

/** Makes the links between browsers and media-services. */
@Singleton
class MediaLinks {

    private final Vertx vertx;
    private final MediaClient media;
    private final ViewerPlacement placement;
    private final SessionPods pods;
    private final SignalingConfig config;
    private final SignalingMetrics metrics;

    @Inject
    MediaLinks(
            Vertx vertx,
            MediaClient media,
            ViewerPlacement placement,
            SessionPods pods,
            SignalingConfig config,
            SignalingMetrics metrics) {
        this.vertx = vertx;
        this.media = media;
        this.placement = placement;
        this.pods = pods;
        this.config = config;
        this.metrics = metrics;
    }

    /** A link that belongs to the event loop that calls, and has not begun to join. */
    MediaLink link(MediaLink.Viewer viewer, MediaLink.Listener listener) {
        return new MediaLink(vertx, media, placement, pods, config.media(), metrics, viewer, listener);
    }
}
