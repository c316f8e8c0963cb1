package org.macemu.webrtc.media;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;
import org.macemu.webrtc.api.grpc.Load;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.grpc.State;
import org.macemu.webrtc.media.capture.Snapshot;
import org.macemu.webrtc.media.config.MediaConfig;
import org.macemu.webrtc.media.control.EmulatorRequests;
import org.macemu.webrtc.media.edge.EdgeFeeds;
import org.macemu.webrtc.media.edge.EdgeMetrics;
import org.macemu.webrtc.media.edge.OriginAddress;
import org.macemu.webrtc.media.edge.OriginLink;
import org.macemu.webrtc.media.lane.Lane;
import org.macemu.webrtc.media.lane.adaptive.AdaptiveLane;
import org.macemu.webrtc.media.lane.adaptive.AdaptiveLaneSettings;
import org.macemu.webrtc.media.lane.shared.SharedLane;
import org.macemu.webrtc.media.lane.shared.SharedLaneSettings;
import org.macemu.webrtc.media.session.Audience;
import org.macemu.webrtc.media.session.IceServers;
import org.macemu.webrtc.media.session.Lanes;
import org.macemu.webrtc.media.session.Mac;
import org.macemu.webrtc.media.session.ViewerSession;

/**
 * Builds the media path at start, in order: the Mac's segments, lanes, audience, the Mac's control socket; and takes it
 * down so that nobody calls what is gone: viewers first, then the Mac, then the lanes that it fed. Everything else is
 * reached from here.
 */
@ApplicationScoped
public class MediaServer {

    private static final Logger LOG = Logger.getLogger(MediaServer.class);

    private final MediaConfig config;
    private final Vertx vertx;
    private final MeterRegistry registry;
    private final MediaMetrics metrics;
    private final SharedLaneMeters sharedLane;
    private final long startedAt = System.nanoTime();

    private Mac mac;
    private Lanes lanes;
    private Audience audience;
    private EdgeFeeds edges;
    private Stress stress;
    private volatile boolean started;
    private volatile boolean draining;

    MediaServer(MediaConfig config, Vertx vertx, MeterRegistry registry) {
        this.config = config;
        this.vertx = vertx;
        this.registry = registry;
        this.metrics = new MediaMetrics(registry);
        this.sharedLane = new SharedLaneMeters(registry);
    }

    /** Before the gRPC server takes calls. */
    void start(@Observes @Priority(1) StartupEvent event) {
        try {
            if (isEdge()) {
                makeEdge();
            } else {
                makeOrigin();
            }
            registerGauges();
            mac.start();
            started = true;
        } catch (IOException | IllegalStateException e) {
            // What surrounds this process has to change, and the sentence says what; a stack trace would bury it.
            LOG.error(e.getMessage());
            stop(null);
            throw new ConfigurationException("media-service has not started: the line above says why");
        } catch (RuntimeException e) {
            stop(null);
            throw e;
        }
    }

    private boolean isEdge() {
        return config.edge().origin().isPresent();
    }

    private void makeOrigin() throws IOException {
        mac = new LocalMac(
                config,
                metrics,
                registry,
                frame -> lanes.video(frame),
                (pcm, index, silent) -> lanes.audio(pcm, index, silent),
                () -> audience.stateChanged());
        SharedLane shared = new SharedLane(sharedLaneSettings(), mac, sharedLane);
        lanes = new Lanes(makeLanes(shared));
        CaptureDemand demand = new CaptureDemand(mac::watched);
        edges = new EdgeFeeds(shared, registry, demand::edges, () -> audience.stateChanged());
        audience = new Audience(
                audienceSettings(),
                lanes,
                mac.input(),
                () -> mac.state().toBuilder().setViewers(edges.viewers()).build(),
                demand::audience);
        audience.alsoTell(edges::tell);
    }

    private void makeEdge() throws IOException {
        OriginLink link = new OriginLink(
                vertx,
                OriginAddress.parse(config.edge().origin().orElseThrow(), config.tls().folder()),
                config.edge().name(),
                new EdgeMetrics(registry),
                () -> audience.stateChanged());
        mac = link;
        SharedLane shared = SharedLane.ofEncoded(sharedLaneSettings(), link, sharedLane);
        lanes = new Lanes(List.of(shared));
        audience = new Audience(audienceSettings(), lanes, link.input(), link::state, link::watched);
        audience.watchOnly();
        link.feed(shared, audience::watching);
        Gauge.builder("macemu.origin.connected", link, l -> l.hasOrigin() ? 1 : 0)
                .description("1 while the origin answers this edge")
                .register(registry);
    }

    /** The preferred lane first; a lane whose library is missing is left out, and the log says so. */
    private List<Lane> makeLanes(SharedLane shared) {
        List<Lane> made = new ArrayList<>();
        made.add(shared);
        try {
            made.add(new AdaptiveLane(
                    new AdaptiveLaneSettings(
                            config.viewers().maxAdaptive(),
                            config.video().bitrate(),
                            config.video().maxBitrate(),
                            config.rtc().adaptiveMinPort(),
                            config.rtc().adaptiveMaxPort()),
                    mac,
                    metrics));
        } catch (LinkageError | RuntimeException e) {
            LOG.errorf("The adaptive lane is not available: %s", e.getMessage());
        }
        if (made.stream().allMatch(l -> l.refusal().isPresent())) {
            throw new IllegalStateException("No lane can be used, so nobody could watch; the lines above say why");
        }
        made.sort(Comparator.comparing(l -> !l.name().equals(config.rtc().lane())));
        return made;
    }

