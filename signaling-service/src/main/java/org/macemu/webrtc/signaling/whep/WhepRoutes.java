package org.macemu.webrtc.signaling.whep;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.IceServer;
import org.macemu.webrtc.signaling.message.MessageLimits;
import org.macemu.webrtc.signaling.rest.Admission;
import org.macemu.webrtc.signaling.service.SignalingMetrics;

/**
 * WHEP's two resources: the endpoint {@code /whep}, where a player posts its offer, and the session it is given below
 * it; both with {@code ?session=NAME} for another Mac than this server's own. Runs on the event loop of each request,
 * which may be another than that of its session.
 *
 * <p>Departures from draft-ietf-wish-whep-03: no counter-offers, so 406 says only that the player accepts no SDP; an
 * offer that is well-formed and cannot be met is answered 422.
 */
@Singleton
public class WhepRoutes {

    private static final Logger LOG = Logger.getLogger(WhepRoutes.class);

    private static final String ENDPOINT = "/whep";
    private static final String EXPOSED =
            "Location, Link, ETag, Accept-Post, Accept-Patch, Retry-After, WWW-Authenticate";
    private static final int MAX_BODY = MessageLimits.MAX_SDP_BYTES;

    private final Admission admission;
    private final WhepSessions sessions;
    private final SignalingMetrics metrics;

    @Inject
    WhepRoutes(Admission admission, WhepSessions sessions, SignalingMetrics metrics) {
        this.admission = admission;
        this.sessions = sessions;
        this.metrics = metrics;
    }

    void register(@Observes Router router) {
        router.route(ENDPOINT).handler(context -> serve(context, this::endpoint));
        router.route(ENDPOINT + "/:id").handler(context -> serve(context, this::session));
    }

    private void serve(RoutingContext context, Consumer<RoutingContext> resource) {
        HttpServerRequest request = context.request();
        Optional<Admission.Refused> elsewhere = admission.elsewhere(request);
        if (elsewhere.isPresent()) {
            refuse(context, elsewhere.get());
            return;
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin != null) {
            context.response()
                    .putHeader("Access-Control-Allow-Origin", origin)
                    .putHeader("Access-Control-Expose-Headers", EXPOSED)
                    .putHeader("Vary", "Origin");
        }
        context.response().putHeader("X-Content-Type-Options", "nosniff").putHeader("Cache-Control", "no-store");
        resource.accept(context);
    }

    private void endpoint(RoutingContext context) {
        HttpMethod method = context.request().method();
        context.response().putHeader("Accept-Post", PlayerSdp.MEDIA_TYPE);
        if (method == HttpMethod.OPTIONS) {
            options(context, "POST, OPTIONS");
        } else if (method == HttpMethod.POST) {
            admitted(context, who -> post(context, who));
        } else {
            notAllowed(context, "POST, OPTIONS", "The WHEP endpoint takes offers by POST.");
        }
    }

    private void session(RoutingContext context) {
        HttpMethod method = context.request().method();
        context.response().putHeader("Accept-Patch", IceFragment.MEDIA_TYPE);
        if (method == HttpMethod.OPTIONS) {
            context.response().putHeader("Accept-Post", PlayerSdp.MEDIA_TYPE);
            options(context, "PATCH, DELETE, OPTIONS");
        } else if (method == HttpMethod.PATCH || method == HttpMethod.DELETE) {
            admitted(context, who -> sessions.find(context.pathParam("id"), who.session())
                    .ifPresentOrElse(
                            session -> use(context, session),
                            () -> fail(context, new WhepProblem(
                                    WhepProblem.NOT_FOUND, "There is no such session, or not any more."))));
        } else {
            notAllowed(context, "PATCH, DELETE, OPTIONS", "A WHEP session takes PATCH and DELETE.");
        }
    }

    private void use(RoutingContext context, WhepSession session) {
        if (context.request().method() == HttpMethod.PATCH) {
            patch(context, session);
            return;
        }
        Context mine = Vertx.currentContext();
        session.run(() -> {
            LOG.infof("%s deleted", session);
            session.close();
            mine.runOnContext(ignored -> context.response().setStatusCode(200).end());
        });
    }

    // ---- offers

    private void post(RoutingContext context, Admission.Admitted who) {
        if (!accepts(context.request().getHeader(HttpHeaders.ACCEPT))) {
            fail(context, new WhepProblem(
                    WhepProblem.NOT_ACCEPTABLE, "Accept excludes " + PlayerSdp.MEDIA_TYPE + ", which answers are."));
            return;
        }
        body(context, PlayerSdp.MEDIA_TYPE, "Accept-Post", offer -> {
            try {
                PlayerSdp.checkOffer(offer);
            } catch (WhepProblem e) {
                fail(context, e);
                return;
            }
            metrics.received("whep_offer");
            sessions.open(who, offer)
                    .onSuccess(opened -> created(context, opened))
                    .onFailure(failure -> fail(context, failure));
        });
    }

    private void created(RoutingContext context, WhepSessions.Opened opened) {
        if (context.response().closed()) {
            // The player has gone meanwhile, and never learns what it would have to delete.
            opened.session().close();
            return;
        }
        LOG.infof("%s opened", opened.session());
        HttpServerResponse response = context.response();
        for (IceServer server : opened.answered().iceServers()) {
            server.getUrlsList().forEach(url -> response.headers().add("Link", link(url, server)));
        }
        response.setStatusCode(201)
                .putHeader(HttpHeaders.CONTENT_TYPE, PlayerSdp.MEDIA_TYPE)
                .putHeader(HttpHeaders.LOCATION, location(opened.session()))
                .putHeader(HttpHeaders.ETAG, opened.answered().entityTag())
                .putHeader("Accept-Patch", IceFragment.MEDIA_TYPE)
                .end(PlayerSdp.answer(opened.answered().sdp()));
    }

