package org.macemu.webrtc.api.access;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;

/**
 * Prints an invitation link: how the first owner comes in, whom nobody can invite. Who may read the key file may make
 * such a link.
 *
 * <pre>java -cp 'lib/main/*:lib/boot/*' org.macemu.webrtc.api.access.InvitationLink \
 *     KEY-FILE ROLE DURATION ADDRESS</pre>
 *
 * in {@code control-service/target/quarkus-app}; for example {@code access.key owner P7D http://192.0.2.1:8000}.
 */
public final class InvitationLink {

    private static final String DEFAULT_SESSION = "mac";

    private InvitationLink() {}

    /** Ends with status 2 and a sentence when the arguments do not fit. */
    public static void main(String[] arguments) {
        try {
            System.out.println(link(arguments));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            System.err.println("No invitation link: " + e.getMessage());
            System.exit(2);
        }
    }

    static String link(String... arguments) throws IOException {
        if (arguments.length != 4) {
            throw new IllegalArgumentException("a key file, a role, a duration (P7D) and an address are expected");
        }
        AccessRole role = AccessRole.of(arguments[1])
                .orElseThrow(() -> new IllegalArgumentException(
                        "the role is " + arguments[1] + "; guest, controller or owner is expected"));
        String session = System.getenv().getOrDefault("MACEMU_ACCESS_SESSION", DEFAULT_SESSION);
        return arguments[3] + "/?token="
                + new AccessTokens(Path.of(arguments[0]), session).issue(role, "", Duration.parse(arguments[2]));
    }
}
