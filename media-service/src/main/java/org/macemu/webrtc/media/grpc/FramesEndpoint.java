package org.macemu.webrtc.media.grpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import org.macemu.webrtc.api.grpc.EdgeMessage;
import org.macemu.webrtc.api.grpc.FramesGrpc;
import org.macemu.webrtc.api.grpc.OriginMessage;
import org.macemu.webrtc.media.MediaServer;

/**
 * One call per edge. Written against the stream observers of gRPC itself, because they say when the other end has not
 * read what was sent; a Multi takes everything.
 */
@GrpcService
public class FramesEndpoint extends FramesGrpc.FramesImplBase {

    private final MediaServer server;

    FramesEndpoint(MediaServer server) {
        this.server = server;
    }

    @Override
    public StreamObserver<EdgeMessage> relay(StreamObserver<OriginMessage> responses) {
        ServerCallStreamObserver<OriginMessage> call = (ServerCallStreamObserver<OriginMessage>) responses;
        return server.edges().map(edges -> edges.connect(call, server.stateForEdges())).orElseGet(() -> {
            call.onError(Status.FAILED_PRECONDITION
                    .withDescription("This media-service is an edge itself; its origin is what has frames")
                    .asRuntimeException());
            return new Deaf();
        });
    }

    /** Hears what a refused call still says. */
    private static final class Deaf implements StreamObserver<EdgeMessage> {

        @Override
        public void onNext(EdgeMessage message) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
