package org.macemu.webrtc.media.storage;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the files are and how much of them there may be.
 *
 * @param roms folder of ROMs
 * @param images folder of disk and CD images
 * @param maxRomSize bytes of a ROM at most
 * @param maxImageSize bytes of an image at most
 * @param reserve bytes that stay free: the Mac writes to its disks, and preferences must be saved
 * @param uploadExpiry how long an upload may rest before it is forgotten
 * @param maxUploads uploads under way at most
 */
public record StorageSettings(
        Path roms,
        Path images,
        long maxRomSize,
        long maxImageSize,
        long reserve,
        Duration uploadExpiry,
        int maxUploads) {

    /** A 400 KB floppy: the smallest disk a Macintosh ever had. */
    public static final long MIN_IMAGE_SIZE = 400 * 1024;

    Path path(StorageFolder folder) {
        return folder == StorageFolder.ROMS ? roms : images;
    }

    long maxSize(StorageFolder folder) {
        return folder == StorageFolder.ROMS ? maxRomSize : maxImageSize;
    }
}
