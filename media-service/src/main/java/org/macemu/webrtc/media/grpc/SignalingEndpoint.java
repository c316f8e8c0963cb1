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
        return Multi.createFrom()
                .emitter(
                        emitter -> {
                            ViewerSession session = server.newSession(new CallOutbox(emitter));
                            emitter.onTermination(session::left);
                            request.subscribe()
                                    .with(session::received, failure -> emitter.complete(), emitter::complete);
                        },
                        OUTBOX_CAPACITY);
    }

    /**
     * Emits from any thread. The emitter orders concurrent calls by a queue, without a lock: ending the call, which a
     * message too many does, calls the session back.
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
