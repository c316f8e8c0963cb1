package org.macemu.webrtc.media.storage;

import io.quarkus.runtime.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.macemu.webrtc.media.MediaServer;
import org.macemu.webrtc.media.config.MediaConfig;

/**
 * Builds the storage from the configuration, owns the threads that wait for disks, and forgets uploads that rest too long.
 */
@Startup
@Singleton
public class StorageSetup {

    private static final Logger LOG = Logger.getLogger(StorageSetup.class);

    /**
     * Threads of the operating system: a virtual thread that waits for a disk would keep one of the few carriers, which
     * serve handshakes. Four: a disk is rarely faster with more, and one may wait for the emulator's answer.
     */
    private static final int THREADS = 4;

    /** Each call has one task at a time: more calls than this are no audience of owners. */
    private static final int QUEUE = 256;

    private final FileStorage storage;
    private final ThreadPoolExecutor disk = new ThreadPoolExecutor(
            THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE),
            Thread.ofPlatform().name("storage-", 0).daemon().factory());
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("storage-clock").daemon().factory());

    @Inject
    StorageSetup(MediaConfig config, MediaServer server) {
        MediaConfig.Storage c = config.storage();
        StorageSettings settings = new StorageSettings(
                c.roms(),
                c.images(),
                c.maxRomSize().asLongValue(),
                c.maxImageSize().asLongValue(),
                c.reserve().asLongValue(),
                c.uploadExpiry(),
                c.maxUploads());
        disk.allowCoreThreadTimeOut(true);
        String path = System.getenv("PATH");
        this.storage = new FileStorage(
                settings,
                new EmulatorFileUsage(server::isEmulatorConnected, server::requests, settings),
                HfsVolume.find(path == null ? "" : path));
    }

    @PostConstruct
    void start() {
        clock.scheduleWithFixedDelay(this::expire, 1, 60, TimeUnit.MINUTES);
    }

    private void expire() {
        try {
            disk.execute(() -> {
                try {
                    storage.uploads().expire();
                } catch (StorageException e) {
                    LOG.warnf("Old uploads cannot be looked for: %s", e.getMessage());
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("The disk is busy; old uploads are looked for later");
        }
    }

    @Produces
    @Singleton
    FileStorage storage() {
        return storage;
    }

    /** Where calls wait for the disk; rejects what is too much. */
    @Produces
    @Singleton
    DiskThreads threads() {
        return disk::execute;
    }

    @PreDestroy
    void stop() {
        clock.shutdownNow();
        disk.shutdown();
    }
}
