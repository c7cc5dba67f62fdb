package sherd.bench.buffers;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.bench.buffers.HandlerProcess.Variant;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;
import sherd.engine.log.SyncPolicy;
import sherd.engine.observe.Events;
import sherd.engine.time.SystemClock;

/** The two handlers that are compared do the same, and differ in what they allocate. */
final class HandlersTest {
    private static final int PIPELINE = 16;
    private static final int VALUE_BYTES = 64;
    private static final int KEYS = 1_000;
    private static final long MILLIS = 500;

    @TempDir
    private Path folder;

    /** What a handler makes of a client's work, each before an engine of its own. */
    private <T> Map<Variant, T> each(Function<ClosedLoop, T> work) throws IOException {
        var results = new EnumMap<Variant, T>(Variant.class);
        for (var variant : Variant.values()) {
            var disk = new LocalDisk(folder.resolve(variant.word()));
            try (var engine = Engine.open(
                    EngineConfig.DEFAULT.withSync(SyncPolicy.OS),
                    disk,
                    new SystemClock(),
                    new SplittableRandom(1),
                    Events.SILENT,
                    Thread.ofPlatform().daemon().factory())) {
                results.put(
                        variant, HandlerProcess.onLoopThread(() -> HandlerProcess.inProcess(variant, engine, work)));
            }
            assertThat(Engine.check(new LocalDisk(folder.resolve(variant.word()))))
                    .isEmpty();
        }
        return results;
    }

    @Test
    void bothGiveTheSameReplies() throws IOException {
        var value = "v".repeat(VALUE_BYTES);
        var requests = ClosedLoop.request("SET", "a", value)
                + ClosedLoop.request("get", "a")
                + ClosedLoop.request("GET", "absent")
                + ClosedLoop.request("SET", "a", "")
                + ClosedLoop.request("GET", "a");
        var replies = "+OK\r\n$64\r\n" + value + "\r\n$-1\r\n+OK\r\n$0\r\n\r\n";
        var all = each(client -> client.ask(requests, replies.length()));
        assertThat(all).containsEntry(Variant.REUSED, replies).containsEntry(Variant.ALLOCATING, replies);
    }

    @Test
    void requestsCutInTwoAreAnsweredOnce() throws IOException {
        var requests = ClosedLoop.request("SET", "key", "value") + ClosedLoop.request("GET", "key");
        var replies = "+OK\r\n$5\r\nvalue\r\n";
        int set = ClosedLoop.request("SET", "key", "value").length();
        var all = each(client -> IntStream.range(1, requests.length())
                .mapToObj(cut -> {
                    int early = cut < set ? 0 : "+OK\r\n".length();
                    return client.ask(requests.substring(0, cut), early)
                            + client.ask(requests.substring(cut), replies.length() - early);
                })
                .distinct()
                .toList());
        assertThat(all)
                .containsEntry(Variant.REUSED, List.of(replies))
                .containsEntry(Variant.ALLOCATING, List.of(replies));
    }

    @Test
    void onlyOneOfThemAllocates() throws IOException {
        var level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // as the launcher does
        try {
            var found = each(client -> {
                for (int key = 0; key < KEYS; key++) {
                    var name = String.format(Locale.ROOT, "key:%012d", key);
                    client.ask(ClosedLoop.request("SET", name, "x".repeat(VALUE_BYTES)), "+OK\r\n".length());
                }
                client.run(false, PIPELINE, KEYS, VALUE_BYTES, MILLIS);
                var used = client.run(false, PIPELINE, KEYS, VALUE_BYTES, MILLIS);
                return (double) used.allocated() / used.commands();
            });
            assertThat(found.get(Variant.REUSED)).isLessThan(20);
            assertThat(found.get(Variant.ALLOCATING)).isGreaterThan(200);
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
    }
}
