// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.balancer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.l34gateway.ip.IpAddress;
import org.l34gateway.linux.Nftables;

/** Reads our table out of the kernel, from libnftables' JSON (libnftables-json(5)). */
final class TableReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Nftables nftables;

    TableReader(Nftables nftables) {
        this.nftables = nftables;
    }

    /**
     * The table with the content of its sets and small maps.
     *
     * @param known slot maps whose content need not be read: 65,537 slots take about 0.2 s
     */
    PresentTable read(Map<String, char[]> known) {
        if (!exists()) {
            return PresentTable.NONE;
        }
        Map<String, PresentTable.Chain> chains = new HashMap<>();
        Map<String, PresentTable.Elements> elements = new HashMap<>();
        Map<String, char[]> slotMaps = new HashMap<>();
        for (JsonNode each : list(nftables.listWithoutElements("list table " + WantedTable.TABLE))) {
            JsonNode chain = each.path("chain");
            JsonNode rule = each.path("rule");
            if (chain.isObject()) {
                chains.put(
                        chain.path("name").asText(),
                        new PresentTable.Chain(chain.path("policy").asText(), 0, List.of(), List.of()));
            } else if (rule.isObject()) {
                chains.computeIfPresent(rule.path("chain").asText(), (_, shape) -> with(shape, rule));
            } else if (each.has("set") || each.has("map")) {
                String kind = each.has("set") ? "set" : "map";
                String name = each.path(kind).path("name").asText();
                if (!SlotMaps.isSlotMap(name)) {
                    elements.put(name, new PresentTable.Elements(kind, entries(kind, name)));
                } else {
                    char[] content = known.get(name);
                    slotMaps.put(name, content == null ? slots(name) : content);
                }
            }
        }
        return new PresentTable(true, chains, elements, slotMaps);
    }

    /** Whether there is a table of ours. */
    boolean exists() {
        for (JsonNode each : list(nftables.list("list tables inet"))) {
            if (each.path("table").path("name").asText().equals("l34")) {
                return true;
            }
        }
        return false;
    }

    private static PresentTable.Chain with(PresentTable.Chain chain, JsonNode rule) {
        List<String> goes = new ArrayList<>(chain.goes());
        rule.path("expr")
                .findValues("goto")
                .forEach(each -> goes.add(each.path("target").asText()));
        rule.path("expr")
                .findValues("jump")
                .forEach(each -> goes.add(each.path("target").asText()));
        List<String> looks = new ArrayList<>(chain.looks());
        rule.path("expr").findValues("data").forEach(each -> {
            if (each.asText().startsWith("@")) {
                looks.add(each.asText().substring(1));
            }
        });
        return new PresentTable.Chain(chain.policy(), chain.rules() + 1, goes, looks);
    }

    private Map<String, String> entries(String kind, String name) {
        Map<String, String> entries = new TreeMap<>();
        for (JsonNode element : elements(kind, name)) {
            if (kind.equals("map")) {
                String chain = element.path(1).path("goto").path("target").asText();
                entries.put(key(name, element.path(0)), "goto " + chain);
            } else {
                entries.put(key(name, element), "");
            }
        }
        return entries;
    }

    /** The packets and bytes of each element of a set or map that counts. */
    Map<String, Counters.Count> counts(String kind, String name) {
        Map<String, Counters.Count> counts = new TreeMap<>();
        for (JsonNode element : elements(kind, name)) {
            JsonNode key = kind.equals("map") ? element.path(0) : element;
            JsonNode counter = key.path("elem").path("counter");
            counts.put(
                    key(name, key),
                    new Counters.Count(
                            counter.path("packets").asLong(),
                            counter.path("bytes").asLong()));
        }
        return counts;
    }

    private char[] slots(String name) {
        char[] marks = new char[SlotMaps.slots(name)];
        for (JsonNode element : elements("map", name)) {
            int slot = element.path(0).asInt() - Marks.SLOT_OFFSET;
            if (slot >= 0 && slot < marks.length) {
                marks[slot] = (char) element.path(1).asInt();
            }
        }
        return marks;
    }

    private JsonNode elements(String kind, String name) {
        for (JsonNode each : list(nftables.list("list " + kind + " " + WantedTable.TABLE + " " + name))) {
            if (each.has(kind)) {
                return each.path(kind).path("elem");
            }
        }
        return JSON.missingNode();
    }

    /** One way to write a key: addresses as {@link IpAddress} does, marks in decimal, raw payload in hexadecimal. */
    private static String key(String name, JsonNode node) {
        JsonNode value = node.has("elem") ? node.path("elem").path("val") : node;
        String text = value.asText();
        return switch (name) {
            case TableText.TARGETS -> text;
            case TableText.QUOTED4, TableText.QUOTED6 ->
                text.startsWith("0x") ? text : Matches.hex(new BigInteger(text));
            default -> IpAddress.parse(text).toString();
        };
    }

    private static JsonNode list(String json) {
        try {
            return JSON.readTree(json).path("nftables");
        } catch (JsonProcessingException unreadable) {
            throw new IllegalStateException("libnftables wrote JSON that can not be read", unreadable);
        }
    }
}
