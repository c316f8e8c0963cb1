package org.macemu.webrtc.media.storage;

import java.util.HashMap;
import java.util.Map;

/** The ROMs that are known by their checksums. */
final class MacRoms {

    private static final Map<Integer, String> MODELS = new HashMap<>();

    static {
        add("Macintosh 128K/512K", 0x28ba61ce, 0x28ba4e50);
        add("Macintosh Plus", 0x4d1eeee1, 0x4d1eeae1, 0x4d1f8172);
        add("Macintosh SE", 0xb2e362a8, 0xb306e171);
        add("Macintosh Classic", 0xa49f9914);
        add("Macintosh IIx/IIcx/SE/30", 0x97221136);
        add("Macintosh II", 0x9779d2c4, 0x97851db6);
        add("Macintosh IIci", 0x368cadfe);
        add("Macintosh IIsi", 0x36b7fb6c);
        add("Macintosh IIfx", 0x4147dd77);
        add("Macintosh LC", 0x350eacf0);
        add("Macintosh LC II", 0x35c28f5f);
        add("Macintosh Classic II", 0x3193670e);
        add("Macintosh IIvx/IIvi", 0x4957eb49);
        add("Macintosh LC III", 0xecbbc41c, 0xec904829);
        add("Macintosh Color Classic", 0xecd99dc0);
        add("PowerBook Duo 210/230/250", 0xecfa989b);
        add("Macintosh LC 520/550", 0xede66cbd);
        add("Macintosh LC 475/575, Quadra 605", 0xff7439ee);
        add("Quadra 700/900, PowerBook 140/170", 0x420dbff3);
        add("Quadra 950", 0x3dc27823);
        add("PowerBook 160-180c", 0xe33b2724);
        add("Centris/Quadra 610/650/800, early", 0xf1a6f343);
        add("Quadra 610/650/800", 0xf1acad13);
        add("LC/Quadra 630", 0x06684214);
        add("LC 580", 0x064dc91d);
        add("Quadra 660AV", 0x5bf10fd1);
        add("Quadra 840AV", 0x87d3c814);
        add("Power Macintosh 6100/7100/8100", 0x9feb69b3);
        add("Power Macintosh 5200/6200", 0x63abfd3f);
        add("Power Macintosh 7300/7600/8600/9600", 0x960e4be9);
        add("PowerBook 2400/3400", 0x276ec1f1);
        add("Power Macintosh G3, beige", 0x79d68d63, 0x78f57389);
        add("PowerBook G3 WallStreet", 0xb46ffb63);
        add("macemu-webrtc demonstration", 0x161f3333);
    }

    private MacRoms() {}

    /** Empty when it is none of them. */
    static String model(int checksum) {
        return MODELS.getOrDefault(checksum, "");
    }

    private static void add(String model, int... checksums) {
        for (int checksum : checksums) {
            MODELS.put(checksum, model);
        }
    }
}
