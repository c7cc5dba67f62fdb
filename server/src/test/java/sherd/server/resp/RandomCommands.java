package sherd.server.resp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Commands by chance over few keys, so that they meet: most are sound, some are cut short, have a word too many or an
 * odd word. Nothing in them depends on the moment at which they run.
 */
final class RandomCommands {
    /** How two servers' replies to a command may differ. */
    enum Likeness {
        SAME,
        /** The same elements in any order. */
        UNORDERED,
        /** The same pairs in any order. */
        UNORDERED_PAIRS,
        /** Times that may lie seconds apart. */
        NEAR_MILLIS,
        NEAR_SECONDS,
        /** As many elements of the same types. */
        SHAPE
    }

    record Command(List<String> words, Likeness likeness) {}

    private static final List<String> TIMES = List.of(
            "100000",
            "7000000",
            "90000000",
            "0",
            "-5",
            "abc",
            "",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775",
            "1000000000000000",
            "1.5");
    /** Moments that are either long gone or far away. */
    private static final List<String> SECONDS =
            List.of("1", "1000000000", "8000000000", "9000000000", "9900000000", "x");

    private static final List<String> MILLIS =
            List.of("1", "1000000000", "8000000000000", "9000000000000", "9900000000000", "x");
    private static final List<String> NUMBERS = List.of(
            "0",
            "1",
            "-1",
            "7",
            "10",
            "-100",
            "12345678901",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "007",
            "+5",
            "-0",
            " 1",
            "",
            "1e3",
            "0x10");
    private static final List<String> FLOATS = List.of(
            "0.1",
            "10.5",
            "-3.25",
            "1e10",
            "1e-10",
            "3",
            "5.0e3",
            "0x1p4",
            "0x.8",
            "inf",
            "-inf",
            "nan",
            "1e400",
            "1e5000",
            "abc",
            "",
            " 1",
            "1 ",
            ".5",
            "5.",
            "+2.5",
            "123456789.123456789",
            "0.00000000000000000123",
            "-0.0");
    private static final List<String> NAMES = List.of("foo", "getx", "OBJECTS", "a b", "hset2", "f\r\no", "");

    private final Random random;

