// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkSelectionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "                          | []",
                "macvlan-nad               | [{\"name\":\"macvlan-nad\"}]",
                "net1,ns/net2@eth5         | [{\"name\":\"net1\"},{\"name\":\"net2\",\"namespace\":\"ns\",\"interface\":\"eth5\"}]",
                "a@b , c                   | [{\"name\":\"a\",\"interface\":\"b\"},{\"name\":\"c\"}]",
                "ns / a @ eth0:1           | [{\"name\":\"a\",\"namespace\":\"ns\",\"interface\":\"eth0:1\"}]",
                "[{\"name\":\"x\",\"n\":2.50}]  | [{\"name\":\"x\",\"n\":2.50}]",
                "[{\"name\":\"x\",\"ips\":[\"1.2.3.4/24\"],\"future\":{\"k\":1}}] | [{\"name\":\"x\",\"ips\":[\"1.2.3.4/24\"],\"future\":{\"k\":1}}]",
            })
    void both_forms_come_out_as_json_with_nothing_lost(String annotation, String json) throws FormatException {
        assertThat(NetworkSelection.parse(annotation).toAnnotation()).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[1]",
                "[{}]",
                "[{\"name\":\"\"}]",
                "[{\"name\":",
                "[] []",
                "a,,b",
                "a b",
                "/a",
                "a@",
                "a@0123456789abcdef"
            })
    void what_is_neither_form_is_refused(String annotation) {
        assertThatThrownBy(() -> NetworkSelection.parse(annotation)).isInstanceOf(FormatException.class);
    }

    @Test
    void slice_targets_survive_a_round_trip() throws FormatException {
        var targets = new SliceTargets(
                7, java.util.List.of(new SliceTargets.Target("u-1", 3, java.util.List.of("20.0.0.1/32"))));
        assertThat(targets.toAnnotation())
                .isEqualTo("{\"revision\":7,\"targets\":[{\"uid\":\"u-1\",\"id\":3,\"vips\":[\"20.0.0.1/32\"]}]}");
        assertThat(SliceTargets.parse(targets.toAnnotation())).isEqualTo(targets);
        assertThat(SliceTargets.parse(null)).isEqualTo(SliceTargets.EMPTY);
        assertThatThrownBy(() -> SliceTargets.parse("[]")).isInstanceOf(FormatException.class);
    }
}
