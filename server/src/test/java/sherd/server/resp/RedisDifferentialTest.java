package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.server.resp.RandomCommands.Command;
import sherd.server.resp.RandomCommands.Likeness;

/** The same commands to this door and to a real redis-server: the replies are the same, byte for byte. */
final class RedisDifferentialTest {
    private static final int COMMANDS = Integer.getInteger("sherd.test.commands", 100_000);
    private static final long SLACK_MILLIS = 20_000;

    @TempDir
    Path folder;

    private long seed;
    private Random random = new Random();
    private TestNode node;
    private RealRedis redis;

    @BeforeEach
    void start() throws Exception {
        seed = Long.getLong("sherd.test.seed", System.nanoTime());
        random = new Random(seed);
        redis = new RealRedis(folder);
        node = new TestNode(folder.resolve("data"));
    }

    @AfterEach
    void stop() {
        node.close();
        redis.close();
    }

    @Test
    void repliesEqualThoseOfRedisInProtocol2() throws Exception {
        compare(COMMANDS, 2);
    }

    @Test
    void repliesEqualThoseOfRedisInProtocol3() throws Exception {
        compare(COMMANDS / 2, 3);
    }

    private void compare(int commands, int protocol) throws IOException, InterruptedException {
        System.getLogger("test").log(System.Logger.Level.INFO, "differential test: -Dsherd.test.seed={0}", "" + seed);
        var source = new RandomCommands(random);
        try (var ours = node.connect();
                var theirs = redis.connect()) {
            if (protocol == 3) {
                ours.call("HELLO", "3");
                theirs.call("HELLO", "3");
            }
            int sent = 0;
            for (int round = 0; sent < commands; round++) {
                var chunk = new ArrayList<Command>();
                int size = 1 + random.nextInt(200);
                while (chunk.size() < size) {
                    if (random.nextInt(30) == 0) {
                        chunk.addAll(source.transaction());
                    } else {
                        chunk.add(source.next());
                    }
                }
                exchange(chunk, ours, theirs);
                sent += chunk.size();
                if (round % 40 == 39) {
                    shortLives(source, ours, theirs);
                    watch(source, ours, theirs);
                    scans(ours, theirs);
                }
                if (round % 200 == 199) {
                    exchange(List.of(new Command(List.of("FLUSHALL"), Likeness.SAME)), ours, theirs);
                }
            }
        }
    }

    private void exchange(List<Command> commands, Wire ours, Wire theirs) throws IOException {
        var bytes = new ByteArrayOutputStream();
        commands.forEach(command -> bytes.writeBytes(Wire.encode(command.words())));
        ours.send(bytes.toByteArray());
        theirs.send(bytes.toByteArray());
        for (var command : commands) {
            compare(command, ours.read(), theirs.read());
        }
    }

    private void compare(Command command, Wire.Reply ours, Wire.Reply theirs) {
        boolean alike = switch (command.likeness()) {
            case SAME -> ours.raw().equals(theirs.raw());
            case UNORDERED -> head(ours).equals(head(theirs)) && sorted(ours).equals(sorted(theirs));
            case UNORDERED_PAIRS ->
                head(ours).equals(head(theirs)) && pairs(ours).equals(pairs(theirs));
            case NEAR_MILLIS -> near(ours, theirs, SLACK_MILLIS);
            case NEAR_SECONDS -> near(ours, theirs, SLACK_MILLIS / 1000);
            case SHAPE -> shape(ours).equals(shape(theirs));
        };
        if (!alike) {
            assertThat(ours.raw())
                    .as("seed=%d command=%s", seed, command.words())
                    .isEqualTo(theirs.raw());
            throw new AssertionError("seed=" + seed + " command=" + command.words());
        }
    }

    private static String head(Wire.Reply reply) {
        return reply.parts().isEmpty()
                ? reply.raw()
                : reply.raw().substring(0, reply.raw().indexOf('\n'));
    }

    private static List<String> sorted(Wire.Reply reply) {
        return reply.parts().stream().map(Wire.Reply::raw).sorted().toList();
    }

    private static List<String> pairs(Wire.Reply reply) {
        var pairs = new ArrayList<String>();
        for (int i = 0; i + 1 < reply.parts().size(); i += 2) {
            pairs.add(reply.parts().get(i).raw() + reply.parts().get(i + 1).raw());
        }
        pairs.sort(null);
        return pairs;
    }

    private static boolean near(Wire.Reply ours, Wire.Reply theirs, long slack) {
        if (ours.type() != ':' || theirs.type() != ':' || theirs.number() < 0) {
            return ours.raw().equals(theirs.raw());
        }
        return ours.number() >= 0 && Math.abs(ours.number() - theirs.number()) <= slack;
    }

