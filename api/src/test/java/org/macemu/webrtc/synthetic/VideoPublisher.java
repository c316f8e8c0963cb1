package org.macemu.webrtc.synthetic;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Consumer;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.shm.SegmentException;
import org.macemu.webrtc.api.shm.SegmentFile;
import org.macemu.webrtc.api.shm.VideoSegment;

/**
 * Draws and publishes pictures in the order of the design: fill the next of the three buffers, announce the geometry,
 * raise {@code frame_count}, stamp, store {@code write_index}, wake who waits on it.
 */
final class VideoPublisher extends Publisher<VideoSegment> {

    static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    /** The screen as it shall be; a change makes the next picture begin anew. */
    private record Screen(int width, int height, SceneKind scene) {}

    private final SyntheticOptions options;
    private final Path path;
    private final InputMarks marks = new InputMarks();
    private volatile Screen wanted;
    private volatile long capacity;
    private volatile long published;
    private volatile double measuredFps;

    private Screen shown;
    private Canvas canvas;
    private Scene scene;
    private long sceneStart;
    private int buffer;
    private long rateSince;
    private long rateFrames;

    VideoPublisher(SyntheticOptions options, Path path, Consumer<String> events) throws IOException {
        super("synthetic-video", options.fps(), events);
        this.options = options;
        this.path = path;
        this.wanted = new Screen(options.width(), options.height(), options.scene());
        start();
    }

    private static long bytes(int width, int height) {
        return (long) width * height * VideoSegment.BYTES_PER_PIXEL;
    }

    @Override
    VideoSegment open() throws IOException {
        Screen screen = wanted;
        long needed = bytes(screen.width, screen.height);
        VideoSegment segment =
                VideoSegment.openOrCreate(path, Math.max(needed, VideoSegment.DEFAULT_FRAME_CAPACITY), OWNER_ONLY);
        if (segment.frameCapacity() < needed) {
            long found = segment.frameCapacity();
            segment.close();
            throw new SegmentException("Video segment " + path + " holds pictures of " + found + " bytes: "
                    + screen.width + "x" + screen.height + " needs " + needed);
        }
        capacity = segment.frameCapacity();
        return segment;
    }

    @Override
    SegmentFile file(VideoSegment open) {
        return open.file();
    }

    @Override
    void begin(VideoSegment open, long nanoTime) {
        buffer = Math.floorMod(open.latestIndex(), VideoSegment.BUFFERS);
        if (canvas != null) {
            canvas.touch(0, canvas.height());
        }
        rateSince = nanoTime;
        rateFrames = published;
    }

    @Override
    void publish(VideoSegment open, long nanoTime) {
        Screen screen = wanted;
        if (screen != shown) {
            canvas = new Canvas(screen.width, screen.height);
            scene = screen.scene.create(screen.width, screen.height);
            sceneStart = nanoTime;
            shown = screen;
        }
        drawPicture(nanoTime);
        int next = (buffer + 1) % VideoSegment.BUFFERS;
        canvas.copyTo(open.frame(next), next);
        open.geometry(canvas.width(), canvas.height(), canvas.width() * VideoSegment.BYTES_PER_PIXEL);
        open.publish(next, System.nanoTime() / 1000);
        FutexWake.wakeAll(open.latestIndexWord());
        buffer = next;
        published++;
        if (nanoTime - rateSince >= 1_000_000_000L) {
            measuredFps = (published - rateFrames) * 1e9 / (nanoTime - rateSince);
            rateSince = nanoTime;
            rateFrames = published;
        }
    }

    private void drawPicture(long nanoTime) {
        marks.lift(canvas);
        scene.draw(canvas, nanoTime - sceneStart);
        if (options.barCode()) {
            BarCode.encode(canvas, BarCode.ticks(System.nanoTime()));
        }
        if (options.marks()) {
            marks.draw(canvas);
        }
    }

    void received(Input input) {
        marks.received(input, width(), height());
    }

    void restart() {
        marks.reset();
        wanted = new Screen(wanted.width, wanted.height, wanted.scene);
    }

    void resize(int width, int height) {
        if (width < 1 || height < 1 || bytes(width, height) > capacity) {
            throw new IllegalArgumentException("size " + width + "x" + height + ": expected at least 1x1 and at most "
                    + capacity + " bytes, which is what the segment holds");
        }
        wanted = new Screen(width, height, wanted.scene);
    }

    void scene(SceneKind kind) {
        wanted = new Screen(wanted.width, wanted.height, kind);
    }

    int width() {
        return wanted.width;
    }

    int height() {
        return wanted.height;
    }

    long published() {
        return published;
    }

    double measuredFps() {
        return measuredFps;
    }
}
