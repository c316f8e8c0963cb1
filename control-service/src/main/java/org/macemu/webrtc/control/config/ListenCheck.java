package org.macemu.webrtc.control.config;

import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.macemu.webrtc.api.access.ListenAddress;

/** Ends the start of this service when its {@link ListenAddress} cannot be used, and gives the address to others. */
@Singleton
public class ListenCheck {

    private final ListenAddress address;

    @Inject
    ListenCheck(
            @ConfigProperty(name = "quarkus.http.host") String host,
            @ConfigProperty(name = "quarkus.http.port") int port,
            ControlConfig config) {
        // Tokens or the operator's word: either way strangers are expected.
        this.address = new ListenAddress(
                host, port, config.insecureBind() || config.access().keyFile().isPresent());
    }

    @Produces
    @Singleton
    ListenAddress address() {
        return address;
    }

    void onStart(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
        String problem = address.problem(LaunchMode.current() == LaunchMode.NORMAL);
        if (problem != null) {
            throw new ConfigurationException("control-service: " + problem);
        }
    }
}