    RandomCommands(Random random) {
        this.random = random;
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    String key() {
        return "key:" + random.nextInt(24);
    }

    /** Keys that mostly hold hashes, and now and then what others hold. */
    private String hash() {
        return random.nextInt(12) == 0 ? key() : "hash:" + random.nextInt(8);
    }

    private String field() {
        return "f" + random.nextInt(30);
    }

    private String value() {
        return switch (random.nextInt(9)) {
            case 0 -> "";
            case 1, 2 -> Integer.toString(random.nextInt(2000) - 1000);
            case 3 -> any(NUMBERS);
            case 4 -> any(FLOATS);
            case 5 -> bytes(random.nextInt(40));
            case 6 -> bytes(random.nextInt(random.nextInt(20) == 0 ? 70_000 : 300));
            default -> "v" + random.nextInt(100);
        };
    }

    private String bytes(int length) {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(256));
        }
        return text.toString();
    }

    private String number() {
        return random.nextInt(4) == 0 ? any(NUMBERS) : Integer.toString(random.nextInt(200) - 100);
    }

    private String decimal() {
        return random.nextInt(3) == 0 ? any(FLOATS) : Double.toString((random.nextInt(2_000_000) - 1_000_000) / 1000.0);
    }

    private static Command same(String... words) {
        return new Command(List.of(words), Likeness.SAME);
    }

    Command next() {
        var command = sound();
        if (random.nextInt(40) == 0) {
            return new Command(spoil(command.words()), command.likeness());
        }
        if (random.nextInt(6) == 0) {
            var words = new ArrayList<>(command.words());
            words.set(0, random.nextBoolean() ? words.getFirst().toLowerCase(Locale.ROOT) : words.getFirst());
            return new Command(words, command.likeness());
        }
        return command;
    }

    private List<String> spoil(List<String> words) {
        var spoiled = new ArrayList<>(words);
        if (spoiled.size() > 1 && random.nextBoolean()) {
            spoiled.removeLast();
        } else {
            spoiled.add(any(List.of("XX", "foo", "1", "REPLACE")));
        }
        return spoiled;
    }

    private Command sound() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> string();
            case 3 -> counter();
            case 4, 5 -> hashed();
            case 6 -> generic();
            case 7 -> expiring();
            case 8 -> random.nextInt(3) == 0 ? other() : string();
            default -> random.nextInt(3) == 0 ? hashedFloat() : hashed();
        };
    }

    private Command string() {
        return switch (random.nextInt(18)) {
            case 0, 1, 2 -> same("GET", key());
            case 3, 4 -> same("SET", key(), value());
            case 5, 6 -> set();
            case 7 -> same("SETNX", key(), value());
            case 8 -> same(random.nextBoolean() ? "SETEX" : "PSETEX", key(), any(TIMES), value());
            case 9 -> same("GETSET", key(), value());
            case 10 -> same("GETDEL", key());
            case 11 -> getEx();
            case 12 -> same("MGET", key(), hash(), key());
            case 13 -> same("MSET", key(), value(), key(), value());
            case 14 -> same("MSETNX", key(), value(), "new:" + random.nextInt(6), value());
            case 15 -> same("APPEND", key(), value());
            case 16 -> same("STRLEN", random.nextInt(5) == 0 ? hash() : key());
            default ->
                random.nextBoolean()
                        ? same("GETRANGE", key(), number(), number())
                        : same("SETRANGE", key(), Integer.toString(random.nextInt(80) - 4), value());
        };
    }

    private Command set() {
        var words = new ArrayList<>(List.of("SET", random.nextInt(8) == 0 ? hash() : key(), value()));
        for (int i = random.nextInt(3); i >= 0; i--) {
            switch (random.nextInt(9)) {
                case 0 -> words.add("NX");
                case 1 -> words.add("xx");
                case 2, 3 -> words.add("GET");
                case 4 -> words.add("KEEPTTL");
                case 5 -> words.addAll(List.of("EX", any(TIMES)));
                case 6 -> words.addAll(List.of("px", any(TIMES)));
                case 7 -> words.addAll(List.of("EXAT", any(SECONDS)));
                default -> words.addAll(List.of("PXAT", any(MILLIS)));
            }
        }
        return new Command(words, Likeness.SAME);
    }

    private Command getEx() {
        return switch (random.nextInt(6)) {
            case 0 -> same("GETEX", key());
            case 1 -> same("GETEX", key(), "PERSIST");
            case 2 -> same("GETEX", key(), "EX", any(TIMES));
            case 3 -> same("GETEX", key(), "PX", any(TIMES));
            case 4 -> same("GETEX", key(), "EXAT", any(SECONDS));
            default -> same("GETEX", key(), "PXAT", any(MILLIS), "PERSIST");
        };
    }

    private Command counter() {
        var key = random.nextInt(4) == 0 ? key() : "counter:" + random.nextInt(6);
        return switch (random.nextInt(7)) {
            case 0 -> same("INCR", key);
            case 1 -> same("DECR", key);
            case 2 -> same("INCRBY", key, number());
            case 3 -> same("DECRBY", key, number());
            case 4 -> same("SET", key, number());
            default -> same("INCRBYFLOAT", random.nextInt(3) == 0 ? key : "float:" + random.nextInt(4), decimal());
        };
    }

    private Command hashed() {
        return switch (random.nextInt(18)) {
            case 0, 1, 2 -> same("HSET", hash(), field(), value());
            case 3 -> same("HSET", hash(), field(), value(), field(), value(), field(), value());
            case 4 -> same("HMSET", hash(), field(), value(), field(), value());
            case 5 -> same("HSETNX", hash(), field(), value());
            case 6, 7 -> same("HGET", hash(), field());
            case 8 -> same("HMGET", hash(), field(), field(), field());
            case 9 -> new Command(List.of("HGETALL", hash()), Likeness.UNORDERED_PAIRS);
            case 10 -> new Command(List.of("HKEYS", hash()), Likeness.UNORDERED);
            case 11 -> new Command(List.of("HVALS", hash()), Likeness.UNORDERED);
            case 12 -> same("HDEL", hash(), field(), field());
            case 13 -> same("HEXISTS", hash(), field());
            case 14 -> same("HLEN", hash());
            case 15 -> same("HSTRLEN", hash(), field());
            case 16 -> same("HINCRBY", hash(), random.nextInt(3) == 0 ? field() : "n", number());
            default -> sample();
        };
    }

    private Command sample() {
        var words = new ArrayList<>(List.of("HRANDFIELD", hash()));
        if (random.nextInt(4) > 0) {
            words.add(any(List.of("1", "3", "100", "-5", "0", "x", "-9223372036854775808", "9223372036854775807")));
            if (random.nextBoolean()) {
                words.add("WITHVALUES");
            }
        }
        return new Command(words, Likeness.SHAPE);
    }

    private Command hashedFloat() {
        return same("HINCRBYFLOAT", hash(), random.nextInt(3) == 0 ? field() : "x" + random.nextInt(3), decimal());
    }

    private Command generic() {
        return switch (random.nextInt(12)) {
            case 0, 1 -> same("DEL", key(), hash());
            case 2 -> same("UNLINK", key());
            case 3, 4 -> same("EXISTS", key(), key(), hash());
            case 5 -> same("TYPE", random.nextBoolean() ? key() : hash());
            case 6 -> same("RENAME", key(), key());
            case 7 -> same("RENAMENX", random.nextBoolean() ? key() : hash(), "new:" + random.nextInt(6));
            case 8 -> same("COPY", random.nextBoolean() ? key() : hash(), key());
            case 9 -> same("COPY", random.nextBoolean() ? key() : hash(), key(), "REPLACE");
            case 10 -> same("TOUCH", key(), hash());
            default ->
                new Command(
                        List.of(
                                "KEYS",
                                any(List.of("*", "key:*", "k?y:[0-9]", "*[^1-3]", "hash:[1", "\\key:1*", "k**:2"))),
                        Likeness.UNORDERED);
        };
    }

    private Command expiring() {
        var key = random.nextBoolean() ? key() : hash();
        return switch (random.nextInt(11)) {
            case 0 -> same("EXPIRE", key, any(TIMES));
            case 1 -> same("PEXPIRE", key, any(TIMES));
            case 2 -> same("EXPIRE", key, any(TIMES), any(List.of("NX", "XX", "foo")));
            case 3 -> same("EXPIREAT", key, any(SECONDS), any(List.of("NX", "XX", "GT", "LT")));
            case 4 -> same("PEXPIREAT", key, any(MILLIS), any(List.of("GT", "LT")), any(List.of("XX", "NX", "GT")));
            case 5 -> same("EXPIREAT", key, any(SECONDS));
            case 6 -> same("PERSIST", key);
            case 7 -> new Command(List.of("TTL", key), Likeness.NEAR_SECONDS);
            case 8 -> new Command(List.of("PTTL", key), Likeness.NEAR_MILLIS);
            case 9 -> new Command(List.of("EXPIRETIME", key), Likeness.NEAR_SECONDS);
            default -> new Command(List.of("PEXPIRETIME", key), Likeness.NEAR_MILLIS);
        };
    }

    private Command other() {
        return switch (random.nextInt(12)) {
            case 0 -> same("PING");
            case 1 -> same("PING", value());
            case 2 -> same("ECHO", value());
            case 3 -> same("SELECT", any(List.of("0", "abc", "99", "-1")));
            case 4 -> same("AUTH", "secret");
            case 5 -> same("CLIENT", "SETNAME", any(List.of("me", "a b", "")));
            case 6 -> same("CLIENT", "GETNAME");
            case 7 -> same("CLIENT", any(List.of("GETNAMES", "x", "getname")), "1");
            case 8 -> new Command(List.of("RANDOMKEY"), Likeness.SHAPE);
            case 9 -> same("UNWATCH");
            case 10 -> new Command(List.of("TIME"), Likeness.SHAPE);
            default -> same(any(NAMES), value(), value());
        };
    }

    /** A transaction, sound or not, sent in one go; its replies are all comparable as they are. */
    List<Command> transaction() {
        var commands = new ArrayList<Command>();
        commands.add(same("MULTI"));
        for (int i = random.nextInt(8); i > 0; i--) {
            var command = random.nextInt(60) == 0 ? same("MULTI") : next();
            if (command.likeness() == Likeness.SAME
                    && !command.words().getFirst().equalsIgnoreCase("CLIENT")) {
                commands.add(command);
            }
        }
        commands.add(random.nextInt(6) == 0 ? same("DISCARD") : same("EXEC"));
        return commands;
    }
}
