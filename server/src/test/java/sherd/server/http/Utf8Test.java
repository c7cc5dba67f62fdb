package sherd.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

class Utf8Test {
    private static final int[] EDGES = {
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
        0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF
    };

    @Test
    void agreesWithTheJdkOnEverySequenceOfEdgeBytes() {
        long seed = Long.getLong("sherd.test.seed", System.nanoTime());
        System.err.println("Utf8Test: -Dsherd.test.seed=" + seed);
        var random = new Random(seed);
        int valid = 0;
        try (var region = new Region(new MemoryBudget(1 << 20), MemoryBudget.Purpose.NETWORK, 64)) {
            for (int i = 0; i < 200_000; i++) {
                var bytes = new byte[random.nextInt(24)];
                for (int at = 0; at < bytes.length; at++) {
                    bytes[at] = (byte) (random.nextInt(3) == 0 ? EDGES[random.nextInt(EDGES.length)] : 'a');
                }
                if (random.nextBoolean()) {
                    bytes = new String(bytes, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.UTF_8);
                }
                OffHeap.copy(bytes, 0, region.address(), bytes.length);
                boolean expected = jdkAccepts(bytes, bytes.length);
                valid += expected ? 1 : 0;
                int invalid = Utf8.firstInvalid(region.address(), bytes.length);
                assertThat(invalid < 0).isEqualTo(expected);
                assertThat(Utf8.firstInvalid(bytes)).isEqualTo(invalid);
                if (invalid >= 0) {
                    assertThat(jdkAccepts(bytes, invalid)).isTrue();
                }
            }
        }
        assertThat(valid).isBetween(50_000, 199_999);
    }

    private static boolean jdkAccepts(byte[] bytes, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
