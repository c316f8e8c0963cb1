package org.macemu.webrtc.media.grpc;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.MultiEmitter;
import org.macemu.webrtc.api.grpc.MediaMessage;
import org.macemu.webrtc.api.grpc.Signaling;
import org.macemu.webrtc.api.grpc.ViewerMessage;
import org.macemu.webrtc.media.MediaServer;
import org.macemu.webrtc.media.session.ViewerSession;

/** One call per browser. The call's end, from either side, ends the viewer. */
@GrpcService
public class SignalingEndpoint implements Signaling {

    private final MediaServer server;

    SignalingEndpoint(MediaServer server) {
        this.server = server;
    }

    @Override
    public Multi<MediaMessage> connect(Multi<ViewerMessage> request) {
        return Multi.createFrom().emitter(emitter -> {
            ViewerSession session = server.newSession(new CallOutbox(emitter));
            emitter.onTermination(session::left);
            request.subscribe().with(session::received, failure -> emitter.complete(), emitter::complete);
        });
    }

    /**
     * Emits from any thread. The emitter orders concurrent calls by a queue, without a lock, because ending the call
     * calls the session back. The gRPC layer takes messages whether or not they are read at the other end; what may lie
     * there unread is bounded by {@link ViewerSession}, which answers only so many mistakes.
     */
    private record CallOutbox(MultiEmitter<? super MediaMessage> emitter) implements ViewerSession.Outbox {

        @Override
        public void send(MediaMessage message) {
            emitter.emit(message);
        }

        @Override
        public void complete() {
            emitter.complete();
        }
    }
}
