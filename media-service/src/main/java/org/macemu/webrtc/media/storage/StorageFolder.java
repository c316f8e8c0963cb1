package org.macemu.webrtc.media.storage;

/** The two folders. */
public enum StorageFolder {
    /** {@code BASILISK_ROMS}. */
    ROMS,
    /** {@code BASILISK_IMAGES}: disks and CDs. */
    IMAGES
}
