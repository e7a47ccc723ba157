// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The states of the labs of this machine, one file per lab.
 *
 * @param folder usually /run/l34-lab, which a reboot empties just as it ends the labs
 */
record LabStore(Path folder) {
    static final LabStore OF_THIS_MACHINE = new LabStore(Path.of("/run/l34-lab"));

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Empty when there is no lab of that name. */
    Optional<LabState> read(String name) {
        Path file = file(name);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), LabState.class));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can not be read; remove it after `./l34 lab down`", e);
        }
    }

    /** Replaces the file by a rename, so that a reader sees the old or the new state. */
    void write(LabState state) {
        try {
            Files.createDirectories(folder);
            Path fresh = folder.resolve(state.name() + ".new");
            JSON.writerWithDefaultPrettyPrinter().writeValue(fresh.toFile(), state);
            Files.move(fresh, file(state.name()), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the state of lab " + state.name() + " can not be written", e);
        }
    }

    /** Forgets a lab. */
    void remove(String name) throws IOException {
        Files.deleteIfExists(file(name));
        Files.deleteIfExists(folder.resolve(name + ".new"));
    }

    /** Names of the labs that are up or on their way, sorted. */
    List<String> names() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".json"))
                    .map(file -> file.substring(0, file.length() - ".json".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    Path lock() {
        return folder.resolve("lock");
    }

    private Path file(String name) {
        return folder.resolve(name + ".json");
    }
}
