// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.teavm.diagnostics.Problem;
import org.teavm.diagnostics.ProblemSeverity;
import org.teavm.tooling.ConsoleTeaVMToolLog;
import org.teavm.tooling.TeaVMTargetType;
import org.teavm.tooling.TeaVMTool;
import org.teavm.tooling.TeaVMToolException;
import org.teavm.vm.TeaVMOptimizationLevel;

/**
 * Turns a main class into one static executable: TeaVM writes C, gcc compiles it. Arguments: main class, output file,
 * directory for generated C, {@code true} to fail when there is no gcc. Builds only when a class is newer than the output.
 * With {@code -Dnative.aarch64.gcc}, a cross compiler, there is one for aarch64 too, in a directory beside.
 */
public final class NativeExecutable {
    private static final int MIN_HEAP_BYTES = 1 << 20;
    /** Room for a configuration of the largest size that is read. */
    private static final int MAX_HEAP_BYTES = 64 << 20;

    /** What the generated C sees before everything else; a resource beside this class. */
    private static final String PREAMBLE = "preamble.h";

    /** Where the generated C declares a variable or parameter: type and name. */
    private static final Pattern LOCAL = Pattern.compile(
            "(?:volatile )?\\b(void\\*|u?int\\d+_t|char16_t|float|double) (teavm_(?:local|spill)_\\d+)\\b");

    /** Says which compiler made the output. */
    private static final String COMPILER = "compiler.txt";

    private NativeExecutable() {}

    public static void main(String[] args) throws Exception {
        Path output = Path.of(args[1]);
        Path sources = Path.of(args[2]);
        build(args[0], output, sources, System.getProperty("native.gcc", "gcc"), Boolean.parseBoolean(args[3]));

        Path aarch64 = Path.of(output.toAbsolutePath().getParent() + "-aarch64").resolve(output.getFileName());
        String gcc = System.getProperty("native.aarch64.gcc", "");
        if (gcc.isEmpty()) {
            Files.deleteIfExists(aarch64);
        } else {
            build(args[0], aarch64, Path.of(sources + "-aarch64"), gcc, false);
        }
    }

    private static void build(String mainClass, Path output, Path sources, String gcc, boolean required)
            throws Exception {
        if (isUpToDate(output, sources, gcc)) {
            return;
        }
        Files.deleteIfExists(output); // an old one must not be tested or shipped
        if (!works(gcc)) {
            String missing = gcc + " is missing (Debian packages gcc, libc6-dev; ./l34 installs them)";
            if (required) {
                throw new IllegalStateException(missing);
            }
            System.out.println("[WARNING] " + output + " is not built: " + missing);
            return;
        }
        deleteTree(sources);
        Files.createDirectories(sources);
        Files.createDirectories(output.toAbsolutePath().getParent());
        generate(mainClass, sources);
        keepLocalsInMemory(sources);
        compile(gcc, sources, output);
        Files.writeString(sources.resolve(COMPILER), gcc);
    }

    private static void generate(String mainClass, Path sources) throws TeaVMToolException {
        TeaVMTool tool = new TeaVMTool();
        tool.setTargetType(TeaVMTargetType.C);
        tool.setMainClass(mainClass);
        tool.setTargetDirectory(sources.toFile());
        tool.setTargetFileName("");
        // Without names of methods and files for stack traces, which nobody prints: 640 strings less to make at each
        // start.
        tool.setObfuscated(true);
        tool.setOptimizationLevel(TeaVMOptimizationLevel.ADVANCED);
        tool.setMinHeapSize(MIN_HEAP_BYTES);
        tool.setMaxHeapSize(MAX_HEAP_BYTES);
        tool.setHeapDump(false);
        tool.setShortFileNames(true);
        tool.setLog(new ConsoleTeaVMToolLog(false));
        tool.setClassLoader(NativeExecutable.class.getClassLoader());
        tool.generate();
        List<String> errors = new ArrayList<>();
        for (Problem problem : tool.getProblemProvider().getProblems()) {
            if (problem.getSeverity() == ProblemSeverity.ERROR) {
                errors.add(problem.getText() + " " + List.of(problem.getParams()) + " at "
                        + (problem.getLocation() == null
                                ? "?"
                                : problem.getLocation().getMethod()));
            }
        }
        if (!errors.isEmpty()) {
            throw new IllegalStateException("TeaVM can not compile " + mainClass + ":\n" + String.join("\n", errors));
        }
    }

    /**
     * Makes local variables volatile where exceptions are caught. TeaVM throws by longjmp, after which a variable that was set
     * since setjmp and that the C compiler kept in a register has its old value (C17, 7.13.2.1). TeaVM 0.13 forgets some of
     * them, and makes of others pointers to what is volatile: a handler closed a file that was none.
     */
    private static void keepLocalsInMemory(Path sources) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".c")).toList()) {
                String code = Files.readString(file);
                if (code.contains("TEAVM_TRY")) {
                    Files.writeString(file, LOCAL.matcher(code).replaceAll("$1 volatile $2"));
                }
            }
        }
    }

    /** -iquote, not -I: a generated time.h would hide the system's. _GNU_SOURCE: setns. */
    private static void compile(String gcc, Path sources, Path output) throws IOException, InterruptedException {
        Path temporary = output.resolveSibling(output.getFileName() + ".tmp");
        try (InputStream header =
                Objects.requireNonNull(NativeExecutable.class.getResourceAsStream(PREAMBLE), PREAMBLE)) {
            Files.copy(header, sources.resolve(PREAMBLE));
        }
        Process compiler = new ProcessBuilder(
                        gcc,
                        "-O2",
                        "-static",
                        "-s",
                        "-w",
                        "-D_GNU_SOURCE",
                        "-iquote",
                        ".",
                        "-include",
                        PREAMBLE,
                        "all.c",
                        "-lm",
                        "-o",
                        temporary.toAbsolutePath().toString())
                .directory(sources.toFile())
                .redirectErrorStream(true)
                .start();
        String words = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new IllegalStateException(gcc + " failed:\n" + words);
        }
        Files.move(temporary, output, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean works(String gcc) throws InterruptedException {
        try {
            return new ProcessBuilder(gcc, "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    /** Whether the output is newer than every class and jar that it could be made of, and of the same compiler. */
    private static boolean isUpToDate(Path output, Path sources, String gcc) throws IOException {
        Path compiler = sources.resolve(COMPILER);
        if (!Files.exists(output)
                || !Files.exists(compiler)
                || !Files.readString(compiler).equals(gcc)) {
            return false;
        }
        long built = Files.getLastModifiedTime(output).toMillis();
        for (String entry : classPath()) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                try (Stream<Path> files = Files.walk(path)) {
                    if (files.anyMatch(file -> file.toFile().lastModified() > built)) {
                        return false;
                    }
                }
            } else if (path.toFile().lastModified() > built) {
                return false;
            }
        }
        return true;
    }

    private static List<String> classPath() {
        return List.of(System.getProperty("java.class.path", "").split(java.io.File.pathSeparator));
    }

    private static void deleteTree(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
