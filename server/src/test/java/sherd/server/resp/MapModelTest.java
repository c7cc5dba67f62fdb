package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.EngineConfig;

/** Pipelined commands against a plain map; after restarts and archiving the node still holds what the map holds. */
final class MapModelTest {
    private static final int COMMANDS = Integer.getInteger("sherd.test.commands", 100_000);
    private static final int KEYS = 3_000;

    @TempDir
    Path folder;

    private final Map<String, String> strings = new HashMap<>();
    private final Map<String, Map<String, String>> hashes = new HashMap<>();
    private Random random = new Random();

    @Test
    void theNodeHoldsWhatTheMapHolds() throws Exception {
        long seed = Long.getLong("sherd.test.seed", System.nanoTime());
        System.getLogger("test").log(System.Logger.Level.INFO, "map model test: -Dsherd.test.seed={0}", "" + seed);
        random = new Random(seed);
        int left = COMMANDS;
        for (int restart = 0; restart < 4; restart++) {
            try (var node = new TestNode(folder, EngineConfig.DEFAULT.withShards(8));
                    var wire = node.connect()) {
                verify(wire, seed);
                for (int part = 0; part < 5; part++) {
                    left -= run(wire, COMMANDS / 20, seed);
                    if (part == 2) {
                        node.engine.archive(node.engine.keyValue(), 0);
                    }
                }
                verify(wire, seed);
            }
        }
        assertThat(left).isLessThanOrEqualTo(0);
    }

    private int run(Wire wire, int commands, long seed) throws IOException {
        int done = 0;
        while (done < commands) {
            var bytes = new ByteArrayOutputStream();
            var expected = new ArrayList<String>();
            var sent = new ArrayList<List<String>>();
            for (int i = 1 + random.nextInt(100); i > 0; i--) {
                var words = new ArrayList<String>();
                expected.add(step(words));
                sent.add(words);
                bytes.writeBytes(Wire.encode(words));
            }
            wire.send(bytes.toByteArray());
            for (int i = 0; i < expected.size(); i++) {
                assertThat(wire.read().raw())
                        .as("seed=%d command=%s", seed, sent.get(i))
                        .isEqualTo(expected.get(i));
            }
            done += expected.size();
        }
        return done;
    }

    /** Makes up a command, applies it to the maps and returns the reply. */
    private String step(List<String> words) {
        var key = "k" + random.nextInt(KEYS);
        var value = "v".repeat(random.nextInt(60)) + random.nextInt(1000);
        var hash = "h" + random.nextInt(KEYS / 10);
        var field = "f" + random.nextInt(20);
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
                words.addAll(List.of("SET", key, value));
                strings.put(key, value);
                yield "+OK\r\n";
            }
            case 3, 4 -> {
                words.addAll(List.of("GET", key));
                yield bulk(strings.get(key));
            }
            case 5 -> {
                words.addAll(List.of("DEL", key, hash));
                int count = (strings.remove(key) == null ? 0 : 1) + (hashes.remove(hash) == null ? 0 : 1);
                yield ":" + count + "\r\n";
            }
            case 6 -> {
                words.addAll(List.of("APPEND", key, value));
                yield ":" + strings.merge(key, value, String::concat).length() + "\r\n";
            }
            case 7 -> {
                words.addAll(List.of("HSET", hash, field, value));
                var old = hashes.computeIfAbsent(hash, _ -> new HashMap<>()).put(field, value);
                yield old == null ? ":1\r\n" : ":0\r\n";
            }
            case 8 -> {
                words.addAll(List.of("HGET", hash, field));
                yield bulk(hashes.getOrDefault(hash, Map.of()).get(field));
            }
            default -> {
                words.addAll(List.of("HDEL", hash, field));
                var fields = hashes.get(hash);
                boolean there = fields != null && fields.remove(field) != null;
                if (fields != null && fields.isEmpty()) {
                    hashes.remove(hash);
                }
                yield there ? ":1\r\n" : ":0\r\n";
            }
        };
    }

    private static String bulk(@Nullable String value) {
        return value == null ? "$-1\r\n" : "$" + value.length() + "\r\n" + value + "\r\n";
    }

    private void verify(Wire wire, long seed) throws IOException {
        assertThat(wire.ask("DBSIZE").number()).as("seed=%d", seed).isEqualTo(strings.size() + hashes.size());
        for (int i = 0; i < KEYS; i++) {
            assertThat(wire.call("GET", "k" + i)).as("seed=%d key=k%d", seed, i).isEqualTo(bulk(strings.get("k" + i)));
        }
        for (int i = 0; i < KEYS / 10; i++) {
            var fields = new HashMap<String, String>();
            var parts = wire.ask("HGETALL", "h" + i).parts();
            for (int k = 0; k < parts.size(); k += 2) {
                fields.put(parts.get(k).text(), parts.get(k + 1).text());
            }
            assertThat(fields).as("seed=%d key=h%d", seed, i).isEqualTo(hashes.getOrDefault("h" + i, Map.of()));
        }
    }
}
