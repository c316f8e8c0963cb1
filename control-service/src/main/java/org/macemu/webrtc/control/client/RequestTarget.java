package org.macemu.webrtc.control.client;

import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.util.Optional;

/**
 * Which media-service a request is about, where it is not this server's own: kept with the request's own context, which
 * every callback of the request runs on. Stateless.
 */
public final class RequestTarget {

    private static final String KEY = RequestTarget.class.getName();

    private RequestTarget() {}

    /**
     * From now on the calls of the present request go there.
     *
     * @throws IllegalStateException outside of a request
     */
    public static void set(SocketAddress target) {
        Context context = Vertx.currentContext();
        if (context == null || !VertxContext.isDuplicatedContext(context)) {
            throw new IllegalStateException("a request is handled on a context of its own");
        }
        context.putLocal(KEY, target);
    }

    /** Empty for this server's own. */
    static Optional<SocketAddress> get() {
        Context context = Vertx.currentContext();
        return context == null || !VertxContext.isDuplicatedContext(context)
                ? Optional.empty()
                : Optional.ofNullable(context.getLocal(KEY));
    }
}
