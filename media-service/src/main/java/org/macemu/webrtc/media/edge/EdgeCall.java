package org.macemu.webrtc.media.edge;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.macemu.webrtc.api.grpc.EdgeMessage;
import org.macemu.webrtc.api.grpc.OriginMessage;
import org.macemu.webrtc.api.grpc.Pong;
import org.macemu.webrtc.api.grpc.State;

/** One Relay call at the origin, on the event loop that it came on. What it hears it passes to {@link EdgeFeeds}. */
final class EdgeCall implements StreamObserver<EdgeMessage> {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,100}");
    private static final int MAX_VIEWERS = 100_000;

    /** An edge speaks twice a second; one that has not for this long is gone, whatever became of its connection. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(4);

    private static final long WATCH_MS = 1_000;

    private final EdgeFeeds feeds;
    private final State state;
    private final ServerCallStreamObserver<OriginMessage> call;
    private final Context context;
    private EdgeFeed feed;
    private long lastHeard = System.nanoTime();
    private boolean over;
    private final long watchdog;

    /** @param state what the edge is told first */
    EdgeCall(EdgeFeeds feeds, State state, ServerCallStreamObserver<OriginMessage> call) {
        this.feeds = feeds;
        this.state = state;
        this.call = call;
        this.context = Vertx.currentContext();
        call.setOnReadyHandler(() -> {
            if (feed != null) {
                feed.send();
            }
        });
        call.setOnCancelHandler(() -> end("the connection is lost"));
        // A connection that broke is not always reported.
        watchdog = context.owner().setPeriodic(WATCH_MS, timer -> watch());
    }

    @Override
    public void onNext(EdgeMessage message) {
        if (over) {
            return;
        }
        lastHeard = System.nanoTime();
        if (feed == null) {
            greet(message);
            return;
        }
        switch (message.getMessageCase()) {
            case AUDIENCE ->
                feeds.audience(feed, Math.clamp(message.getAudience().getViewers(), 0, MAX_VIEWERS));
            case KEY_FRAME -> feeds.keyFrameWanted();
            case PING -> feed.answer(OriginMessage.newBuilder()
                    .setPong(Pong.newBuilder()
                            .setEdgeNanos(message.getPing().getEdgeNanos())
                            .setOriginNanos(System.nanoTime()))
                    .build());
            case HELLO, MESSAGE_NOT_SET -> {
                // A second greeting, or one of a later version: nothing to do.
            }
        }
    }

    private void greet(EdgeMessage message) {
        String name = message.getHello().getName();
        if (!message.hasHello() || !NAME.matcher(name).matches()) {
            refuse(Status.INVALID_ARGUMENT.withDescription("The first message must be a hello with a name of "
                    + NAME.pattern() + ", found "
                    + message.getMessageCase().name().toLowerCase(Locale.ROOT)));
            return;
        }
        EdgeFeed opened = new EdgeFeed(name, call, context, feeds::keyFrameWanted);
        if (!feeds.add(opened)) {
            refuse(Status.RESOURCE_EXHAUSTED.withDescription("This origin has all the edges it can have"));
            return;
        }
        feed = opened;
        call.onNext(OriginMessage.newBuilder().setHello(feeds.hello()).build());
        opened.tell(state);
    }

    private void watch() {
        if (System.nanoTime() - lastHeard > SILENCE_NANOS) {
            if (feed == null) {
                refuse(Status.DEADLINE_EXCEEDED.withDescription("No hello came"));
            } else {
                end("silent for " + TimeUnit.NANOSECONDS.toSeconds(SILENCE_NANOS) + " s");
                call.onError(Status.DEADLINE_EXCEEDED
                        .withDescription("The edge has been silent for too long")
                        .asRuntimeException());
            }
        }
    }

    private void refuse(Status why) {
        end("refused");
        call.onError(why.asRuntimeException());
    }

    @Override
    public void onError(Throwable failure) {
        end(failure.toString());
    }

    @Override
    public void onCompleted() {
        if (!over) {
            end("it has ended");
            call.onCompleted();
        }
    }

    private void end(String why) {
        over = true;
        context.owner().cancelTimer(watchdog);
        if (feed != null) {
            feeds.remove(feed, why);
        }
    }
}
