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
import org.l34gateway.linux.nftables.Nftables;
import org.l34gateway.linux.nftables.NftablesElements;
import org.l34gateway.linux.nftables.NftablesRules;

/**
 * Our table in the kernel of the namespace in which this was opened. What is in it is read from libnftables' JSON
 * (libnftables-json(5)); rules and large maps, with which libnftables is slow, straight from the kernel.
 */
final class KernelTable implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Nftables nftables;
    private final NftablesRules rules;
    private final NftablesElements large;

    private KernelTable(Nftables nftables, NftablesRules rules, NftablesElements large) {
        this.nftables = nftables;
        this.rules = rules;
        this.large = large;
    }

    static KernelTable open() {
        return new KernelTable(Nftables.open(), NftablesRules.open(), NftablesElements.open());
    }

    /**
     * Runs one transaction.
     *
     * @throws org.l34gateway.linux.nftables.NftablesRefused when libnftables or the kernel refuses commands
     * @throws org.l34gateway.netlink.KernelRefused when the kernel refuses changes of elements
     */
    void run(TablePlan.Step step) {
        switch (step) {
            case TablePlan.Step.Commands(var text) -> nftables.run(text);
            case TablePlan.Step.Elements(var changes) -> large.change(WantedTable.NAME, changes);
        }
    }

    /**
     * The table with the content of its sets and small maps.
     *
     * @param known slot maps whose content need not be read
     */
    PresentTable read(Map<String, char[]> known) {
        Map<String, PresentTable.Chain> chains = new HashMap<>();
        for (JsonNode chain : objects("chain")) {
            chains.put(
                    chain.path("name").asText(),
                    new PresentTable.Chain(chain.path("policy").asText(), 0, List.of(), List.of()));
        }
        for (NftablesRules.Rule rule : rules.list(WantedTable.NAME)) {
            chains.computeIfPresent(rule.chain(), (_, shape) -> shape.with(rule.goes(), rule.looks()));
        }
        Map<String, PresentTable.Elements> elements = new HashMap<>();
        Map<String, char[]> slotMaps = new HashMap<>();
        for (String kind : List.of("map", "set")) {
            for (JsonNode each : objects(kind)) {
                String name = each.path("name").asText();
                if (name.equals(TableText.FLOWS) || name.equals(TableText.ENDED_FLOWS)) {
                    // The kernel's own business: packets put flows in, time takes them out.
                    elements.put(name, new PresentTable.Elements(kind, Map.of()));
                } else if (!SlotMaps.isSlotMap(name)) {
                    elements.put(name, new PresentTable.Elements(kind, entries(kind, name)));
                } else {
                    char[] content = known.get(name);
                    slotMaps.put(name, content == null ? slots(name) : content);
                }
            }
        }
        boolean exists = !chains.isEmpty() || !elements.isEmpty() || !slotMaps.isEmpty();
        return new PresentTable(exists, chains, elements, slotMaps);
    }

    /** Our chains, sets or maps, without what is in them. */
    private List<JsonNode> objects(String kind) {
        List<JsonNode> objects = new ArrayList<>();
        for (JsonNode each : list(nftables.listWithoutElements("list " + kind + "s inet"))) {
            if (each.path(kind).path("table").asText().equals(WantedTable.NAME)) {
                objects.add(each.path(kind));
            }
        }
        return objects;
    }

    /** Whether there is a table of ours. */
    boolean exists() {
        return !objects("chain").isEmpty();
    }

    private Map<String, String> entries(String kind, String name) {
        Map<String, String> entries = new TreeMap<>();
        for (JsonNode element : elements(kind, name)) {
            if (kind.equals("map")) {
                String chain = element.path(1).path("goto").path("target").asText();
                entries.put(key(name, element.path(0)), TableText.GOTO + chain);
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
        return large.marks(WantedTable.NAME, name, Marks.SLOT_OFFSET, SlotMaps.slots(name));
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
        if (SlotMaps.isLiveSet(name)) {
            return text;
        }
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

    @Override
    public void close() {
        nftables.close();
        rules.close();
        large.close();
    }
}
