package org.macemu.webrtc.media.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.macemu.webrtc.api.grpc.Role.ROLE_CONTROLLER;
import static org.macemu.webrtc.api.grpc.Role.ROLE_GUEST;
import static org.macemu.webrtc.api.grpc.Role.ROLE_OWNER;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The rules of who holds keyboard and mouse. */
class ControlsTest {

    private final Controls controls = new Controls();

    @Test
    void inputTakesFreeControlsAndKeepsOthersOut() {
        assertTrue(controls.use("ada", ROLE_CONTROLLER));
        assertEquals(Optional.of("ada"), controls.holder());
        assertFalse(controls.use("bob", ROLE_OWNER), "even an owner takes them explicitly, not by a stray click");
        assertTrue(controls.use("ada", ROLE_CONTROLLER));
    }

    @Test
    void aGuestNeverHoldsThem() {
        assertFalse(controls.use("guest", ROLE_GUEST));
        assertTrue(controls.request("guest", ROLE_GUEST).isPresent());
        assertTrue(controls.take("guest", ROLE_GUEST).isPresent());
        assertEquals(Optional.empty(), controls.holder());
    }

    @Test
    void aRequestIsServedAtOnceWhenNobodyHoldsThem() {
        assertTrue(controls.request("ada", ROLE_CONTROLLER).isEmpty());
        assertEquals(Optional.of("ada"), controls.holder());
    }

    @Test
    void aRequestWaitsUntilItIsGranted() {
        controls.use("ada", ROLE_CONTROLLER);
        assertTrue(controls.request("bob", ROLE_CONTROLLER).isEmpty());
        assertTrue(controls.isWaiting("bob"));
        assertTrue(controls.grant("bob", ROLE_CONTROLLER, "bob").isPresent(), "not by the one who waits");
        assertTrue(controls.grant("ada", ROLE_CONTROLLER, "bob").isEmpty());
        assertEquals(Optional.of("bob"), controls.holder());
        assertFalse(controls.isWaiting("bob"));
    }

    @Test
    void aRequestCanBeDeclinedAndWithdrawn() {
        controls.use("ada", ROLE_CONTROLLER);
        controls.request("bob", ROLE_CONTROLLER);
        assertTrue(controls.deny("eve", ROLE_CONTROLLER, "bob").isPresent());
        assertTrue(controls.deny("ada", ROLE_CONTROLLER, "bob").isEmpty());
        assertFalse(controls.isWaiting("bob"));
        controls.request("bob", ROLE_CONTROLLER);
        assertTrue(controls.release("bob"));
        assertFalse(controls.isWaiting("bob"));
        assertEquals(Optional.of("ada"), controls.holder());
    }

    @Test
    void onlyAnOwnerTakesThemFromSomebody() {
        controls.use("ada", ROLE_CONTROLLER);
        assertTrue(controls.take("bob", ROLE_CONTROLLER).isPresent());
        assertEquals(Optional.of("ada"), controls.holder());
        assertTrue(controls.take("owner", ROLE_OWNER).isEmpty());
        assertEquals(Optional.of("owner"), controls.holder());
    }

    @Test
    void whoVanishesLeavesThemFree() {
        controls.use("ada", ROLE_CONTROLLER);
        assertFalse(controls.release("bob"));
        assertTrue(controls.release("ada"));
        assertTrue(controls.use("bob", ROLE_CONTROLLER));
    }

    @Test
    void aCrowdDoesNotWaitForEver() {
        controls.use("ada", ROLE_CONTROLLER);
        for (int i = 0; i < 50; i++) {
            assertTrue(controls.request("v" + i, ROLE_CONTROLLER).isEmpty());
        }
        assertTrue(controls.request("one-more", ROLE_CONTROLLER).isPresent());
        assertTrue(controls.request("v7", ROLE_CONTROLLER).isEmpty(), "asking twice is no second request");
    }
}
