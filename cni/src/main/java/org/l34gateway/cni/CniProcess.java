// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.cni;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.l34gateway.cni.host.Host;
import org.l34gateway.cni.host.HostFiles;
import org.l34gateway.cni.json.Json;
import org.l34gateway.cni.json.JsonRefused;
import org.l34gateway.cni.json.JsonWriter;
import org.l34gateway.cni.json.Utf8;
import org.l34gateway.netlink.KernelRefused;

/**
 * One execution of a plugin: environment and standard input in, one JSON text on standard output (or none), exit code 0 or
 * 1. VERSION does not read standard input, because some callers leave it open.
 */
public final class CniProcess {
    /** A configuration larger than this is refused; real ones have a few KiB. */
    private static final int MAX_CONFIG_BYTES = 256 * 1024;

    private final Host host;
    private final Plugin plugin;
    private String cniVersion = CniVersion.V1_1_0.toString();

    private CniProcess(Host host, Plugin plugin) {
        this.host = host;
        this.plugin = plugin;
    }

    /** Does what the environment says. Returns the exit code. */
    public static int run(Host host, Plugin plugin) {
        return new CniProcess(host, plugin).run();
    }

    private int run() {
        Output output = output();
        new HostFiles(host).writeAll(Host.STDOUT, "standard output", Utf8.encode(output.text()));
        return output.exitCode();
    }

    private Output output() {
        try {
            return new Output(0, answer(env("CNI_COMMAND")));
        } catch (CniError error) {
            return new Output(1, error(error));
        } catch (KernelRefused refused) {
            return new Output(1, error(new CniError(CniError.KERNEL_REFUSED, text(refused))));
        } catch (RuntimeException unexpected) {
            // The top of the process: whatever happened, the runtime must get JSON.
            return new Output(1, error(new CniError(CniError.INTERNAL, "internal error: " + unexpected)));
        }
    }

    private record Output(int exitCode, String text) {}

    private String answer(String command) {
        return switch (command) {
            case "ADD" -> add();
            case "DEL" -> {
                Json.Obj config = config(CniVersion.V0_1_0, "CNI_CONTAINERID", "CNI_IFNAME");
                plugin.remove(records(config), key(), env("CNI_NETNS"));
                yield "";
            }
            case "CHECK" -> {
                Json.Obj config = config(CniVersion.V0_4_0, "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME");
                plugin.check(records(config), request(config));
                yield "";
            }
            case "GC" -> {
                collectGarbage(config(CniVersion.V1_1_0));
                yield "";
            }
            case "STATUS" -> {
                config(CniVersion.V1_1_0);
                yield "";
            }
            case "VERSION" -> version();
            case "" ->
                throw new CniError(
                        CniError.INVALID_ENVIRONMENT,
                        "required env variables [CNI_COMMAND] missing",
                        plugin.name() + " is a CNI plugin; a container runtime starts it");
            default -> throw new CniError(CniError.INVALID_ENVIRONMENT, "unknown CNI_COMMAND: " + command);
        };
    }

    private String add() {
        Json.Obj config = config(CniVersion.V0_1_0, "CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME");
        Request request = request(config);
        plugin.add(records(config), request);
        if (config.get("prevResult") instanceof Json.Obj previous) {
            return previous.source();
        }
        JsonWriter out = new JsonWriter().open('{').member("cniVersion", cniVersion);
        if (CniVersion.of(cniVersion).isAtLeast(CniVersion.V0_3_0)) {
            // There is no such interface. Runtimes want one, and tools that detach find the attachment by its name.
            out.name("interfaces")
                    .open('[')
                    .open('{')
                    .member("name", request.who().key().ifname());
            out.member("mac", "00:00:00:00:00:00")
                    .member("sandbox", request.who().netns());
            out.close('}').close(']');
        }
        return out.name("dns").open('{').close('}').close('}').toString();
    }

    private static String version() {
        JsonWriter out = new JsonWriter().open('{').member("cniVersion", CniVersion.V1_1_0.toString());
        return out.member("supportedVersions", CniVersion.all()).close('}').toString();
    }

