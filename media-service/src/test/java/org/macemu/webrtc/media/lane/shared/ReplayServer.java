package org.macemu.webrtc.media.lane.shared;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.macemu.webrtc.media.lane.shared.encode.EncodedFrame;
import org.macemu.webrtc.media.lane.shared.encode.EncodedSound;

/**
 * The shared lane without an encoder, fed from a {@link Recording}: what a benchmark of the fan-out measures. Runs until
 * it is killed: {@code ReplayServer RECORDING HTTP_PORT}.
 */
final class ReplayServer {

    private ReplayServer() {}

    /** Says when packets did not go out as they should. */
    private static final class Trouble implements LaneMetrics {

        @Override
        public void dropped(Drop cause) {
            System.out.println("dropped " + cause);
        }

        @Override
        public void shed() {
            System.out.println("shed");
        }

        @Override
        public void resendRefused(int packets) {
            System.out.println("resend refused " + packets);
        }

        @Override
        public void resent(int packets, long bytes) {
            System.out.println("resent " + packets);
        }
    }

    public static void main(String[] args) throws Exception {
        List<Recording.Unit> units = Recording.read(Path.of(args[0]));
        SharedLane lane = new SharedLane(
                SharedLaneSettings.defaults().at(0, List.of("127.0.0.1"), List.of()), () -> {}, new Trouble());
        WhepServer whep = new WhepServer(lane, Integer.parseInt(args[1]));
        System.out.println("ready " + whep.url());
        int length = units.get(units.size() - 1).millis() + 20;
        long begin = System.nanoTime();
        for (long round = 0; ; round++) {
            for (Recording.Unit unit : units) {
                long millis = round * length + unit.millis();
                long wait = begin + millis * 1_000_000L - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                }
                feed(lane.fanOut(), unit, millis);
            }
        }
    }

    private static void feed(FanOut fanOut, Recording.Unit unit, long millis) {
        long now = System.nanoTime();
        if (unit.kind() == Recording.SOUND) {
            EncodedSound sound = fanOut.takeSound();
            if (sound != null) {
                sound.set(unit.data(), unit.data().length, millis * 48, false, now);
                fanOut.send(sound);
            }
            return;
        }
        EncodedFrame frame = fanOut.takeFrame();
        while (frame == null) {
            // A join storm on a busy machine; an encoder would skip a picture now, a recording cannot.
            LockSupport.parkNanos(1_000_000);
            frame = fanOut.takeFrame();
        }
        frame.set(unit.data(), unit.data().length, unit.kind() == Recording.KEY_FRAME, 0, millis * 90, now);
        fanOut.send(frame);
    }
}
