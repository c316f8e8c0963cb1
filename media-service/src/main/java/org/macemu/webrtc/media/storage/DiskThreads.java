package org.macemu.webrtc.media.storage;

import java.util.concurrent.Executor;

/** Threads that may wait for a disk. */
@FunctionalInterface
public interface DiskThreads extends Executor {}
