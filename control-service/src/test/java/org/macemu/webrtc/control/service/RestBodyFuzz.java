package org.macemu.webrtc.control.service;

import java.util.Arrays;

/** Bodies of the REST API: refused with a reason, or a plan within its bounds. */
public final class RestBodyFuzz {

    private RestBodyFuzz() {}

    /** The first byte chooses the endpoint. */
    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] body = Arrays.copyOfRange(data, 1, data.length);
        try {
            switch (data[0] & 3) {
                case 0 -> ConfigPatch.parse(body).json();
                case 1 -> {
                    InputPlan plan = InputPlan.parse(body);
                    if (plan.waitMs() < 0 || plan.waitMs() > 60_000 || plan.request().getStepsCount() > 10_000) {
                        throw new AssertionError(plan.waitMs() + " ms, " + plan.request().getStepsCount() + " steps");
                    }
                }
                default -> RoleChange.parse(body);
            }
        } catch (InvalidRequest e) {
            if (e.getMessage().isBlank() || e.getMessage().length() > 1_000) {
                throw new AssertionError("a reason of " + e.getMessage().length() + " characters", e);
            }
        }
    }
}
