package org.macemu.webrtc.media.grpc;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import org.macemu.webrtc.api.grpc.GetLoadRequest;
import org.macemu.webrtc.api.grpc.Load;
import org.macemu.webrtc.api.grpc.Placement;
import org.macemu.webrtc.media.MediaServer;

/** How busy this process is, for whoever chooses one for a viewer. */
@GrpcService
public class PlacementEndpoint implements Placement {

    private final MediaServer server;

    PlacementEndpoint(MediaServer server) {
        this.server = server;
    }

    @Override
    public Uni<Load> getLoad(GetLoadRequest request) {
        return Uni.createFrom().item(server::load);
    }
}