    private SharedLaneSettings sharedLaneSettings() {
        SharedLaneSettings defaults = SharedLaneSettings.defaults();
        return new SharedLaneSettings(
                config.rtc().port(),
                config.rtc().bind(),
                config.rtc().advertise().orElse(List.of()),
                config.video().minBitrate(),
                config.video().bitrate(),
                config.video().maxBitrate(),
                config.audio().bitrate() * 1_000,
                defaults.videoHistory(),
                defaults.audioHistory(),
                defaults.catchUpPackets(),
                config.viewers().max(),
                defaults.concurrentHandshakes(),
                config.video().temporalLayers(),
                // An edge has no encoder whose rate a viewer's network could steer.
                !isEdge() && config.video().followController());
    }

    private Audience.Settings audienceSettings() {
        MediaConfig.Rtc rtc = config.rtc();
        List<String> urls = rtc.iceServers().orElse(List.of());
        IceServers iceServers = rtc.iceSecret()
                .map(secret -> IceServers.timeLimited(
                        urls, secret, rtc.iceCredentialValidity(), Clock.systemUTC()))
                .orElseGet(() -> IceServers.fixed(
                        urls, rtc.iceUsername().orElse(""), rtc.iceCredential().orElse("")));
        return new Audience.Settings(
                config.viewers().max(), config.viewers().connectTimeout(), config.viewers().idleTimeout(), iceServers);
    }

    private void registerGauges() {
        Gauge.builder("macemu.viewers", audience, Audience::watching)
                .description("Viewers whose connection is open or being made")
                .register(registry);
        for (Lane lane : lanes.all()) {
            Gauge.builder("macemu.lane.viewers", audience, a -> a.watching(lane))
                    .description("Viewers of each lane")
                    .tag("lane", lane.name())
                    .register(registry);
        }
        stress = new Stress(audience::watching, config.viewers().max());
        Gauge.builder("macemu.stress", stress, Stress::value)
                .description("Share in use of the viewers or of the processors, whichever is greater; 0 to 1")
                .register(registry);
        Gauge.builder("macemu.sessions", audience, Audience::joined)
                .description("Browsers that have joined, with or without media")
                .register(registry);
    }

    /** Says goodbye to viewers while their calls still stand; those of an edge are moved to another one first. */
    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        draining = true;
        if (audience == null) {
            return;
        }
        if (isEdge()) {
            try {
                audience.drain(config.edge().drain());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        audience.close();
    }

    /** Frees everything; viewers have been told, or are told now where no delay preceded. */
    void stop(@Observes ShutdownEvent event) {
        draining = true;
        // The capture threads end before the lanes whose native encoders they call.
        closeAll(audience, mac, lanes == null ? null : lanes::close);
    }

    private static void closeAll(AutoCloseable... parts) {
        for (AutoCloseable part : parts) {
            try {
                if (part != null) {
                    part.close();
                }
            } catch (Exception e) {
                LOG.warn("Shutting down", e);
            }
        }
    }

    /** A session for a browser that is connecting. */
    public ViewerSession newSession(ViewerSession.Outbox outbox) {
        return new ViewerSession(audience, outbox);
    }

    /** The edges of this origin; empty on an edge. */
    public Optional<EdgeFeeds> edges() {
        return Optional.ofNullable(edges);
    }

    /** What an edge's viewers are to be told now. */
    public State stateForEdges() {
        return audience.state();
    }

    /** How busy this process is. */
    public Load load() {
        return Load.newBuilder()
                .setViewers(audience.watching())
                .setMaxViewers(config.viewers().max())
                .setStress(stress.value())
                .setAccepting(isReady())
                .setEdge(isEdge())
                .build();
    }

    public Audience audience() {
        return audience;
    }

    public boolean isEmulatorConnected() {
        return mac != null && mac.isConnected();
    }

    /** The picture as it is now; empty before the first one. */
    public CompletableFuture<Optional<Snapshot>> snapshot() {
        return mac.snapshot();
    }

    public EmulatorRequests requests() {
        return mac.requests();
    }

    /** For health checks: segments, socket and lanes are there. */
    public boolean isStarted() {
        return started;
    }

    /** For health checks: one more viewer would be taken. */
    public boolean isReady() {
        return started && !draining && audience.hasRoom() && lanes.firstFree().isPresent();
    }

    /** For health checks: when the capture thread last went round, System.nanoTime. */
    public long captureHeartbeat() {
        return mac == null ? startedAt : mac.heartbeat();
    }

    /** Everything that is known. */
    public Uni<SessionStatus> status() {
        return Uni.createFrom()
                .completionStage(mac::status)
                .map(status -> status.toBuilder()
                        .setFramesEncoded(sharedLane.framesEncoded())
                        .setEncodeMs(sharedLane.encodeMillis())
                        .setFrameToWireMs(sharedLane.frameToWireMillis())
                        .setViewers(audience.watching() + (edges == null ? 0 : edges.viewers()))
                        .setUptimeSeconds((System.nanoTime() - startedAt) / 1e9)
                        .build());
    }
}
