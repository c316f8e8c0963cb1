package org.macemu.webrtc.api.http;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Ends the start of a service when its {@link ListenAddress} cannot be used, and gives the address to others. */
@Singleton
public class ListenCheck {

    private final String service;
    private final ListenAddress address;

    @Inject
    ListenCheck(
            @ConfigProperty(name = "quarkus.application.name") String service,
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.port") int port,
            @ConfigProperty(name = "macemu.insecure-bind", defaultValue = "false") boolean insecureBind,
            @ConfigProperty(name = "macemu.access.key-file") Optional<Path> keyFile) {
        this.service = service;
        // Tokens or the operator's word: either way strangers are expected.
        this.address = new ListenAddress(host, port, insecureBind || keyFile.isPresent());
    }

    @Produces
    @Singleton
    ListenAddress address() {
        return address;
    }

    void onStart(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        String problem = address.problem(LaunchMode.current() == LaunchMode.NORMAL);
        if (problem != null) {
            throw new ConfigurationException(service + ": " + problem);
        }
    }
}
