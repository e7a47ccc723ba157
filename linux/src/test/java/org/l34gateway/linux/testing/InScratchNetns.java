// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.linux.testing;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.l34gateway.linux.Libc;
import org.l34gateway.netlink.Errno;

/**
 * Runs each test method in an empty network namespace of its own ({@code lo} up), which dies with the method's thread.
 * Parameters of type {@link ScratchNetns} are further namespaces, closed after the method. Skips with a reason when the
 * process may not make namespaces; setup and teardown methods run outside.
 */
public final class InScratchNetns
        implements InvocationInterceptor, ParameterResolver, ExecutionCondition, AfterEachCallback {
    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(InScratchNetns.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        var attempt = new FutureTask<>(() -> Libc.unshare(Libc.CLONE_NEWNET));
        Thread.ofPlatform().name("may we unshare?").start(attempt);
        try {
            int result = attempt.get();
            return result == 0
                    ? ConditionEvaluationResult.enabled("namespaces can be made")
                    : ConditionEvaluationResult.disabled(
                            "skipped: no CAP_SYS_ADMIN (unshare: " + Errno.name(-result) + ")");
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        inside(test, method);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> test, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        inside(test, method);
    }

    private static void inside(Invocation<@Nullable Void> test, ReflectiveInvocationContext<Method> method)
            throws Throwable {
        var run = new FutureTask<@Nullable Throwable>(() -> {
            try {
                ScratchNetns.check("unshare", Libc.unshare(Libc.CLONE_NEWNET));
                ScratchNetns.switchLoopbackOn();
                test.proceed();
                return null;
            } catch (Throwable failure) {
                return failure;
            }
        });
        Thread.ofPlatform()
                .name("netns-" + method.getExecutable().getName())
                .start(run)
                .join();
        @Nullable Throwable failure = run.get();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ScratchNetns.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ScratchNetns netns = ScratchNetns.create();
        made(context).add(netns);
        return netns;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        made(context).forEach(ScratchNetns::close);
    }

    @SuppressWarnings("unchecked") // the store keeps what computeIfAbsent put there
    private static List<ScratchNetns> made(ExtensionContext context) {
        return (List<ScratchNetns>) context.getStore(STORE).computeIfAbsent("made", _ -> new ArrayList<ScratchNetns>());
    }
}
