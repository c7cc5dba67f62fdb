package sherd.bench.crash;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import sherd.bench.crash.Pipeline.Reply;

/** Writes keys and rows over one RESP connection, up to {@value #MOST_AT_ONCE} commands at a time. */
final class KeyWriter implements Writer {
    private static final List<Shape> SHAPES = List.of(Shape.values());

    private static final int MOST_AT_ONCE = 64;
    private static final int KEYS_OF_A_SHAPE = 8;
    private static final int LONGEST = 200_000;
    private static final int LONG_ENOUGH = 2_000;
    private static final List<String> FIELDS = List.of("a", "b", "c", "d");
    /** Stands for any reply that is no error. */
    private static final String ANY = "";

    private final String name;
    private final History history;
    private final SplittableRandom random;
    private final String noise;
    private final Map<String, Shape> keys = new TreeMap<>();
    private final Map<String, Map<String, String>> now = new HashMap<>();
    private final Map<String, String> etags = new HashMap<>();
    /** Guarded keys with a command under way: their etag is not known. */
    private final Set<String> waiting = new HashSet<>();

    private long values;

    /** @param reply the only right one, as {@link Reply#toString} shows it */
    private record Command(List<String> words, String key, Map<String, String> after, String reply) {}

    KeyWriter(String name, SplittableRandom random) {
        this.name = name;
        this.history = new History(name);
        this.random = random;
        this.noise = noise(random, LONGEST);
        for (var shape : Shape.values()) {
            for (int i = 0; i < KEYS_OF_A_SHAPE; i++) {
                keys.put(shape.key(name, i), shape);
            }
        }
    }

