package org.macemu.webrtc.api.access;

import jakarta.json.JsonString;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.jwt.JsonWebToken;

/**
 * Where a token that somebody else has signed says what its bearer may do, and in which words. Immutable.
 *
 * @param path the claim; {@code /} leads into objects: {@code realm_access/roles}. Its value is a text or a list of
 *     them
 * @param names what the issuer calls each role; a name that is not among them means nothing here
 */
public record RoleClaim(String path, Map<String, AccessRole> names) {

    /** The claim {@code role} with this product's own words. */
    public static final RoleClaim OWN = of("role", List.of());

    public RoleClaim {
        names = Map.copyOf(names);
    }

    /**
     * Reads configuration.
     *
     * @param names {@code mac-admins=owner} and the like; none: guest, controller, owner
     * @throws IllegalArgumentException with a sentence when one does not fit
     */
    public static RoleClaim of(String path, Collection<String> names) {
        Map<String, AccessRole> roles = new HashMap<>();
        for (String name : names) {
            int equals = name.lastIndexOf('=');
            Optional<AccessRole> role =
                    equals < 1 ? Optional.empty() : AccessRole.of(name.substring(equals + 1).strip());
            roles.put(
                    name.substring(0, Math.max(0, equals)).strip(),
                    role.orElseThrow(() -> new IllegalArgumentException("\"" + name
                            + "\" names no role; the issuer's word, =, and guest, controller or owner are expected")));
        }
        if (roles.isEmpty()) {
            for (AccessRole role : AccessRole.values()) {
                roles.put(role.text(), role);
            }
        }
        return new RoleClaim(path, roles);
    }

    /** The greatest role the token has; empty when it has none. */
    public Optional<AccessRole> of(JsonWebToken token) {
        String[] steps = path.split("/");
        Object value = token.getClaim(steps[0]);
        for (int i = 1; i < steps.length; i++) {
            value = value instanceof Map<?, ?> object ? object.get(steps[i]) : null;
        }
        Stream<?> words = value instanceof Collection<?> list ? list.stream() : Stream.ofNullable(value);
        return words.map(word -> word instanceof JsonString json ? json.getString() : word)
                .filter(String.class::isInstance)
                .map(names::get)
                .filter(Objects::nonNull)
                .max(AccessRole::compareTo);
    }
}
