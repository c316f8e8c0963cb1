package org.macemu.webrtc.signaling.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.grpc.Load;

/** Who goes where, at times the test chooses. */
class ViewerPlacementTest {

    private static final int ORIGIN_VIEWERS = 10;
    private static final long NOW = TimeUnit.HOURS.toNanos(1);

    private final PlaceLoad origin = place(0, false);
    private final PlaceLoad first = place(1, true);
    private final PlaceLoad second = place(2, true);
    private final List<PlaceLoad> edges = List.of(first, second);

    private static PlaceLoad place(int number, boolean edge) {
        return new PlaceLoad(new Place(SocketAddress.inetSocketAddress(8010, "10.0.0." + number), edge), NOW);
    }

    private static Load load(int viewers, int max, double stress) {
        return Load.newBuilder()
                .setViewers(viewers)
                .setMaxViewers(max)
                .setStress(stress)
                .setAccepting(true)
                .build();
    }

    private PlaceLoad guest() {
        return ViewerPlacement.choose(origin, edges, ORIGIN_VIEWERS, false, NOW);
    }

    private PlaceLoad steering() {
        return ViewerPlacement.choose(origin, edges, ORIGIN_VIEWERS, true, NOW);
    }

    @Test
    void theOriginServesTheFirst() {
        first.answered(load(0, 100, 0));
        origin.answered(load(9, 500, 0.1));
        assertSame(origin, guest());
        origin.answered(load(10, 500, 0.1));
        assertSame(first, guest());
    }

    @Test
    void thoseOnTheWayCount() {
        first.answered(load(0, 100, 0));
        origin.answered(load(0, 500, 0));
        for (int i = 0; i < 10; i++) {
            assertSame(origin, guest(), "viewer " + i);
            origin.sent(NOW);
        }
        assertSame(first, guest());
        // Two seconds later they are part of what the origin says, or have not come.
        assertSame(
                origin,
                ViewerPlacement.choose(origin, edges, ORIGIN_VIEWERS, false, NOW + TimeUnit.SECONDS.toNanos(3)));
    }

    @Test
    void theLeastStressWins() {
        origin.answered(load(10, 500, 0));
        first.answered(load(50, 100, 0.5));
        second.answered(load(60, 100, 0.4));
        assertSame(second, guest());
        for (int i = 0; i < 20; i++) {
            guest().sent(NOW);
        }
        assertEquals(50 + 5, first.viewers(NOW), "the two come to the same, then share");
        assertEquals(60 + 15, second.viewers(NOW));
    }

    @Test
    void whoMaySteerGoesToTheOrigin() {
        first.answered(load(0, 100, 0));
        origin.answered(load(400, 500, 0.9));
        assertSame(origin, steering());
        origin.unanswered();
        assertSame(origin, steering(), "waits for an origin that does not answer");
        origin.answered(load(500, 500, 1));
        assertSame(first, steering(), "a full origin has no room for anybody: better to watch than nothing");
    }

    @Test
    void aDeadOrFullOrEndingEdgeIsSkipped() {
        origin.answered(load(10, 500, 0));
        first.answered(load(0, 100, 0));
        second.answered(load(90, 100, 0.9));
        first.unanswered();
        assertSame(second, guest());
        second.answered(load(100, 100, 1));
        assertSame(origin, guest(), "the origin still has room");
        first.answered(load(0, 100, 0).toBuilder().setAccepting(false).build());
        assertSame(origin, guest(), "an edge that ends takes nobody");
        first.answered(load(0, 100, 0));
        assertSame(first, guest());
    }

    @Test
    void anEdgeThatFailsItsViewersIsAvoidedForSeconds() {
        origin.answered(load(10, 500, 0));
        first.answered(load(0, 100, 0));
        second.answered(load(90, 100, 0.9));
        first.failed(NOW);
        first.answered(load(0, 100, 0));
        assertSame(second, guest(), "it answers, and yet it dropped a viewer a moment ago");
        assertSame(
                first,
                ViewerPlacement.choose(origin, edges, ORIGIN_VIEWERS, false, NOW + TimeUnit.SECONDS.toNanos(6)));
    }

    @Test
    void guestsWatchAtAnEdgeWhileTheOriginIsAway() {
        first.answered(load(0, 100, 0));
        assertSame(first, guest());
        assertTrue(steering() == origin);
    }
}