    /** A Mac's name is letters, digits and hyphens. */
    private static String location(WhepSession session) {
        return ENDPOINT + "/" + session.id() + session.mac().map(mac -> "?session=" + mac).orElse("");
    }

    /** Section 4.6 of the draft. */
    private static String link(String url, IceServer server) {
        String link = "<" + url.replaceAll("[<>\\s]", "") + ">; rel=\"ice-server\"";
        return server.getUsername().isEmpty()
                ? link
                : link + "; username=\"" + quoted(server.getUsername()) + "\"; credential=\""
                        + quoted(server.getCredential()) + "\"; credential-type=\"password\"";
    }

    private static String quoted(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "").replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private static boolean accepts(String accept) {
        if (accept == null || accept.isBlank()) {
            return true;
        }
        for (String range : accept.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = range.strip().split("\\s*;\\s*");
            boolean fits = parts[0].equals("*/*") || parts[0].equals("application/*")
                    || parts[0].equals(PlayerSdp.MEDIA_TYPE);
            boolean refused = false;
            for (String part : parts) {
                refused |= part.matches("q\\s*=\\s*0(\\.0*)?");
            }
            if (fits && !refused) {
                return true;
            }
        }
        return false;
    }

    // ---- ICE

    private void patch(RoutingContext context, WhepSession session) {
        String match = context.request().getHeader(HttpHeaders.IF_MATCH);
        body(context, IceFragment.MEDIA_TYPE, "Accept-Patch", text -> {
            IceFragment fragment;
            try {
                fragment = IceFragment.parse(text);
            } catch (WhepProblem e) {
                fail(context, e);
                return;
            }
            Context mine = Vertx.currentContext();
            session.run(() -> session.patch(match, fragment)
                    .onSuccess(answered -> mine.runOnContext(ignored -> patched(context, answered)))
                    .onFailure(failure -> mine.runOnContext(ignored -> fail(context, failure))));
        });
    }

    private static void patched(RoutingContext context, Optional<WhepSession.Answered> answered) {
        if (answered.isEmpty()) {
            context.response().setStatusCode(204).end();
            return;
        }
        context.response()
                .setStatusCode(200)
                .putHeader(HttpHeaders.CONTENT_TYPE, IceFragment.MEDIA_TYPE)
                .putHeader(HttpHeaders.ETAG, answered.get().entityTag())
                .end(PlayerSdp.fragment(answered.get().sdp()));
    }

    // ---- what all of them need

    private void admitted(RoutingContext context, Consumer<Admission.Admitted> next) {
        switch (admission.decide(context.request())) {
            case Admission.Admitted admitted -> next.accept(admitted);
            case Admission.Refused refused -> refuse(context, refused);
        }
    }

    /** Reads a body of at most {@link #MAX_BODY} bytes of UTF-8 of this media type, then goes on. */
    private static void body(RoutingContext context, String mediaType, String acceptHeader, Consumer<String> next) {
        HttpServerRequest request = context.request();
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase(mediaType)) {
            context.response().putHeader(acceptHeader, mediaType);
            fail(context, new WhepProblem(
                    WhepProblem.UNSUPPORTED_MEDIA_TYPE,
                    "The body is " + (type == null ? "of no named type" : "of another type") + "; " + mediaType
                            + " is expected."));
            return;
        }
        Buffer read = Buffer.buffer();
        request.handler(chunk -> {
            if (read.length() > MAX_BODY) {
                return;
            }
            read.appendBuffer(chunk);
            if (read.length() > MAX_BODY) {
                tooLarge(context);
            }
        });
        request.endHandler(ignored -> {
            if (context.response().ended()) {
                return;
            }
            try {
                next.accept(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(read.getBytes()))
                        .toString());
            } catch (CharacterCodingException e) {
                fail(context, new WhepProblem(WhepProblem.BAD_REQUEST, "The body is not UTF-8."));
            }
        });
    }

    private static void tooLarge(RoutingContext context) {
        if (context.request().version() != HttpVersion.HTTP_2) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        fail(context, new WhepProblem(WhepProblem.TOO_LARGE, "The body has more than " + MAX_BODY + " bytes."));
    }

    private static void options(RoutingContext context, String methods) {
        context.response()
                .setStatusCode(200)
                .putHeader("Allow", methods)
                .putHeader("Access-Control-Allow-Methods", methods)
                .putHeader("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match")
                .putHeader("Access-Control-Max-Age", "600")
                .end();
    }

    private static void notAllowed(RoutingContext context, String methods, String detail) {
        context.response().putHeader("Allow", methods);
        fail(context, new WhepProblem(WhepProblem.METHOD_NOT_ALLOWED, detail));
    }

    private static void refuse(RoutingContext context, Admission.Refused refused) {
        if (refused.status() == 401) {
            context.response().putHeader("WWW-Authenticate", "Bearer realm=\"macemu\"");
        }
        fail(context, new WhepProblem(refused.status(), refused.reason(), refused.status() == 429 ? 60 : 0));
    }

    private static void fail(RoutingContext context, Throwable failure) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        if (!(failure instanceof WhepProblem problem)) {
            LOG.error("WHEP request failed", failure);
            response.setStatusCode(500).end();
            return;
        }
        if (problem.retryAfterSeconds() > 0) {
            response.putHeader("Retry-After", Integer.toString(problem.retryAfterSeconds()));
        }
        response.setStatusCode(problem.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
                .end(new JsonObject()
                        .put("title", "WHEP: " + response.getStatusMessage())
                        .put("status", problem.status())
                        .put("detail", problem.getMessage())
                        .encode());
    }
}
