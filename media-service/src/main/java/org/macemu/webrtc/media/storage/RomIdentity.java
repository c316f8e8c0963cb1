package org.macemu.webrtc.media.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * What a file is as a ROM of a Macintosh.
 *
 * <pre>
 *   0        4               8    a                              30d064 (PowerPC, 4 MiB)
 *  +--------+---------------+----+------- ... -----------------+------------------------+
 *  |checksum| start address |vers|                             | "Boot TNT" and others  |
 *  +--------+---------------+----+------- ... -----------------+------------------------+
 * </pre>
 *
 * <p>All numbers are big-endian. The checksum is the sum of the 16-bit words from offset 4 to the end, modulo 2^32.
 *
 * @param checksum as stored, eight hexadecimal digits; empty when the file is no ROM image of that form
 * @param checksumValid whether it is the sum of the file's words
 * @param versionWord four hexadecimal digits, or empty
 * @param model the machines it was built into, empty when unknown
 * @param emulators that can use it: {@code basilisk2}, {@code sheepshaver}
 * @param modelId Basilisk II's preference that fits, 0 when there is none
 * @param remark a sentence for a person
 */
public record RomIdentity(
        String checksum,
        boolean checksumValid,
        String versionWord,
        String model,
        List<String> emulators,
        int modelId,
        String remark) {

    /** Larger files are no ROMs: the largest of a Macintosh has 4 MiB. */
    static final long MAX_SIZE = 8 * 1024 * 1024;

    private static final int POWER_PC_SIZE = 4 * 1024 * 1024;
    private static final int POWER_PC_NAME = 0x30D064;
    private static final byte[] NEW_WORLD = "<CHRP-BOOT>".getBytes(StandardCharsets.US_ASCII);
    private static final List<String> POWER_PC_NAMES = List.of(
            "Boot TNT", "Boot Alchemy", "Boot Zanzibar", "Boot Gazelle", "Boot Gossamer", "NewWorld");

    /** Basilisk II takes no other sizes. */
    private static final Set<Integer> BASILISK_SIZES =
            Set.of(64 * 1024, 128 * 1024, 256 * 1024, 512 * 1024, 1024 * 1024);

    private static final int CLEAN_32_BIT = 0x067C;

    /** Quadra 900, for Mac OS 7.5 to 8.1; and the Mac IIci, which older systems know. */
    private static final int QUADRA_900 = 14;

    private static final int MAC_IICI = 5;
    private static final int IICI_CHECKSUM = 0x368CADFE;

    /** Reads a whole file; at most {@link #MAX_SIZE} of it. */
    static RomIdentity read(FileChannel file) throws IOException {
        long size = file.size();
        if (size > MAX_SIZE) {
            return none("This file has " + size + " bytes; ROMs of a Macintosh have at most 4 MiB.");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) size);
        long position = 0;
        while (bytes.hasRemaining()) {
            int count = file.read(bytes, position);
            if (count < 0) {
                break;
            }
            position += count;
        }
        return of(bytes.flip());
    }

    /** What these bytes are; big-endian, from position 0. */
    static RomIdentity of(ByteBuffer rom) {
        if (startsWith(rom, NEW_WORLD)) {
            return new RomIdentity("", true, "", "Power Macintosh, New World", List.of("sheepshaver"), 0,
                    "A New World ROM file for SheepShaver.");
        }
        if (rom.limit() < 64 * 1024 || rom.limit() % 2 != 0) {
            return none("This is no ROM of a Macintosh: it has " + rom.limit() + " bytes, and the smallest has 65536.");
        }
        int stored = rom.getInt(0);
        boolean valid = sum(rom) == stored;
        int version = rom.getShort(8) & 0xFFFF;
        String model = MacRoms.model(stored);
        if (rom.limit() == POWER_PC_SIZE) {
            return powerPc(rom, stored, valid, version, model);
        }
        if (!valid) {
            String remark = model.isEmpty()
                    ? "This is no ROM of a Macintosh, or it is damaged: its bytes do not add up to its checksum."
                    : "It calls itself " + model + ", but it is damaged or cut: its bytes do not add up to its checksum.";
            return new RomIdentity(hex(stored), false, word(version), model, List.of(), 0, remark);
        }
        return classic(rom.limit(), stored, version, model);
    }

    private static RomIdentity powerPc(ByteBuffer rom, int stored, boolean valid, int version, String model) {
        byte[] at = new byte[16];
        rom.get(POWER_PC_NAME, at);
        String name = new String(at, StandardCharsets.US_ASCII);
        boolean known = POWER_PC_NAMES.stream().anyMatch(name::startsWith);
        String remark = known
                ? "A ROM for SheepShaver." + (valid ? "" : " Its bytes do not add up to its checksum: it may be damaged.")
                : "It has 4 MiB as PowerPC ROMs have, but is none that SheepShaver knows.";
        return new RomIdentity(
                hex(stored), valid, word(version), model, known ? List.of("sheepshaver") : List.of(), 0, remark);
    }

    private static RomIdentity classic(int size, int checksum, int version, String model) {
        boolean suits = version == CLEAN_32_BIT && BASILISK_SIZES.contains(size);
        String remark;
        if (suits) {
            remark = "Suits Basilisk II.";
        } else if (version == CLEAN_32_BIT) {
            remark = "Basilisk II takes ROMs of at most 1 MiB; this one has " + size + " bytes.";
        } else {
            remark = switch (version) {
                case 0x0276 -> "The Macintosh Classic's generation";
                case 0x0178 -> "The Macintosh II's generation";
                case 0x0075 -> "The Macintosh Plus' and SE's generation";
                default -> "Version " + word(version);
            } + " is not 32-bit clean, which Basilisk II needs: a ROM of version 067c is expected.";
        }
        int modelId = !suits ? 0 : checksum == IICI_CHECKSUM ? MAC_IICI : QUADRA_900;
        return new RomIdentity(
                hex(checksum), true, word(version), model, suits ? List.of("basilisk2") : List.of(), modelId, remark);
    }

    private static RomIdentity none(String remark) {
        return new RomIdentity("", false, "", "", List.of(), 0, remark);
    }

    private static int sum(ByteBuffer rom) {
        int sum = 0;
        for (int i = 4; i + 1 < rom.limit(); i += 2) {
            sum += rom.getShort(i) & 0xFFFF;
        }
        return sum;
    }

    private static boolean startsWith(ByteBuffer rom, byte[] text) {
        return rom.limit() >= text.length && rom.slice(0, text.length).equals(ByteBuffer.wrap(text));
    }

    private static String hex(int value) {
        return String.format("%08x", value);
    }

    private static String word(int value) {
        return String.format("%04x", value);
    }
}
