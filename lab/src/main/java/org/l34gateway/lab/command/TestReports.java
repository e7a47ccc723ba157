// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab.command;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * What the test runs of all modules came to, from the reports that Maven has left.
 *
 * @param skipped one line per test that did not run, with the reason that it gave
 */
record TestReports(int passed, int failed, List<String> skipped) {
    TestReports {
        skipped = List.copyOf(skipped);
    }

    /**
     * Reads {@code MODULE/target/surefire-reports} of every module.
     *
     * @param since older reports are of tests that an earlier run had
     */
    static TestReports of(Path root, Instant since) {
        int tests = 0;
        int failed = 0;
        var skipped = new ArrayList<String>();
        for (Path file : files(root, since)) {
            Element suite = read(file);
            tests += number(suite, "tests");
            failed += number(suite, "failures") + number(suite, "errors");
            var marks = suite.getElementsByTagName("skipped");
            for (int i = 0; i < marks.getLength(); i++) {
                var mark = (Element) marks.item(i);
                var test = (Element) mark.getParentNode();
                skipped.add(test.getAttribute("classname") + "." + test.getAttribute("name") + ": "
                        + mark.getAttribute("message"));
            }
        }
        return new TestReports(tests - failed - skipped.size(), failed, skipped);
    }

    /**
     * Prints the sum as the last line.
     *
     * @param strict a skipped test counts as a failure, as in CI: a machine that cannot run it proves nothing
     * @return exit code
     */
    int show(PrintStream out, boolean strict) {
        skipped.forEach(line -> out.println("skipped: " + line));
        out.println(passed + " passed, " + failed + " failed, " + skipped.size() + " skipped");
        return failed > 0 || (strict && !skipped.isEmpty()) ? 1 : 0;
    }

    private static List<Path> files(Path root, Instant since) {
        var files = new ArrayList<Path>();
        try (var modules = Files.newDirectoryStream(root, Files::isDirectory)) {
            for (Path module : modules) {
                Path reports = module.resolve("target/surefire-reports");
                if (Files.isDirectory(reports)) {
                    try (var found = Files.newDirectoryStream(reports, "TEST-*.xml")) {
                        for (Path file : found) {
                            if (Files.getLastModifiedTime(file).toInstant().isAfter(since)) {
                                files.add(file);
                            }
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("test reports below " + root, e);
        }
        return files;
    }

    private static Element read(Path file) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        } catch (SAXException | ParserConfigurationException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
    }

    private static int number(Element suite, String attribute) {
        return Integer.parseInt(suite.getAttribute(attribute));
    }
}
