package org.macemu.webrtc.synthetic;

/** The pictures of a scene without an emulator around them, for benchmarks. Owned by one thread. */
public final class ScenePixels {

    private final Canvas canvas;
    private final Scene scene;

    public ScenePixels(SceneKind kind, int width, int height) {
        this.canvas = new Canvas(width, height);
        this.scene = kind.create(width, height);
    }

    /**
     * The picture {@code nanos} after the scene began; times never go back.
     *
     * @return a pixel per int whose little-endian bytes are R, G, B, A, reused from call to call
     */
    public int[] draw(long nanos) {
        scene.draw(canvas, nanos);
        return canvas.pixels();
    }
}