    private static String shape(Wire.Reply reply) {
        if (reply.type() == '-' || reply.raw().equals("$-1\r\n")) {
            return reply.raw();
        }
        var shape =
                new StringBuilder().append(reply.type()).append(reply.parts().size());
        reply.parts().forEach(part -> shape.append(' ').append(shape(part)));
        return shape.toString();
    }

    /** Keys that end while we sleep are gone on both sides. */
    private void shortLives(RandomCommands source, Wire ours, Wire theirs) throws IOException, InterruptedException {
        var lives = new ArrayList<Command>();
        var keys = new TreeSet<String>();
        for (int i = 0; i < 8; i++) {
            var key = source.key();
            keys.add(key);
            lives.add(new Command(
                    random.nextBoolean()
                            ? List.of("SET", key, "v", "PX", Integer.toString(1 + random.nextInt(20)))
                            : List.of("PEXPIRE", key, Integer.toString(1 + random.nextInt(20))),
                    Likeness.SAME));
        }
        exchange(lives.subList(0, 1), ours, theirs);
        Thread.sleep(40);
        exchange(
                lives.stream()
                        .filter(life -> life.words().getFirst().equals("SET"))
                        .toList(),
                ours,
                theirs);
        Thread.sleep(40);
        var looks = new ArrayList<Command>();
        for (var key : keys) {
            looks.add(new Command(List.of("EXISTS", key), Likeness.SAME));
            looks.add(new Command(List.of("GET", key), Likeness.SAME));
            looks.add(new Command(List.of("PTTL", key), Likeness.NEAR_MILLIS));
            looks.add(new Command(List.of("SET", key, "again", "NX"), Likeness.SAME));
        }
        exchange(looks, ours, theirs);
    }

    /** WATCH, then perhaps a change by somebody else, then a transaction. */
    private void watch(RandomCommands source, Wire ours, Wire theirs) throws IOException {
        try (var ourOther = node.connect();
                var theirOther = redis.connect()) {
            for (int i = 0; i < 10; i++) {
                var key = source.key();
                exchange(
                        List.of(
                                new Command(List.of("SET", key, "start"), Likeness.SAME),
                                new Command(List.of("WATCH", key, source.key()), Likeness.SAME)),
                        ours,
                        theirs);
                var change = List.of(
                                List.of("SET", key, "start"),
                                List.of("GET", key),
                                List.of("APPEND", key, "x"),
                                List.of("DEL", key),
                                List.of("EXPIRE", key, "100000"),
                                List.of("PERSIST", key),
                                List.of("SET", key, "no", "NX"),
                                List.of("HSET", key, "f", "v"),
                                List.of("RENAME", key, "elsewhere"))
                        .get(random.nextInt(9));
                exchange(List.of(new Command(change, Likeness.SAME)), ourOther, theirOther);
                var end = random.nextInt(5) == 0 ? "UNWATCH" : "PING";
                exchange(
                        List.of(
                                new Command(List.of(end), Likeness.SAME),
                                new Command(List.of("MULTI"), Likeness.SAME),
                                new Command(List.of("INCR", "watched"), Likeness.SAME),
                                new Command(List.of("GET", key), Likeness.SAME),
                                new Command(List.of("WATCH", key), Likeness.SAME),
                                new Command(List.of("EXEC"), Likeness.SAME)),
                        ours,
                        theirs);
            }
        }
    }

    /** Whole walks find the same, whatever the steps. */
    private void scans(Wire ours, Wire theirs) throws IOException {
        for (var options : List.of(List.<String>of(), List.of("MATCH", "*1*"), List.of("TYPE", "hash", "COUNT", "3"))) {
            assertThat(walk(ours, List.of("SCAN"), options))
                    .as("seed=%d", seed)
                    .isEqualTo(walk(theirs, List.of("SCAN"), options));
        }
        for (int i = 0; i < 8; i++) {
            var start = List.of("HSCAN", "hash:" + i);
            assertThat(walk(ours, start, List.of("COUNT", "5")))
                    .as("seed=%d", seed)
                    .isEqualTo(walk(theirs, start, List.of("COUNT", "5")));
        }
    }

    private static Set<String> walk(Wire wire, List<String> start, List<String> options) throws IOException {
        var found = new TreeSet<String>();
        var cursor = "0";
        do {
            var words = new ArrayList<>(start);
            words.add(cursor);
            words.addAll(options);
            var reply = wire.ask(words.toArray(String[]::new));
            if (reply.type() == '-') {
                return new TreeSet<>(List.of(reply.raw()));
            }
            cursor = reply.parts().get(0).text();
            var parts = reply.parts().get(1).parts();
            int step = start.getFirst().equals("HSCAN") ? 2 : 1;
            for (int i = 0; i < parts.size(); i += step) {
                found.add(parts.get(i).raw() + (step == 2 ? parts.get(i + 1).raw() : ""));
            }
        } while (!cursor.equals("0"));
        return found;
    }
}
