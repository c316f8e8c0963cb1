package org.macemu.webrtc.media.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RomIdentityTest {

    /** Noise of this version with the checksum that it has. */
    static ByteBuffer rom(int size, int version) {
        ByteBuffer rom = ByteBuffer.allocate(size);
        new Random(size).nextBytes(rom.array());
        rom.putShort(8, (short) version);
        int sum = 0;
        for (int i = 4; i < size; i += 2) {
            sum += rom.getShort(i) & 0xFFFF;
        }
        return rom.putInt(0, sum);
    }

    @Test
    void theDemonstrationRomIsKnown() throws Exception {
        RomIdentity rom =
                RomIdentity.of(ByteBuffer.wrap(Files.readAllBytes(Path.of("../emulator/demo-rom/demo.rom"))));
        assertTrue(rom.checksumValid(), rom.toString());
        assertEquals("067c", rom.versionWord());
        assertEquals("macemu-webrtc demonstration", rom.model(), rom.checksum());
        assertEquals(List.of("basilisk2"), rom.emulators());
        assertEquals(14, rom.modelId());
    }

    /** The stored checksum names the model even when the bytes do not add up. */
    @ParameterizedTest
    @CsvSource({
        "28ba61ce,128K/512K", "28ba4e50,128K/512K", "4d1eeee1,Plus", "4d1eeae1,Plus", "4d1f8172,Plus", "b2e362a8,SE",
        "b306e171,SE", "a49f9914,Classic", "97221136,IIx/IIcx/SE/30", "9779d2c4,Macintosh II", "97851db6,Macintosh II",
        "368cadfe,IIci", "36b7fb6c,IIsi", "4147dd77,IIfx", "350eacf0,LC", "35c28f5f,LC II", "3193670e,Classic II",
        "4957eb49,IIvx", "ecbbc41c,LC III", "ec904829,LC III", "ecd99dc0,Color Classic", "ecfa989b,Duo 210",
        "ede66cbd,LC 520", "ff7439ee,LC 475", "420dbff3,Quadra 700", "3dc27823,Quadra 950", "e33b2724,PowerBook 160",
        "f1a6f343,early", "f1acad13,Quadra 610", "06684214,630", "064dc91d,LC 580", "5bf10fd1,660AV", "87d3c814,840AV",
        "9feb69b3,6100", "63abfd3f,5200", "960e4be9,7300", "276ec1f1,2400", "79d68d63,G3", "78f57389,G3",
        "b46ffb63,WallStreet"
    })
    void modelsAreKnownByTheirChecksum(String checksum, String words) {
        ByteBuffer rom = ByteBuffer.allocate(512 * 1024);
        rom.putInt(0, (int) Long.parseLong(checksum, 16)).putShort(8, (short) 0x067C);
        RomIdentity identity = RomIdentity.of(rom);
        assertTrue(identity.model().contains(words), identity.model());
        assertEquals(checksum, identity.checksum());
        assertFalse(identity.checksumValid());
        assertEquals(List.of(), identity.emulators());
        assertTrue(identity.remark().contains("damaged"), identity.remark());
    }

    @ParameterizedTest
    @CsvSource({
        "65536,067c,basilisk2", "262144,067c,basilisk2", "524288,067c,basilisk2", "1048576,067c,basilisk2",
        "2097152,067c,", "524288,0276,", "262144,0178,", "131072,0075,", "524288,0679,"
    })
    void suitabilityFollowsVersionAndSize(int size, String version, String emulator) {
        RomIdentity rom = RomIdentity.of(rom(size, Integer.parseInt(version, 16)));
        assertTrue(rom.checksumValid());
        assertEquals(version, rom.versionWord());
        assertEquals(emulator == null ? List.of() : List.of(emulator), rom.emulators(), rom.remark());
        assertEquals(emulator == null ? 0 : 14, rom.modelId());
        assertFalse(rom.remark().isEmpty());
    }

    @Test
    void oneWrongByteIsNoticed() {
        ByteBuffer rom = rom(524288, 0x067C);
        rom.put(300_000, (byte) (rom.get(300_000) ^ 1));
        assertFalse(RomIdentity.of(rom).checksumValid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Boot TNT", "Boot Alchemy", "Boot Zanzibar", "Boot Gazelle", "Boot Gossamer", "NewWorld"})
    void powerPcRomsAreForSheepShaver(String name) {
        ByteBuffer rom = ByteBuffer.allocate(4 * 1024 * 1024);
        rom.put(0x30D064, name.getBytes(StandardCharsets.US_ASCII));
        assertEquals(List.of("sheepshaver"), RomIdentity.of(rom).emulators());
        rom.put(0x30D064, (byte) 'X');
        assertEquals(List.of(), RomIdentity.of(rom).emulators());
    }

    @Test
    void aNewWorldRomIsAScript() {
        ByteBuffer rom = ByteBuffer.wrap("<CHRP-BOOT>\r<COMPATIBLE>".getBytes(StandardCharsets.US_ASCII));
        assertEquals(List.of("sheepshaver"), RomIdentity.of(rom).emulators());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 9, 10, 11, 65535, 65537})
    void whatIsTooShortOrOddIsNoRom(int size) {
        RomIdentity rom = RomIdentity.of(ByteBuffer.allocate(size));
        assertEquals(List.of(), rom.emulators());
        assertEquals("", rom.checksum());
        assertTrue(rom.remark().contains(String.valueOf(size)), rom.remark());
    }

    @Test
    void zerosAreNoRomAlthoughTheyAddUp() {
        assertEquals(List.of(), RomIdentity.of(ByteBuffer.allocate(524288)).emulators());
    }
}
