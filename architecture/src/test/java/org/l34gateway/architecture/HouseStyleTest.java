// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Rules that Maven's arrows cannot say, each with the reason. */
@AnalyzeClasses(packages = "org.l34gateway", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseStyleTest {
    @ArchTest
    static final ArchRule names_say_what_a_type_is = noClasses()
            .should()
            .haveNameMatching(".*(Utils?|Helper|(?<!Field)Manager|Impl)")
            .orShould()
            .haveNameMatching(".*\\.(Abstract|Base)[A-Z][^.]*")
            .because("such names hide an idea that has a name of its own; a field manager is Kubernetes' word");

    @ArchTest
    static final ArchRule packages_say_what_lives_there = noClasses()
            .should()
            .resideInAnyPackage("..utils..", "..util..", "..helper..", "..common..", "..impl..")
            .because("a package is one idea");

    @ArchTest
    static final ArchRule decisions_are_pure = noClasses()
            .that()
            .resideInAnyPackage("org.l34gateway.routing..", "org.l34gateway.attachments..", "org.l34gateway.program..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.io..",
                    "java.nio.file..",
                    "java.net..",
                    "java.util.concurrent..",
                    "org.slf4j..",
                    "com.sun.jna..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .because("what decides is tested without a cluster, a kernel or a clock");

    @ArchTest
    static final ArchRule native_code_reaches_only_what_teavm_compiles = noClasses()
            .that()
            .resideInAnyPackage("org.l34gateway.ip..", "org.l34gateway.netlink..")
            .or()
            .resideInAPackage("org.l34gateway.cni")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "com.sun.jna..",
                    "java.net..",
                    "java.lang.reflect..",
                    "java.util.concurrent..",
                    "org.l34gateway.linux..")
            .because("the CNI plugins are compiled ahead of time by TeaVM");

    @ArchTest
    static final ArchRule vertx_stays_in_the_webhook = noClasses()
            .that()
            .resideOutsideOfPackage("org.l34gateway.webhook..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.vertx..")
            .because("futures live at one edge only");

    @ArchTest
    static final ArchRule kubernetes_and_kernel_meet_only_in_the_agents = noClasses()
            .that()
            .resideInAnyPackage(
                    "org.l34gateway.balancer..",
                    "org.l34gateway.bird..",
                    "org.l34gateway.cni..",
                    "org.l34gateway.linux..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.fabric8..", "org.l34gateway.api..")
            .because("the data plane knows programs, not clusters");

    @ArchTest
    static final ArchRule one_logging_door = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    @ArchTest
    static final ArchRule no_sleeps = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", java.time.Duration.class)
            .because("a condition is awaited, time is not spent");
}
