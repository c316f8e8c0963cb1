package org.macemu.webrtc.media.session;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.macemu.webrtc.media.capture.VideoFrame;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.Viewer;
import org.macemu.webrtc.media.lane.ViewerEvents;
import org.macemu.webrtc.media.lane.ViewerStats;

/** A lane whose connections do what the test says, and which sends nothing. */
final class ScriptedLane implements Lane {

    private final String name;
    final List<ScriptedViewer> opened = new CopyOnWriteArrayList<>();
    volatile String refusal;

    ScriptedLane(String name) {
        this.name = name;
    }

    final class ScriptedViewer implements Viewer {

        private final String id;
        final ViewerEvents events;
        final List<String> offers = new CopyOnWriteArrayList<>();
        final List<String> candidates = new CopyOnWriteArrayList<>();
        final AtomicBoolean closed = new AtomicBoolean();

        ScriptedViewer(String id, ViewerEvents events) {
            this.id = id;
            this.events = events;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Lane lane() {
            return ScriptedLane.this;
        }

        @Override
        public void offer(String offerSdp) {
            offers.add(offerSdp);
        }

        @Override
        public void candidate(String candidate, String sdpMid, int sdpMLineIndex) {
            candidates.add(candidate);
        }

        @Override
        public ViewerStats stats() {
            return new ViewerStats(false, 0, 0, 0, Double.NaN, 0);
        }

        /** As real lanes do: the end is reported later, by a thread of the lane. */
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                Thread.startVirtualThread(events::closed);
            }
        }
    }

    ScriptedViewer last() {
        return opened.getLast();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    @Override
    public Viewer open(String viewerId, String offerSdp, ViewerEvents events) {
        ScriptedViewer viewer = new ScriptedViewer(viewerId, events);
        viewer.offers.add(offerSdp);
        opened.add(viewer);
        return viewer;
    }

    @Override
    public void video(VideoFrame frame) {}

    @Override
    public void audio(short[] pcm, long sampleIndex, boolean silent) {}

    @Override
    public void close() {}
}
