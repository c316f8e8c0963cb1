package org.macemu.webrtc.synthetic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.macemu.webrtc.api.control.ControlMessage.Ack;
import org.macemu.webrtc.api.control.ControlMessage.Config;
import org.macemu.webrtc.api.control.ControlMessage.Error;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.control.ControlMessage.GetConfig;
import org.macemu.webrtc.api.control.ControlMessage.GetLog;
import org.macemu.webrtc.api.control.ControlMessage.GetStatus;
import org.macemu.webrtc.api.control.ControlMessage.GetStorage;
import org.macemu.webrtc.api.control.ControlMessage.Hello;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.Log;
import org.macemu.webrtc.api.control.ControlMessage.Restart;
import org.macemu.webrtc.api.control.ControlMessage.SetConfig;
import org.macemu.webrtc.api.control.ControlMessage.Shutdown;
import org.macemu.webrtc.api.control.ControlMessage.Status;
import org.macemu.webrtc.api.control.ControlMessage.Storage;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;

/** What the synthetic emulator answers. Used by the control connection's thread alone. */
final class MacAnswers implements ControlLink.Answers {

    /** Bytes of names in a storage line: with quotes and commas the line stays below 64 KiB. */
    private static final int LARGEST_NAMES = 24 * 1024;

    private final SyntheticEmulator emulator;
    private final ObjectNode config = JsonNodeFactory.instance
            .objectNode()
            .put("rom", "Quadra.ROM")
            .put("ramsize", 8_388_608)
            .put("modelid", 14)
            .put("cpu", 4)
            .put("nosound", false);

    MacAnswers(SyntheticEmulator emulator) {
        this.emulator = emulator;
    }

    @Override
    public List<FromEmulator> answer(ToEmulator message) {
        emulator.received(message);
        return switch (message) {
            case Input i -> List.of();
            case Hello h -> List.of();
            case Error e -> List.of();
            case GetConfig g -> List.of(new Config(config.deepCopy()));
            case SetConfig s -> List.of(merge(s.config()));
            case GetStorage g -> List.of(storage());
            case GetStatus g -> List.of(status());
            case GetLog g -> List.of(new Log(List.of(
                    new Log.Line(System.currentTimeMillis(), "emulator", "A drawn Mac prints nothing"))));
            case Restart r -> List.of(new Ack());
            case Shutdown s -> List.of(new Ack());
        };
    }

    @Override
    public void answered(ToEmulator message) {
        switch (message) {
            case Restart r -> emulator.restart();
            case Shutdown s -> Thread.ofPlatform().name("synthetic-shutdown").start(emulator::close);
            default -> {}
        }
    }

    /** Changes what is present and nothing else; null takes a preference away. All or nothing. */
    private FromEmulator merge(ObjectNode changes) {
        JsonNode ram = changes.get("ramsize");
        if (ram != null && !(ram.isIntegralNumber() && ram.canConvertToInt() && ram.intValue() > 0)) {
            return new Error("ramsize: expected a number of bytes, found " + ram);
        }
        JsonNode rom = changes.get("rom");
        if (rom != null && !rom.isTextual()) {
            return new Error("rom: expected a file name, found " + rom);
        }
        ObjectNode merged = config.deepCopy();
        changes.properties().forEach(change -> {
            if (change.getValue().isNull()) {
                merged.remove(change.getKey());
            } else {
                merged.set(change.getKey(), change.getValue());
            }
        });
        if (merged.toString().length() > LARGEST_NAMES) {
            return new Error("The configuration would be longer than " + LARGEST_NAMES + " characters");
        }
        config.removeAll();
        config.setAll(merged);
        return new Ack();
    }

    private Status status() {
        ObjectNode fields = JsonNodeFactory.instance
                .objectNode()
                .put("emulator", "synthetic")
                .put("width", emulator.width())
                .put("height", emulator.height())
                .put("frames", emulator.published());
        return new Status(true, Math.round(emulator.measuredFps() * 10) / 10.0, fields);
    }

    private FromEmulator storage() {
        try {
            return new Storage(names(emulator.options().roms()), names(emulator.options().images()));
        } catch (IOException e) {
            return new Error("Cannot list the storage: " + e);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return names;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!name.startsWith(".") && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    names.add(name);
                }
            }
        }
        names.sort(null);
        int bytes = 0;
        for (int i = 0; i < names.size(); i++) {
            bytes += names.get(i).getBytes(StandardCharsets.UTF_8).length + 3;
            if (bytes > LARGEST_NAMES) {
                throw new IOException(folder + " holds more than " + LARGEST_NAMES + " bytes of names");
            }
        }
        return names;
    }
}
