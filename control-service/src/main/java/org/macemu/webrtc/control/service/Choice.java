package org.macemu.webrtc.control.service;

/** A parameter that is one of two words. */
public final class Choice {

    private Choice() {}

    /**
     * Whether it is the second.
     *
     * @param name the parameter's, for whoever sent something else
     * @throws InvalidRequest when it is neither
     */
    public static boolean isSecond(String name, String value, String first, String second) throws InvalidRequest {
        if (!value.equals(first) && !value.equals(second)) {
            throw new InvalidRequest(name + " is neither " + first + " nor " + second + ".");
        }
        return value.equals(second);
    }
}
