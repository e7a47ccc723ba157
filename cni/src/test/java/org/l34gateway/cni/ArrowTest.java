// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArrowTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.l34gateway.cni");

    @Test
    void only_the_jvm_host_sees_module_linux() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.JvmHost(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.l34gateway.linux..")
                .check(classes);
    }

    @Test
    void only_the_native_host_sees_teavm() {
        noClasses()
                .that()
                .haveNameNotMatching(".*\\.Native(Host|Libc)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.teavm..")
                .check(classes);
    }
}
