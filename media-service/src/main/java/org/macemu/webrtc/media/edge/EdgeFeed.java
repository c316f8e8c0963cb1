package org.macemu.webrtc.media.edge;

import io.grpc.stub.ServerCallStreamObserver;
import io.vertx.core.Context;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.macemu.webrtc.api.grpc.OriginMessage;
import org.macemu.webrtc.api.grpc.State;

/**
 * What one edge is sent. The lane's event loop puts messages in, the call's event loop takes them out as fast as gRPC's
 * flow control lets it; an edge that reads too slowly loses pictures up to the next key frame, and nobody else notices.
 */
final class EdgeFeed {

    /**
     * Bytes that may wait. HTTP/2 takes a key frame in pieces when it is larger than the window, which must not cost the
     * frames behind it: this is two seconds of the default rate, or the largest key frame and one second.
     */
    private static final int MAX_WAITING_BYTES = 512 * 1024;

    /** Messages that may wait whatever their size: two seconds of 50 packets of sound and 60 pictures. */
    private static final int MAX_WAITING = 256;

    /** An edge that fell behind costs everyone a key frame when it comes back: not more often than this. */
    private static final long RESUME_PAUSE_NANOS = 1_000_000_000L;

    private final String name;
    private final ServerCallStreamObserver<OriginMessage> call;
    private final Context context;
    private final Runnable keyFrameWanted;
    private final Queue<OriginMessage> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicInteger bytes = new AtomicInteger();
    private final AtomicReference<State> state = new AtomicReference<>();
    private final AtomicBoolean sending = new AtomicBoolean();
    private volatile boolean closed;
    private volatile boolean watching;
    private volatile int viewers;

    private volatile boolean keyFrameNeeded = true;

    /** Of the lane's event loop. */
    private boolean behind;

    private long askedAt = System.nanoTime() - RESUME_PAUSE_NANOS;

    /**
     * @param context of the call
     * @param keyFrameWanted asks the lane for one
     */
    EdgeFeed(
            String name, ServerCallStreamObserver<OriginMessage> call, Context context, Runnable keyFrameWanted) {
        this.name = name;
        this.call = call;
        this.context = context;
        this.keyFrameWanted = keyFrameWanted;
    }

    String name() {
        return name;
    }

    int viewers() {
        return viewers;
    }

    /** Whether it is to be sent pictures and sound. */
    boolean isWatching() {
        return watching;
    }

    /** The edge says how many look; what they see begins with a key frame. */
    void audience(int watchers) {
        viewers = watchers;
        boolean watched = watchers > 0;
        if (watched != watching) {
            keyFrameNeeded = true;
            watching = watched;
        }
    }

    // --- the lane's event loop

    /** @return false when the edge does without this picture */
    boolean video(OriginMessage frame, int size) {
        if (!watching) {
            return false;
        }
        boolean key = frame.getVideo().getKeyFrame();
        if (keyFrameNeeded && !key) {
            askAgain();
            return false;
        }
        keyFrameNeeded = !put(frame, size);
        behind = keyFrameNeeded;
        return !behind;
    }

    /** Whether pictures are left out because those before were not read in time. */
    boolean isBehind() {
        return behind;
    }

    private void askAgain() {
        long now = System.nanoTime();
        if (count.get() < MAX_WAITING / 4
                && bytes.get() < MAX_WAITING_BYTES / 4
                && now - askedAt > RESUME_PAUSE_NANOS) {
            askedAt = now;
            keyFrameWanted.run();
        }
    }

    boolean sound(OriginMessage packet, int size) {
        return watching && put(packet, size);
    }

    private boolean put(OriginMessage message, int size) {
        if (closed || count.get() >= MAX_WAITING || bytes.get() + size > MAX_WAITING_BYTES) {
            return false;
        }
        count.incrementAndGet();
        bytes.addAndGet(size);
        waiting.add(message);
        wake();
        return true;
    }

    // --- any thread

    /** The state as it is now; one that was not sent yet is forgotten. */
    void tell(State now) {
        state.set(now);
        wake();
    }

    private void wake() {
        if (!closed && sending.compareAndSet(false, true)) {
            context.runOnContext(ignored -> send());
        }
    }

    // --- the call's event loop

    /** Also called when gRPC takes messages again. */
    void send() {
        sending.set(false);
        if (closed) {
            return;
        }
        try {
            State now = call.isReady() ? state.getAndSet(null) : null;
            if (now != null) {
                call.onNext(OriginMessage.newBuilder().setState(now).build());
            }
            while (call.isReady()) {
                OriginMessage message = waiting.poll();
                if (message == null) {
                    return;
                }
                count.decrementAndGet();
                bytes.addAndGet(-message.getSerializedSize());
                call.onNext(message);
            }
        } catch (RuntimeException e) {
            // The call is over; its end is reported to whoever owns this.
            closed = true;
        }
    }

    /** Small and asked for: goes ahead of what waits. */
    void answer(OriginMessage message) {
        if (!closed && call.isReady()) {
            call.onNext(message);
        }
    }

    void close() {
        closed = true;
        watching = false;
        viewers = 0;
        waiting.clear();
    }
}
