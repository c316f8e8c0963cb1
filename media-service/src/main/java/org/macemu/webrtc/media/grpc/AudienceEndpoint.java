package org.macemu.webrtc.media.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import org.macemu.webrtc.api.grpc.Audience;
import org.macemu.webrtc.api.grpc.DisconnectViewerReply;
import org.macemu.webrtc.api.grpc.DisconnectViewerRequest;
import org.macemu.webrtc.api.grpc.ListViewersReply;
import org.macemu.webrtc.api.grpc.ListViewersRequest;
import org.macemu.webrtc.api.grpc.Role;
import org.macemu.webrtc.api.grpc.SetViewerRoleRequest;
import org.macemu.webrtc.api.grpc.ViewerInfo;
import org.macemu.webrtc.media.MediaServer;

/** The viewers of the session, for an owner. */
@GrpcService
public class AudienceEndpoint implements Audience {

    private final MediaServer server;

    AudienceEndpoint(MediaServer server) {
        this.server = server;
    }

    @Override
    public Uni<ListViewersReply> listViewers(ListViewersRequest request) {
        return Uni.createFrom()
                .item(() -> ListViewersReply.newBuilder()
                        .addAllViewers(server.audience().viewers())
                        .build());
    }

    @Override
    public Uni<DisconnectViewerReply> disconnectViewer(DisconnectViewerRequest request) {
        return server.audience().disconnect(request.getViewerId(), request.getMayReturn())
                ? Uni.createFrom().item(DisconnectViewerReply.getDefaultInstance())
                : Uni.createFrom().failure(unknown(request.getViewerId()));
    }

    @Override
    public Uni<ViewerInfo> setViewerRole(SetViewerRoleRequest request) {
        if (request.getRole() == Role.ROLE_UNSPECIFIED || request.getRole() == Role.UNRECOGNIZED) {
            return Uni.createFrom()
                    .failure(Status.INVALID_ARGUMENT
                            .withDescription("The role must be guest, controller or owner")
                            .asRuntimeException());
        }
        return server.audience()
                .changeRole(request.getViewerId(), request.getRole())
                .map(info -> Uni.createFrom().item(info))
                .orElseGet(() -> Uni.createFrom().failure(unknown(request.getViewerId())));
    }

    private static StatusRuntimeException unknown(String viewer) {
        return Status.NOT_FOUND
                .withDescription("There is no viewer \"" + viewer + "\"")
                .asRuntimeException();
    }
}
