package org.macemu.webrtc.system;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.macemu.webrtc.system.harness.Product;
import org.macemu.webrtc.system.harness.SignalingSocket;

/**
 * How long an event of a person's hand takes from the WebSocket message to the bytes on the emulator's Unix socket,
 * through signaling-service, gRPC and media-service as they are packaged. Started by {@code bench/input}; no test,
 * because the figure is one of an otherwise idle machine: the report says how late this program's own thread was woken,
 * and services on a machine that wakes threads late cannot be faster than that.
 */
public final class InputBench {

    private static final int WARM_UP_SECONDS = 20;

    private InputBench() {}

    /** Arguments: events per second, seconds. */
    public static void main(String[] arguments) throws Exception {
        int perSecond = Integer.parseInt(arguments[0]);
        int seconds = Integer.parseInt(arguments[1]);
        try (Product product = Product.start(InputBench.class);
                SocketChannel emulator =
                        SocketChannel.open(UnixDomainSocketAddress.of(product.controlSocket()));
                SignalingSocket browser = SignalingSocket.join(product)) {
            try (Keys keys = new Keys(emulator, perSecond * Math.max(seconds, WARM_UP_SECONDS))) {
                keys.run(browser, perSecond, WARM_UP_SECONDS);
                keys.run(browser, perSecond, seconds);
                keys.report();
            }
        }
        System.exit(0);
    }

    /** Keys that go down and up in turn, and the lines they become. */
    private static final class Keys implements AutoCloseable {

        private final long[] sent;
        private final long[] took;
        private final long[] late;
        private final SocketChannel emulator;
        private final Thread reader;
        private long began;
        private long ended;
        private volatile int expected;
        private volatile int arrived;
        private volatile CountDownLatch all = new CountDownLatch(1);

        Keys(SocketChannel emulator, int most) {
            this.emulator = emulator;
            this.sent = new long[most];
            this.took = new long[most];
            this.late = new long[most];
            this.reader = Thread.ofPlatform().name("emulator").daemon().start(this::read);
        }

        void run(SignalingSocket browser, int perSecond, int seconds) throws InterruptedException {
            int count = perSecond * seconds;
            arrived = 0;
            all = new CountDownLatch(1);
            expected = count;
            long period = 1_000_000_000L / perSecond;
            long next = System.nanoTime();
            began = next;
            for (int i = 0; i < count; i++) {
                String message = "{\"type\":\"key\",\"code\":" + (65 + i / 2 % 26) + ",\"pressed\":" + (i % 2 == 0)
                        + ",\"ctrl\":false,\"alt\":false,\"shift\":false,\"meta\":false,\"location\":0}";
                sent[i] = System.nanoTime();
                late[i] = sent[i] - next;
                if (!browser.send(message)) {
                    throw new IllegalStateException("the WebSocket has closed: " + browser.messages());
                }
                // A hand does not catch up: what a late wake-up has missed is left out, not sent in one burst.
                next += period * (1 + late[i] / period);
                while (System.nanoTime() < next) {
                    LockSupport.parkNanos(next - System.nanoTime());
                }
            }
            ended = System.nanoTime();
            if (!all.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException(arrived + " of " + count + " events arrived");
            }
        }

        /** Lines come in the order of the events; those that are no keys are the services' own questions. */
        private void read() {
            byte[] key = "{\"type\":\"key\"".getBytes(StandardCharsets.US_ASCII);
            ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
            byte[] line = new byte[64 * 1024];
            int length = 0;
            try {
                while (emulator.read(bytes.clear()) >= 0) {
                    long now = System.nanoTime();
                    for (bytes.flip(); bytes.hasRemaining(); ) {
                        byte b = bytes.get();
                        if (b != '\n') {
                            line[length++] = b;
                            continue;
                        }
                        if (length > key.length && Arrays.equals(line, 0, key.length, key, 0, key.length)) {
                            took[arrived] = now - sent[arrived];
                            arrived++;
                            if (arrived == expected) {
                                all.countDown();
                            }
                        }
                        length = 0;
                    }
                }
            } catch (java.io.IOException e) {
                // Closed: the measurement is over.
            }
        }

        void report() {
            long[] sorted = Arrays.copyOf(took, arrived);
            Arrays.sort(sorted);
            long[] lateness = Arrays.copyOf(late, arrived);
            Arrays.sort(lateness);
            long perSecond = Math.round(arrived * 1e9 / (ended - began));
            System.out.printf(
                    Locale.ROOT,
                    """
                    events                 %d, %d a second, in order, none lost
                    WebSocket to socket    %.2f ms median, %.2f ms p95, %.2f ms p99, %.2f ms worst
                    this machine's own     %.2f ms median, %.2f ms p95, %.2f ms p99, %.2f ms worst: late wake-ups
                    RESULT input events_per_second=%d median_ms=%.2f p99_ms=%.2f
                    """,
                    arrived, perSecond, at(sorted, 50), at(sorted, 95), at(sorted, 99), at(sorted, 100),
                    at(lateness, 50), at(lateness, 95), at(lateness, 99), at(lateness, 100),
                    perSecond, at(sorted, 50), at(sorted, 99));
        }

        private static double at(long[] sorted, int percent) {
            return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e6;
        }

        @Override
        public void close() throws Exception {
            emulator.close();
            reader.join(1_000);
        }
    }
}
