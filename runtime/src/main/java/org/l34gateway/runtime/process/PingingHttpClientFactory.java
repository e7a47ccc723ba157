// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.runtime.process;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.http.HttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * fabric8's backend on the JDK's HTTP client, whose WebSockets (watches, that is) ask the other side whether it is still
 * there. Neither the JDK nor fabric8 does, so that a connection which a firewall, a load balancer or the death of a
 * machine cut silently would never end.
 */
final class PingingHttpClientFactory extends JdkHttpClientFactory {
    private final Duration interval;

    /** @param interval between two pings; a connection on which nothing was heard after one of them is given up at the next */
    PingingHttpClientFactory(Duration interval) {
        this.interval = interval;
    }

    @Override
    protected HttpClient.Builder createNewHttpClientBuilder() {
        HttpClient.Builder builder = super.createNewHttpClientBuilder();
        return (HttpClient.Builder) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpClient.Builder.class},
                (self, method, arguments) -> pinging(self, builder, method, arguments));
    }

    /** All methods of the builder return the builder, but the one that returns the client. */
    private Object pinging(Object self, HttpClient.Builder builder, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            Object result = method.invoke(builder, arguments);
            return result instanceof HttpClient client ? new PingingHttpClient(client, interval) : self;
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
