package org.macemu.webrtc.synthetic;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;
import org.macemu.webrtc.api.shm.SegmentFile;

/**
 * A complete emulator side of protocol v1: publishes pictures and sound in the segments and answers every message of
 * the control socket. Three platform threads: "synthetic-video" draws and publishes, "synthetic-audio" writes the
 * sound, "synthetic-control" talks to the server. Whoever started it closes it.
 */
public final class SyntheticEmulator implements AutoCloseable {

    private final SyntheticOptions options;
    private final InputLog log = new InputLog();
    private final VideoPublisher video;
    private final AudioPublisher audio;
    private final ControlLink link;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    private SyntheticEmulator(SyntheticOptions options, Consumer<String> events) throws IOException {
        this.options = options;
        Path videoPath = SegmentFile.path(options.shmDirectory(), options.videoShm());
        Path audioPath = options.audioShm().isEmpty()
                ? null
                : SegmentFile.path(options.shmDirectory(), options.audioShm());
        this.link = options.controlSocket() == null
                ? null
                : new ControlLink(options.controlSocket(), new MacAnswers(this), events);
        this.video = new VideoPublisher(options, videoPath, events);
        try {
            this.audio = audioPath == null ? null : new AudioPublisher(options, audioPath, events);
        } catch (IOException e) {
            video.close();
            throw e;
        }
    }

    /**
     * Starts an emulator that keeps quiet about what happens to it.
     *
     * @throws IOException when a segment can be neither opened nor created
     */
    public static SyntheticEmulator start(SyntheticOptions options) throws IOException {
        return start(options, event -> {});
    }

    /**
     * Starts an emulator.
     *
     * @param events takes a line about each connection, disconnection and segment, on any thread
     * @throws IOException when a segment can be neither opened nor created
     */
    public static SyntheticEmulator start(SyntheticOptions options, Consumer<String> events) throws IOException {
        SyntheticEmulator emulator = new SyntheticEmulator(options, events);
        if (emulator.link != null) {
            emulator.link.start();
        }
        return emulator;
    }

    public SyntheticOptions options() {
        return options;
    }

    /** All messages that arrived. */
    public InputLog log() {
        return log;
    }

    /** The input messages that arrived, in order. */
    public List<Input> inputs() {
        return log.inputs();
    }

    /**
     * Waits for an input message.
     *
     * @return the first that satisfies the predicate and its {@link System#nanoTime}
     * @throws TimeoutException when none arrived in time; the message lists the last that did
     */
    public InputLog.Received awaitInput(Predicate<? super Input> predicate, Duration timeout)
            throws TimeoutException, InterruptedException {
        return log.await(message -> message instanceof Input input && predicate.test(input), timeout);
    }

    /** Waits until the server accepted the connection. */
    public void awaitConnected(Duration timeout) throws TimeoutException, InterruptedException {
        await("No connection to " + options.controlSocket(), this::connected, timeout);
    }

    /** Waits until at least {@code count} pictures were published. */
    public void awaitFrames(long count, Duration timeout) throws TimeoutException, InterruptedException {
        await("Fewer than " + count + " pictures", () -> video.published() >= count, timeout);
    }

    private static void await(String reason, BooleanSupplier condition, Duration timeout)
            throws TimeoutException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                throw new TimeoutException(reason + " within " + timeout.toMillis() + " ms");
            }
            Thread.sleep(5);
        }
    }

    /** Whether the control socket is connected. */
    public boolean connected() {
        return link != null && link.connected();
    }

    /** Connections to the control socket made so far. */
    public int connections() {
        return link == null ? 0 : link.connections();
    }

    /** Pictures published so far. */
    public long published() {
        return video.published();
    }

    /** Pictures a second, measured over the last second. */
    public double measuredFps() {
        return video.measuredFps();
    }

    /**
     * Changes the size of the screen with the next picture.
     *
     * @throws IllegalArgumentException when the segment cannot hold such a picture
     */
    public void resize(int width, int height) {
        video.resize(width, height);
    }

    /** Changes what is shown with the next picture. */
    public void scene(SceneKind kind) {
        video.scene(kind);
    }

    /** Changes the sound; 0 Hz is silence. */
    public void tone(double hertz, double level) {
        if (audio != null) {
            audio.tone(hertz, level);
        }
    }

    /** Stops or resumes pictures and sound, as an emulator that hangs. */
    public void pause(boolean paused) {
        video.pause(paused);
        if (audio != null) {
            audio.pause(paused);
        }
    }

    /** Ends the connection; the emulator connects again after {@code away}. */
    public void disconnect(Duration away) {
        if (link != null) {
            link.drop(away);
        }
    }

    /** Completed with the exit status when the server sent {@code shutdown}, or when closed. */
    public CompletableFuture<Integer> exit() {
        return exit;
    }

    int width() {
        return video.width();
    }

    int height() {
        return video.height();
    }

    void received(ToEmulator message) {
        if (message instanceof Input input) {
            video.received(input);
        }
        log.add(message);
    }

    /** As a process that ends and is started again: away, then back with an empty picture of its own. */
    void restart() {
        pause(true);
        link.drop(options.restartTime());
        Thread.ofVirtual().start(() -> {
            LockSupport.parkNanos(options.restartTime().toNanos());
            video.restart();
            pause(false);
        });
    }

    /** Ends as a process would: threads stopped, mappings released, segments left in place. */
    @Override
    public void close() {
        if (link != null) {
            link.close();
        }
        video.close();
        if (audio != null) {
            audio.close();
        }
        exit.complete(0);
    }
}
