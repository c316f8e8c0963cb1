package org.macemu.webrtc.media.grpc;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.operators.multi.processors.UnicastProcessor;
import java.util.concurrent.ArrayBlockingQueue;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Signaling;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.media.MediaServer;
import org.macemu.webrtc.media.session.ViewerSession;

/** One call per browser. The call's end, from either side, ends the viewer. */
@GrpcService
public class SignalingEndpoint implements Signaling {

    /**
     * Messages that signaling-service has not taken yet: a joining viewer causes about 20 (welcome, answer, candidates,
     * states). One that leaves 256 lying is not reading; its call is ended.
     */
    private static final int OUTBOX_CAPACITY = 256;

    private final MediaServer server;

    SignalingEndpoint(MediaServer server) {
        this.server = server;
    }

    @Override
    public Multi<MediaMessage> connect(Multi<ViewerMessage> request) {
        CallOutbox outbox = new CallOutbox();
        ViewerSession session = server.newSession(outbox);
        return outbox.messages
                .onSubscription()
                .invoke(() -> request.subscribe()
                        .with(
                                session::received,
                                failure -> {
                                    session.left();
                                    outbox.complete();
                                },
                                () -> {
                                    session.left();
                                    outbox.complete();
                                }))
                .onTermination()
                .invoke(session::left);
    }

    private static final class CallOutbox implements ViewerSession.Outbox {

        private final UnicastProcessor<MediaMessage> messages =
                UnicastProcessor.create(new ArrayBlockingQueue<>(OUTBOX_CAPACITY), null);
        private boolean completed;

        @Override
        public synchronized void send(MediaMessage message) {
            if (!completed) {
                messages.onNext(message);
            }
        }

        @Override
        public synchronized void complete() {
            if (!completed) {
                completed = true;
                messages.onComplete();
            }
        }
    }
}
