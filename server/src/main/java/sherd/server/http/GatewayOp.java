package sherd.server.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.version.Guard;
import sherd.engine.version.VersionVector;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** One operation of a batch as it was sent. */
final class GatewayOp {
    private static final List<Verb> VERBS = List.of(Verb.values());
    private static final Guard ANY = new Guard.Any();
    private static final Guard ABSENT = new Guard.Expected(VersionVector.EMPTY);

    private final Verb verb;
    private final Key key;
    private final @Nullable Value value;
    private final Guard guard;

    private GatewayOp(Verb verb, Key key, @Nullable Value value, Guard guard) {
        this.verb = verb;
        this.key = key;
        this.value = value;
        this.guard = guard;
    }

    /** Most are one string, and of that all one needs is its bytes. */
    private sealed interface Key {
        List<String> parts();

        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Text(byte[] utf8) implements Key {
            @Override
            public List<String> parts() {
                return List.of(new String(utf8, StandardCharsets.UTF_8));
            }
        }

        record Parts(List<String> parts) implements Key {}
    }

    /**
     * A value as it was sent.
     *
     * @param text its characters in UTF-8, if it is a string; null for all else, and for a string that is no text
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Value(byte[] document, JsonIn.Slice slice, byte @Nullable [] text) {
        /** The JSON text. */
        byte[] json() {
            return Arrays.copyOfRange(document, slice.from(), slice.to());
        }
    }

    Verb verb() {
        return verb;
    }

    /** The parts; where a composite key was sent as one string, that string, still to be cut like a key in a path. */
    List<String> key() {
        return key.parts();
    }

    /** The bytes of a key that was sent as one string; null if it was an array. */
    byte @Nullable [] keyBytes() {
        return key instanceof Key.Text text ? text.utf8() : null;
    }

    String keyText() {
        return String.join(",", key());
    }

    @Nullable
    Value value() {
        return value;
    }

    Guard guard() {
        return guard;
    }

    enum Verb {
        GET,
        SET,
        DEL,
        CAS;

        private final String word = name().toLowerCase(Locale.ROOT);

        /** As requests and metrics have it. */
        String word() {
            return word;
        }

        private boolean isIn(char[] text, int from, int length) {
            if (length != word.length()) {
                return false;
            }
            for (int i = 0; i < length; i++) {
                if (text[from + i] != word.charAt(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Reads operations, one after the other. */
    static final class Reader {
        private final byte[] document;
        private @Nullable Verb verb;
        private @Nullable Key key;
        private @Nullable Value value;
        private @Nullable VersionVector read;
        private @Nullable VersionVector next;

        Reader(byte[] document) {
            this.document = document;
        }

        /** The operation that the parser stands on. */
        GatewayOp read(JsonParser parser) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw JsonIn.wrongType("ops", "{\"op\": ..., \"key\": ...}", parser);
            }
            verb = null;
            key = null;
            value = null;
            read = null;
            next = null;
            for (var name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                member(name, parser);
            }
            return finish();
        }

        private void member(String name, JsonParser parser) {
            switch (name) {
                case "op" -> verb = verb(parser);
                case "key" -> key = key(parser);
                case "value" -> value = value(parser);
                case "vv" -> read = vector(name, parser);
                case "next" -> next = vector(name, parser);
                // Keys say where they are; a hint for proxies needs no more than to be well formed.
                case "shard_key" -> JsonIn.skip(parser);
                default -> throw JsonIn.unknown(name, "op, key, value, vv, next, shard_key");
            }
        }

        private GatewayOp finish() {
            if (verb == null || key == null) {
                throw JsonIn.invalid(
                        "an operation needs op and key: op=" + verb + " key=" + (key == null ? null : key.parts()));
            }
            boolean writes = verb == Verb.SET || verb == Verb.CAS;
            if (writes != (value != null)) {
                throw JsonIn.invalid((writes ? "no value: op=" : "a value means nothing here: op=") + verb.word
                        + " key='" + String.join(",", key.parts()) + "'");
            }
            if (read != null && next != null) {
                throw JsonIn.invalid("both vv and next: key='" + String.join(",", key.parts())
                        + "'; send vv, the vector you read, or next, the vector you want to write");
            }
            return new GatewayOp(verb, key, value, guard(verb));
        }

        private Guard guard(Verb verb) {
            if (next != null) {
                return new Guard.Next(next);
            }
            if (read != null) {
                return new Guard.Expected(read);
            }
            return verb == Verb.CAS ? ABSENT : ANY;
        }

        private static Verb verb(JsonParser parser) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                for (var verb : VERBS) {
                    if (verb.isIn(parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength())) {
                        return verb;
                    }
                }
            }
            throw JsonIn.invalid("unknown op: op='" + JsonIn.string("op", parser) + "'; use get, set, del or cas");
        }

        private static Key key(JsonParser parser) {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                var utf8 = parser.currentToken() == JsonToken.VALUE_STRING ? JsonIn.utf8(parser) : null;
                return new Key.Text(
                        utf8 != null ? utf8 : JsonIn.string("key", parser).getBytes(StandardCharsets.UTF_8));
            }
            var parts = new ArrayList<String>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                parts.add(JsonIn.string("key", parser));
            }
            return new Key.Parts(parts);
        }

        private Value value(JsonParser parser) {
            boolean string = parser.currentToken() == JsonToken.VALUE_STRING;
            var slice = JsonIn.skip(parser);
            return new Value(document, slice, string ? JsonIn.utf8(parser) : null);
        }

        /** {@code "0:1,2:3"}, {@code [1,0,3]}, or null for none. */
        private static @Nullable VersionVector vector(String name, JsonParser parser) {
            return switch (parser.currentToken()) {
                case VALUE_NULL -> null;
                case START_ARRAY -> dense(name, parser);
                default -> {
                    var text = JsonIn.string(name, parser);
                    yield VersionVector.parse(text).orElseThrow(() -> notAVector(name, "'" + text + "'"));
                }
            };
        }

        private static VersionVector dense(String name, JsonParser parser) {
            var counters = new ArrayList<Long>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                counters.add(JsonIn.integer(name, parser, 0, Long.MAX_VALUE));
            }
            return VersionVector.ofDense(
                    counters.stream().mapToLong(Long::longValue).toArray());
        }

        private static StoreException notAVector(String name, String shown) {
            return new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "not a version vector: " + name + "=" + shown
                            + "; write shard:counter pairs sorted by shard (\"0:1,2:3\") or one counter a shard ([1,0,3])");
        }
    }
}
