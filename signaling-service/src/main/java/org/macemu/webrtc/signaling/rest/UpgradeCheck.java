package org.macemu.webrtc.signaling.rest;

import io.quarkus.websockets.next.HttpUpgradeCheck;
import io.quarkus.websockets.next.UserData.TypedKey;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.macemu.webrtc.api.access.AccessToken;

/**
 * Which HTTP requests may become a WebSocket. Browsers apply no same-origin policy to WebSockets: without this check
 * any page a person visits could use the Mac on their machine. Runs on the event loop of the request.
 */
@Singleton
public class UpgradeCheck implements HttpUpgradeCheck {

    /** The browser's address as text, for the session that follows. */
    static final TypedKey<String> REMOTE_ADDRESS = TypedKey.forString("remoteAddress");

    /** The token the browser showed, for the session that follows; absent when nobody is asked for one. */
    static final TypedKey<AccessToken> TOKEN = new TypedKey<>("accessToken");

    /** The session the browser wants; absent for this server's own. */
    static final TypedKey<String> SESSION = TypedKey.forString("session");

    /** The token as text. */
    static final TypedKey<String> TOKEN_TEXT = TypedKey.forString("accessTokenText");

    private final Admission admission;

    @Inject
    UpgradeCheck(Admission admission) {
        this.admission = admission;
    }

    @Override
    public Uni<CheckResult> perform(HttpUpgradeContext context) {
        return switch (admission.decide(context.httpRequest())) {
            case Admission.Refused refused -> CheckResult.rejectUpgrade(refused.status());
            case Admission.Admitted admitted -> {
                context.userData().put(REMOTE_ADDRESS, admitted.remoteAddress());
                context.userData().put(TOKEN_TEXT, admitted.tokenText());
                admitted.session().ifPresent(session -> context.userData().put(SESSION, session));
                admitted.token().ifPresent(token -> context.userData().put(TOKEN, token));
                yield CheckResult.permitUpgrade();
            }
        };
    }
}