    private static String noise(SplittableRandom random, int length) {
        var text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public void write(NodeProcess node) throws IOException, WrongAnswerException {
        try (var connection = new Pipeline(node.resp())) {
            while (true) {
                turn(connection);
            }
        }
    }

    private void turn(Pipeline connection) throws IOException, WrongAnswerException {
        int count = 1 << random.nextInt(Integer.numberOfTrailingZeros(MOST_AT_ONCE) + 1);
        var sent = new ArrayList<Command>();
        waiting.clear();
        for (int i = 0; i < count; i++) {
            var command = next();
            sent.add(command);
            now.put(command.key(), command.after());
            history.sent(command.key(), command.after(), System.nanoTime());
            connection.send(command.words());
        }
        connection.flush();
        for (var command : sent) {
            var reply = connection.read();
            long when = System.nanoTime();
            history.acknowledged(etagOf(command, reply), when);
        }
    }

    /** Checks the reply; the etag in it, if it has one. */
    private String etagOf(Command command, Reply reply) throws WrongAnswerException {
        if (keys.get(command.key()) == Shape.GUARDED) {
            var etag = reply.parts().isEmpty() ? "" : reply.parts().getFirst().text();
            var before = etags.getOrDefault(command.key(), "");
            if (reply.parts().size() != 2 || !reply.parts().getLast().isNil() || !Judge.isBeyond(etag, before)) {
                throw wrong(command, reply, "an etag beyond '" + before + "', and nil");
            }
            etags.put(command.key(), etag);
            return etag;
        }
        boolean right = command.reply().equals(ANY)
                ? reply.type() != '-'
                : command.reply().equals(reply.toString());
        if (!right) {
            throw wrong(command, reply, command.reply().equals(ANY) ? "no error" : command.reply());
        }
        return "";
    }

    private WrongAnswerException wrong(Command command, Reply reply, String expected) {
        return new WrongAnswerException(name + ": step " + (history.acknowledged() + 1) + ": "
                + command.words().getFirst() + " " + command.key() + " was answered " + reply + ", expected "
                + expected);
    }

    private Command next() {
        while (true) {
            var shape = SHAPES.get(random.nextInt(SHAPES.size()));
            var key = shape.key(name, random.nextInt(KEYS_OF_A_SHAPE));
            if (shape != Shape.GUARDED || waiting.add(key)) {
                return next(shape, key, now.getOrDefault(key, Seen.ABSENT));
            }
        }
    }

    private Command next(Shape shape, String key, Map<String, String> before) {
        boolean delete = random.nextInt(10) == 0;
        if (shape == Shape.GUARDED) {
            return guarded(key, before, delete);
        }
        if (delete) {
            return new Command(List.of("DEL", key), key, Seen.ABSENT, before.isEmpty() ? ":0" : ":1");
        }
        return switch (shape) {
            case TEXT -> text(key, before);
            case COUNTER -> {
                int by = 1 + random.nextInt(9);
                long sum = Long.parseLong(before.getOrDefault("", "0")) + by;
                yield new Command(
                        List.of("INCRBY", key, Integer.toString(by)), key, Map.of("", Long.toString(sum)), ":" + sum);
            }
            case HASH -> hash(key, before);
            case ROW, GUARDED -> {
                long n = ++values;
                var fields = Map.of("n", Long.toString(n), "note", value());
                yield new Command(
                        List.of("HSET", key, "n", fields.get("n"), "note", fields.get("note")), key, fields, ANY);
            }
        };
    }

    private Command guarded(String key, Map<String, String> before, boolean delete) {
        var etag = before.isEmpty() ? "" : etags.getOrDefault(key, "");
        if (delete && !before.isEmpty()) {
            return new Command(List.of("DELIFMATCH", key, etag), key, Seen.ABSENT, ANY);
        }
        var value = value();
        return new Command(List.of("SETIFMATCH", key, value, etag), key, Map.of("", value), ANY);
    }

    private Command text(String key, Map<String, String> before) {
        var old = before.getOrDefault("", "");
        if (random.nextInt(5) == 0 && old.length() < LONG_ENOUGH) {
            var more = "+" + ++values;
            var value = old + more;
            return new Command(List.of("APPEND", key, more), key, Map.of("", value), ":" + value.length());
        }
        var value = value();
        return new Command(List.of("SET", key, value), key, Map.of("", value), "+OK");
    }

    private Command hash(String key, Map<String, String> before) {
        var after = new TreeMap<>(before);
        var words = new ArrayList<String>();
        if (random.nextInt(5) == 0) {
            var field = FIELDS.get(random.nextInt(FIELDS.size()));
            boolean had = after.remove(field) != null;
            return new Command(List.of("HDEL", key, field), key, after, had ? ":1" : ":0");
        }
        words.addAll(List.of("HSET", key));
        int first = random.nextInt(FIELDS.size());
        var value = value();
        for (int i = 0; i < 3; i++) {
            var field = FIELDS.get((first + i) % FIELDS.size());
            after.put(field, value);
            words.addAll(List.of(field, value));
        }
        return new Command(words, key, after, ":" + (after.size() - before.size()));
    }

    /** Never the same twice. Mostly short, seldom so long that the log writes it by itself. */
    private String value() {
        int chance = random.nextInt(1000);
        int bound = chance == 0 ? LONGEST : chance < 50 ? 5_000 : 200;
        int length = random.nextInt(bound);
        int from = random.nextInt(LONGEST - length);
        return name + "-" + ++values + "-" + noise.substring(from, from + length);
    }

    @Override
    public Map<String, Seen> read(NodeProcess node) throws IOException {
        try (var connection = new Pipeline(node.resp())) {
            var seen = new HashMap<String, Seen>();
            for (var other : connection.call("KEYS", name + ".*").parts()) {
                seen.put(other.text(), Seen.value("something"));
            }
            for (var key : keys.entrySet()) {
                connection.send(key.getValue().reading(key.getKey()));
            }
            connection.flush();
            for (var key : keys.entrySet()) {
                seen.put(key.getKey(), key.getValue().seen(connection.read()));
            }
            return seen;
        }
    }

    @Override
    public void settle(Map<String, Seen> seen, int cut) {
        history.settle(seen, cut);
        now.clear();
        for (var key : keys.keySet()) {
            var settled = history.versions(key).getLast();
            now.put(key, settled.fields());
            etags.put(key, settled.etag());
        }
    }

    @Override
    public List<Finding> findings() {
        return List.of();
    }
}
