package org.macemu.webrtc.media.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.macemu.webrtc.api.grpc.Pointer;
import org.macemu.webrtc.api.grpc.Pointers;

/**
 * Where viewers point on the Mac's screen, for the others to see; the Mac knows nothing of it. Written by the threads of
 * signalling, read by the audience's: each call holds the monitor for a few entries.
 */
final class PointersShown {

    /** More than this is a crowd in which nobody finds a pointer. */
    private static final int MAX_SHOWN = 16;

    private record Spot(int x, int y) {}

    private final Map<String, Spot> spots = new LinkedHashMap<>();
    private boolean changed;

    /** The viewer points somewhere, or nowhere any more. */
    synchronized void moved(String viewer, Pointer pointer) {
        if (!pointer.getShown()) {
            gone(viewer);
        } else if (spots.containsKey(viewer) || spots.size() < MAX_SHOWN) {
            Spot spot = new Spot(
                    Math.clamp(pointer.getX(), 0, Short.MAX_VALUE), Math.clamp(pointer.getY(), 0, Short.MAX_VALUE));
            changed |= !spot.equals(spots.put(viewer, spot));
        }
    }

    synchronized void gone(String viewer) {
        changed |= spots.remove(viewer) != null;
    }

    /**
     * What everybody is to be told, once for each change.
     *
     * @param name of a viewer
     */
    synchronized Optional<Pointers> takeChange(Function<String, String> name) {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        Pointers.Builder all = Pointers.newBuilder();
        spots.forEach((viewer, spot) -> all.addPointers(Pointers.PointerOf.newBuilder()
                .setViewerId(viewer)
                .setName(name.apply(viewer))
                .setX(spot.x)
                .setY(spot.y)));
        return Optional.of(all.build());
    }
}
