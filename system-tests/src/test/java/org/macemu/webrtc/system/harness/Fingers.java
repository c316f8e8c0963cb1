package org.macemu.webrtc.system.harness;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import java.util.TreeMap;

/** Real touch events: fingers that come down, move and are lifted, by the debugging protocol's Input domain. */
public final class Fingers {

    private record Point(double x, double y) {}

    private final CDPSession session;
    private final TreeMap<Integer, Point> down = new TreeMap<>();

    Fingers(CDPSession session) {
        this.session = session;
    }

    /** A finger comes down at a place of the page, CSS pixels. */
    public Fingers down(int finger, double x, double y) {
        down.put(finger, new Point(x, y));
        send("touchStart");
        return this;
    }

    /** A finger that is down moves. */
    public Fingers move(int finger, double x, double y) {
        down.put(finger, new Point(x, y));
        send("touchMove");
        return this;
    }

    /** Two fingers move together. */
    public Fingers moveBoth(double dx, double dy) {
        down.replaceAll((finger, at) -> new Point(at.x + dx, at.y + dy));
        send("touchMove");
        return this;
    }

    /** Every finger is lifted. */
    public Fingers lift() {
        down.clear();
        send("touchEnd");
        return this;
    }

    /** Down and up again, in less than a person's time for a tap. */
    public Fingers tap(double x, double y) {
        return down(0, x, y).lift();
    }

    private void send(String type) {
        JsonArray points = new JsonArray();
        down.forEach((finger, at) -> {
            JsonObject point = new JsonObject();
            point.addProperty("id", finger);
            point.addProperty("x", at.x);
            point.addProperty("y", at.y);
            points.add(point);
        });
        JsonObject event = new JsonObject();
        event.addProperty("type", type);
        event.add("touchPoints", points);
        session.send("Input.dispatchTouchEvent", event);
    }
}