    /** Removes the attachments of this network that the runtime does not know, each for itself. */
    private void collectGarbage(Json.Obj config) {
        List<String> valid = new ArrayList<>();
        for (Json each : config.items("cni.dev/valid-attachments")) {
            if (each instanceof Json.Obj attachment) {
                valid.add(attachment.text("containerID") + "@" + attachment.text("ifname"));
            }
        }
        List<String> failures = new ArrayList<>();
        AttachmentRecords records = records(config);
        for (AttachmentRecord each : records.list()) {
            boolean ours =
                    each.plugin().equals(plugin.name()) && each.who().network().equals(config.text("name"));
            if (ours && !valid.contains(each.who().key().toString())) {
                try {
                    plugin.remove(records, each.who().key(), "");
                } catch (KernelRefused refused) {
                    failures.add(text(refused));
                }
            }
        }
        if (!failures.isEmpty()) {
            throw new CniError(CniError.KERNEL_REFUSED, "garbage collection is not complete", failures.toString());
        }
    }

    /** Checks the environment, then reads and checks the configuration. */
    private Json.Obj config(CniVersion oldest, String... required) {
        List<String> missing = new ArrayList<>();
        for (String name : required) {
            if (env(name).isEmpty()) {
                missing.add(name);
            }
        }
        if (!missing.isEmpty()) {
            throw new CniError(CniError.INVALID_ENVIRONMENT, "required env variables " + missing + " missing");
        }
        Json.Obj config = parse(readInput());
        cniVersion = CniVersion.of(config.text("cniVersion")).toString();
        String name = config.text("name");
        if (name.isEmpty()) {
            throw new CniError(CniError.INVALID_CONFIGURATION, "missing network name");
        }
        if (!AttachmentKey.isIdentifier(name)) {
            throw new CniError(CniError.INVALID_CONFIGURATION, "invalid characters in network name \"" + name + "\"");
        }
        if (required.length > 0) {
            key();
        }
        if (!CniVersion.of(cniVersion).isAtLeast(oldest)) {
            throw new CniError(
                    CniError.INCOMPATIBLE_VERSION, env("CNI_COMMAND") + " needs cniVersion " + oldest + " or later");
        }
        return config;
    }

    private byte[] readInput() {
        try {
            return new HostFiles(host).readAll(Host.STDIN, "standard input", MAX_CONFIG_BYTES);
        } catch (KernelRefused refused) {
            throw new CniError(CniError.IO_FAILURE, "standard input can not be read", text(refused));
        }
    }

    private static Json.Obj parse(byte[] input) {
        if (input.length > MAX_CONFIG_BYTES) {
            throw new CniError(
                    CniError.DECODING_FAILURE, "network configuration is larger than " + MAX_CONFIG_BYTES + " bytes");
        }
        try {
            if (Json.read(input) instanceof Json.Obj config) {
                return config;
            }
            throw new CniError(CniError.DECODING_FAILURE, "network configuration is no JSON object");
        } catch (JsonRefused refused) {
            throw new CniError(CniError.DECODING_FAILURE, "network configuration is no JSON", text(refused));
        }
    }

    private Request request(Json.Obj config) {
        return Request.of(key(), env("CNI_NETNS"), env("CNI_ARGS"), config);
    }

    private AttachmentKey key() {
        try {
            return new AttachmentKey(env("CNI_CONTAINERID"), env("CNI_IFNAME"));
        } catch (IllegalArgumentException invalid) {
            throw new CniError(CniError.INVALID_ENVIRONMENT, text(invalid));
        }
    }

    private AttachmentRecords records(Json.Obj config) {
        String directory = config.text("dataDir");
        if (!directory.isEmpty() && !directory.startsWith("/")) {
            throw new CniError(CniError.INVALID_CONFIGURATION, "dataDir must be absolute, got \"" + directory + "\"");
        }
        return new AttachmentRecords(host, directory.isEmpty() ? AttachmentRecords.DEFAULT_DIRECTORY : directory);
    }

    private String error(CniError error) {
        JsonWriter out = new JsonWriter().open('{').member("cniVersion", cniVersion);
        out.name("code").value(error.code()).member("msg", error.message());
        if (!error.details().isEmpty()) {
            out.member("details", error.details());
        }
        return out.close('}').toString();
    }

    private String env(String name) {
        @Nullable String value = host.env(name);
        return value == null ? "" : value;
    }

    private static String text(RuntimeException exception) {
        String message = exception.getMessage();
        return message == null ? "" : message;
    }
}
