package org.macemu.webrtc.media.lane.adaptive;

import dev.onvoid.webrtc.internal.NativeObject;
import dev.onvoid.webrtc.internal.RefCountedObject;
import java.lang.reflect.Field;

/**
 * Gives back the references that webrtc-java 0.14.0 keeps for ever: closing a connection leaves its native object and
 * those of its senders alive, about 0.25 MB a viewer.
 */
final class NativeReferences extends RefCountedObject {

    private static final Field HANDLE = handleField();

    private static Field handleField() {
        try {
            Field field = NativeObject.class.getDeclaredField("nativeHandle");
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private NativeReferences() {}

    /** The native address behind an object, to be read before the object is closed; 0 for null. */
    static long handle(NativeObject object) {
        try {
            return object == null ? 0 : HANDLE.getLong(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Gives back one reference to the object at {@code handle}. */
    static void release(long handle) {
        if (handle == 0) {
            return;
        }
        try {
            NativeReferences reference = new NativeReferences();
            HANDLE.setLong(reference, handle);
            reference.release();
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
