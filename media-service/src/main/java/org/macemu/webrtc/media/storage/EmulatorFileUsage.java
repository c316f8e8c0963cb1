package org.macemu.webrtc.media.storage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.macemu.webrtc.api.control.ControlMessage;
import org.macemu.webrtc.media.control.EmulatorRequests;

/**
 * What the running emulator uses, by its own configuration. A change of the configuration takes effect at the emulator's
 * next start: what was named since its last start counts as used, too. Thread-safe.
 */
public final class EmulatorFileUsage implements FileUsage {

    /** Preferences of Basilisk II and SheepShaver that name images; the design's example has {@code disks}. */
    private static final List<String> IMAGES = List.of("disk", "disks", "cdrom", "floppy");

    private final BooleanSupplier connected;
    private final Supplier<EmulatorRequests> requests;
    private final StorageSettings settings;
    private String runningSince = "";
    private InUse sinceStart = InUse.NOTHING;

    /**
     * @param connected whether an emulator, or its agent, is connected
     * @param requests asks it; not before it is connected
     */
    public EmulatorFileUsage(
            BooleanSupplier connected, Supplier<EmulatorRequests> requests, StorageSettings settings) {
        this.connected = connected;
        this.requests = requests;
        this.settings = settings;
    }

    @Override
    public Optional<InUse> inUse() {
        if (!connected.getAsBoolean()) {
            return Optional.of(InUse.NOTHING);
        }
        try {
            var status = (ControlMessage.Status)
                    requests.get().ask(new ControlMessage.GetStatus()).join();
            if (!status.running()) {
                return Optional.of(InUse.NOTHING);
            }
            var config = (ControlMessage.Config)
                    requests.get().ask(new ControlMessage.GetConfig()).join();
            String start = status.fields().path("pid").asText() + "/" + status.fields().path("starts").asText();
            return Optional.of(remember(start, named(config.data())));
        } catch (CompletionException e) {
            // Gone meanwhile: then nothing is used; silent: then nobody knows.
            return connected.getAsBoolean() ? Optional.empty() : Optional.of(InUse.NOTHING);
        }
    }

    private synchronized InUse remember(String start, InUse now) {
        if (!start.equals(runningSince)) {
            runningSince = start;
            sinceStart = InUse.NOTHING;
        }
        sinceStart = new InUse(union(sinceStart.roms(), now.roms()), union(sinceStart.images(), now.images()));
        return sinceStart;
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> all = new HashSet<>(one);
        all.addAll(other);
        return Set.copyOf(all);
    }

    private InUse named(JsonNode config) {
        Set<String> roms = new HashSet<>();
        add(config.path("rom"), StorageFolder.ROMS, roms);
        Set<String> images = new HashSet<>();
        IMAGES.forEach(key -> add(config.path(key), StorageFolder.IMAGES, images));
        return new InUse(Set.copyOf(roms), Set.copyOf(images));
    }

    private void add(JsonNode value, StorageFolder folder, Set<String> names) {
        if (value.isArray()) {
            value.forEach(element -> add(element, folder, names));
        } else if (value.isTextual() && !value.textValue().isEmpty()) {
            // An asterisk in front of an image means read-only.
            String text = value.textValue().startsWith("*") ? value.textValue().substring(1) : value.textValue();
            String root = settings.path(folder).toAbsolutePath().normalize() + "/";
            names.add(text.startsWith(root) ? text.substring(root.length()) : text);
        }
    }
}
